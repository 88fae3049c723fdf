from __future__ import annotations

from django.urls import path

from payments.webhook_api import WebhookView

urlpatterns = [
    path("payments/webhook/<slug:provider>", WebhookView.as_view(), name="payment_webhook"),
]
