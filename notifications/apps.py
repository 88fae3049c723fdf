from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from accounts import mail
        from notifications.services import queue_email

        mail.register(queue_email)
