from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        from accounts import audited, unlocking  # noqa: F401  (its letter listens to the outbox)
        from accounts import checks as settings_of_accounts
        from accounts.second_factor.wrapped import Authenticators
        from accounts.selectors import email_index_fits
        from accounts.services.erasure import erase_again
        from core import backup, keys
        from core.audit.words import describe

        describe(audited.ACTIONS)
        checks.register(settings_of_accounts.google)
        checks.register(settings_of_accounts.lockout)
        keys.register(Authenticators())
        keys.register_index(email_index_fits)
        backup.on_restored(erase_again)
