"""The product's addresses with the embedded mailbox, which tests run without."""

from django.urls import include, path

from config.urls import handler403, handler404, handler500
from config.urls import urlpatterns as product

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [*product, path("mailbox/", include("notifications.mailbox_urls"))]
