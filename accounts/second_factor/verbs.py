"""Adding and taking away a second factor. allauth's flows do it and write the letters; each asks for a recent
proof of who is there (`ReauthenticationRequired`)."""

from __future__ import annotations

from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal import flows as recovery_flows
from allauth.mfa.totp.internal import flows as totp_flows
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.webauthn.internal import flows as passkey_flows
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import mail
from accounts.models import User
from accounts.second_factor.codes import LAST_STEP
from accounts.second_factor.forms import AddAppForm
from accounts.second_factor.rule import has_second_factor
from accounts.sessions import end_sessions
from core import audit
from core.errors import Missing, Refused

MAX_PASSKEYS = 10


def add_app(request: HttpRequest, user: User, form: AddAppForm) -> list[str]:
    """The app whose code the form holds counts from now on; the code itself does not count again.

    Returns the recovery codes that were made along, if any. Raises Refused `already_set_up`.
    """
    with transaction.atomic():
        had_one = _had_one(user)
        if app_of(user) is not None:
            raise already_set_up()
        app, recovery = totp_flows.activate_totp(request, form)
        app.data[LAST_STEP] = form.step
        app.save(update_fields=["data"])
        _note_added(user, Authenticator.Type.TOTP, with_codes=recovery is not None)
        _end_unproved(request, user, had_one=had_one)
    return recovery.wrap().get_unused_codes() if recovery else []


def give_app(user: User, secret: str = "") -> None:
    """Without proof and letters: for accounts that the installation makes itself, such as the demo's."""
    TOTP.activate(user, secret or generate_totp_secret())


def remove_app(request: HttpRequest, user: User) -> None:
    """Raises Missing when there is none."""
    app = app_of(user)
    if app is None:
        raise Missing
    with transaction.atomic():
        audit.record("second_factor.removed", object=user, kind=app.type)
        totp_flows.deactivate_totp(request, app)


def add_passkey(request: HttpRequest, user: User, *, name: str, credential: dict[str, object]) -> bool:
    """True when recovery codes were made along. Raises Refused `too_many_passkeys`."""
    with transaction.atomic():
        had_one = _had_one(user)
        if passkeys_of(user).count() >= MAX_PASSKEYS:
            raise Refused(_("You have as many passkeys as one can have."), code="too_many_passkeys")
        _passkey, recovery = passkey_flows.add_authenticator(request, name, credential)
        _note_added(user, Authenticator.Type.WEBAUTHN, with_codes=recovery is not None)
        _end_unproved(request, user, had_one=had_one)
    return recovery is not None


def remove_passkey(request: HttpRequest, user: User, passkey: Authenticator) -> None:
    with transaction.atomic():
        audit.record("second_factor.removed", object=user, kind=passkey.type)
        passkey_flows.remove_authenticator(request, passkey)


def new_recovery_codes(request: HttpRequest, user: User) -> list[str]:
    """Ten new ones; those of before count no more. Raises Refused `no_second_factor`."""
    if not has_second_factor(user):
        raise Refused(_("Recovery codes need two-step sign-in to be set up."), code="no_second_factor")
    with transaction.atomic():
        codes: list[str] = recovery_flows.generate_recovery_codes(request).wrap().get_unused_codes()
        audit.record("recovery_codes.made", object=user)
    return codes


def reset(*, user_id: UUID, by: User) -> User:
    """For somebody who lost everything, by IT: no second factor is left, and the person is signed out everywhere.

    Raises Missing, and Refused `own_account`, `no_second_factor`.
    """
    if user_id == by.pk:
        raise Refused(_("You cannot do this to your own account."), code="own_account")
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise Missing
    with transaction.atomic():
        removed, _by_model = Authenticator.objects.filter(user=user).delete()
        if not removed:
            raise Refused(_("There is no second factor to reset."), code="no_second_factor")
        audit.record("second_factor.reset", object=user)
        end_sessions(user)
        mail.queue_mail(
            template="account_second_factor_reset",
            context={"email": user.email},
            recipient=user.email,
            language=user.language,
        )
    return user


def already_set_up() -> Refused:
    return Refused(_("An app is set up already."), code="already_set_up")


def app_of(user: User) -> Authenticator | None:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()


def passkeys_of(user: User) -> models.QuerySet[Authenticator]:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).order_by("created_at")


def recovery_codes_left(user: User) -> int:
    codes = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(codes.wrap().get_unused_codes()) if codes else 0


def _had_one(user: User) -> bool:
    """Asked while the user's row is locked: one change of a person's factors at a time."""
    User.objects.select_for_update().get(pk=user.pk)
    return has_second_factor(user)


def _note_added(user: User, kind: str, *, with_codes: bool) -> None:
    audit.record("second_factor.added", object=user, kind=kind)
    if with_codes:
        audit.record("recovery_codes.made", object=user)


def _end_unproved(request: HttpRequest, user: User, *, had_one: bool) -> None:
    """With the first factor the sessions elsewhere end: nobody there has proved it."""
    if not had_one:
        end_sessions(user, but=request.session.session_key)
