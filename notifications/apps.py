from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from accounts import mail
        from notifications.account_mail import queue_account_mail

        mail.register(queue_account_mail)
