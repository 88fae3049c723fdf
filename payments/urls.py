from __future__ import annotations

from django.urls import path

from payments.sandbox.views import checkout_page

urlpatterns = [
    path("sandbox/checkout/<uuid:checkout_id>/", checkout_page, name="sandbox_checkout"),
]
