"""The product's addresses with those of the embedded demo, which tests run without."""

from django.urls import include, path

handler429 = "core.web.too_many"

urlpatterns = [
    path("", include("config.urls")),
    path("mailbox/", include("notifications.mailbox_urls")),
    path("demo/", include("accounts.demo_urls")),
]
