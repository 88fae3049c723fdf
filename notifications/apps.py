from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from accounts import erasing, leaving, mail
        from notifications import gauges  # noqa: F401
        from notifications.account_mail import queue_account_mail
        from notifications.erasing import ERASING
        from notifications.leaving import LEAVING

        mail.register(queue_account_mail)
        leaving.register(LEAVING)
        erasing.register(ERASING)
