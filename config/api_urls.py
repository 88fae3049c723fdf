from __future__ import annotations

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

urlpatterns = [
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    path("docs", SpectacularSwaggerView.as_view(url_name="schema"), name="api_docs"),
    path("", include("accounts.api.urls")),
    path("", include("bookings.api.urls")),
    path("", include("payments.api_urls")),
    path("", include("notifications.api_urls")),
]
