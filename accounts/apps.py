from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        from accounts import checks as settings_of_accounts
        from accounts import unlocking  # noqa: F401  (its letter listens to the outbox)

        checks.register(settings_of_accounts.google)
        checks.register(settings_of_accounts.lockout)
