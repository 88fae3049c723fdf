"""What is written to people about their accounts, each in their own language."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.conf import settings
from django.urls import reverse

from accounts import mail
from accounts.models import User


def confirm_address(address: EmailAddress) -> None:
    """The link that shows that somebody reads the mail of this address."""
    key = EmailConfirmationHMAC(address).key
    _write(
        "account_email_confirmation",
        address.email,
        address.user.language,
        url=_url("account_confirm_email", key),
    )


def confirm_new_address(address: str, key: str, language: str) -> None:
    """The link that moves an account to this address."""
    _write("account_email_new", address, language, url=_url("confirm_change_of_email", key))


def address_wanted_elsewhere(address: str, language: str) -> None:
    """To somebody whose address another account wants: nobody else learns that there is an account."""
    _write("account_email_known", address, language, url=_url("account_login"))


def already_registered(address: str, language: str) -> None:
    """To somebody who registers again: nobody else learns that there is an account."""
    _write("account_account_already_exists", address, language, url=_url("account_login"))


def nobody_registered(address: str, language: str) -> None:
    """To an address that asked for its link, and has no account."""
    _write("account_not_registered", address, language, url=_url("account_signup"))


def temporary_password(user: User, password: str, hours: timedelta) -> None:
    _write(
        "account_temporary_password",
        user.email,
        user.language,
        url=_url("account_login"),
        password=password,
        hours=int(hours.total_seconds()) // 3600,
    )


def invitation(address: str, token: str, days: timedelta, language: str) -> None:
    """To a professional whom IT lets register."""
    _write("account_invitation", address, language, url=_url("join", token), days=days.days)


def approved(user: User) -> None:
    """Patients find the practice from now on."""
    _write("account_approved", user.email, user.language, url=_url("home_of_role"))


def password_changed(user: User) -> None:
    """To the owner, who may not have been the one."""
    _write("account_password_changed", user.email, user.language)


def password_reset(user: User) -> None:
    _write("account_password_reset", user.email, user.language)


def locked_out(user: User, token: str) -> None:
    """The way out of a lockout."""
    _write("account_locked_out", user.email, user.language, url=_url("account_unlock", token))


def _url(name: str, *arguments: str) -> str:
    return settings.PUBLIC_URL + reverse(name, args=arguments)


def _write(template: str, recipient: str, language: str, **context: Any) -> None:
    mail.queue_mail(
        template=template, context={"email": recipient, **context}, recipient=recipient, language=language
    )
