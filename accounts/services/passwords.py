"""A person's own password: changed by whoever knows it, chosen anew by whoever reads the mail of the account."""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import letters, unlocking
from accounts.audited import who_is
from accounts.models import User
from accounts.own_password import require_own_password
from accounts.services.refusals import refused
from accounts.sessions import end_sessions
from core import audit
from core.errors import Refused


def change_password(
    *, user: User, current_password: str, new_password: str, session: SessionBase, new_key: bool
) -> None:
    """Another password for somebody who is signed in and knows it. `session`, the one that asks, stays signed in;
    all others end at once. `new_key`: it is a browser's, whose cookie is exchanged too.

    Raises TooMany, and Refused: `wrong_password`, `no_password`, `same_password`, or what is wrong with the new one.
    """
    require_own_password(user, current_password, field="current_password")
    _require_good(user, new_password)
    if current_password == new_password:
        raise Refused(
            _("Please choose another password than the current one."),
            code="same_password",
            attr="new_password",
        )
    hashed = make_password(new_password)
    with transaction.atomic():
        _write(user, hashed)
        _keep(session, user, new_key=new_key)
        audit.record("password.changed", object=user)
        end_sessions(user, but=session.session_key)
        letters.password_changed(user)
    unlocking.unlock_account(user)


def reset_password(*, user: User, key: str, new_password: str) -> None:
    """Another password for whoever has the link that was sent to the account. All sessions end; locks do too.

    Raises Refused: `invalid_password_reset` for a link that was used or is too old, or what is wrong with the
    password.
    """
    _require_good(user, new_password)
    hashed = make_password(new_password)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        if not user.is_active or not default_token_generator.check_token(user, key):
            raise Refused(_("This link is not valid any more."), code="invalid_password_reset", attr="key")
        _write(user, hashed)
        audit.record("password.reset", who=who_is(user), object=user)
        end_sessions(user)
        letters.password_reset(user)
    unlocking.unlock_account(user)


def _require_good(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise refused(error, field="new_password") from error


def _write(user: User, hashed: str) -> None:
    """A temporary password is no more."""
    user.password, user.temporary_password_until = hashed, None
    user.save(update_fields=["password", "temporary_password_until"])


def _keep(session: SessionBase, user: User, *, new_key: bool) -> None:
    """Sessions are bound to the password: this one is bound to the new one. Its row is locked meanwhile, for tokens
    that are refreshed just now."""
    old_key = session.session_key
    list(Session.objects.select_for_update().filter(session_key=old_key))
    if new_key:
        session.cycle_key()
        UserSession.objects.filter(session_key=old_key).update(session_key=session.session_key)
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
