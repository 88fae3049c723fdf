from __future__ import annotations

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularSwaggerSplitView

from core.api.views import SchemaView, unknown

urlpatterns = [
    path("schema", SchemaView.as_view(), name="schema"),
    # The page and its script apart: the policy of contents allows no inline script.
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="api_docs"),
    path("", include("accounts.api.urls")),
    path("", include("bookings.api.urls")),
    path("", include("payments.api_urls")),
    path("", include("notifications.api_urls")),
    re_path("", unknown, name="api_unknown"),
]
