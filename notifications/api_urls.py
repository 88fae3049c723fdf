from django.urls import path

from notifications.api import NotificationList, NotificationRead

urlpatterns = [
    path("notifications", NotificationList.as_view(), name="api_notifications"),
    path(
        "notifications/<uuid:notification_id>/read", NotificationRead.as_view(), name="api_notification_read"
    ),
]
