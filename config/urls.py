from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from core import health

urlpatterns = [
    path("health", health.live, name="health"),
    path("health/ready", health.ready, name="health_ready"),
    path("metrics", health.metrics, name="metrics"),
    path("api/v1/", include("config.api_urls")),
    # Addresses that staff know for their lists.
    path("admin/patients", RedirectView.as_view(pattern_name="admin:accounts_patient_changelist")),
    path("admin/consultations", RedirectView.as_view(pattern_name="admin:bookings_booking_changelist")),
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("payments.urls")),
    path("", include("bookings.urls")),
]

if settings.EMBEDDED:
    urlpatterns.append(path("mailbox/", include("notifications.mailbox_urls")))
    urlpatterns.append(path("demo/", include("accounts.demo_urls")))

handler403 = "core.web.forbidden"
handler404 = "core.web.not_found"
handler429 = "core.web.too_many"
handler500 = "core.web.server_error"
