"""Leaving: an account is deactivated, or deleted. It is shut at once, in one short transaction; appointments and the
like are settled after it, in small ones, by a sweep that nothing but a finished job stops.

Locks: Professional, User, then what belongs to the user.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from functools import partial
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import leaving, mail, sessions
from accounts.models import (
    Leaving,
    Patient,
    Professional,
    ProfessionalPhoto,
    RegistrationToken,
    Role,
    User,
)
from accounts.own_password import require_own_password
from core import audit
from core.errors import Missing, Refused
from core.queue import enqueue

log = logging.getLogger(__name__)

RUN_SECONDS = 20
# Longer than the workers let a task live: two never settle for one person.
LEASE = timedelta(minutes=3)
PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=10)


def foretell(user: User) -> list[str]:
    """What leaving would do to others, in sentences: appointments to come, and their money."""
    return [sentence for part in leaving.parts() for sentence in part.foretell(user)]


def require_possible(user: User) -> None:
    """Raises Refused (`last_it_admin`; what the parts refuse, as `in_a_meeting`) where this person cannot leave now."""
    if user.role == Role.IT_ADMIN and not _other_it_admins(user).exists():
        raise _last_it_admin()
    for part in leaving.parts():
        part.require(user)


def deactivate_own(*, user: User, password: str) -> None:
    """Raises TooMany, Refused: `no_password`, `wrong_password`, and as `deactivate`."""
    require_own_password(user, password)
    deactivate(user_id=user.pk, by=user)


def close_own(*, user: User, password: str) -> None:
    """Raises TooMany, Refused: `no_password`, `wrong_password`, and as `close_account`."""
    require_own_password(user, password)
    close_account(user_id=user.pk)


@transaction.atomic
def deactivate(*, user_id: UUID, by: User, cancel_bookings: bool = True) -> User:
    """Puts somebody out at once, and keeps the rest for the day they come back: only staff let them in again.
    Appointments to come are cancelled unless staff, speaking for somebody else, say `cancel_bookings=False`.

    Raises Refused (`last_it_admin`; for oneself also what the parts refuse), Missing.
    """
    user = _lock(user_id)
    itself = by.pk == user.pk
    if itself:
        require_possible(user)
    _shut(user)
    audit.record("account.deactivated", object=user, with_bookings=itself or cancel_bookings)
    if itself:
        _write("account_deactivated", user)
    if itself or cancel_bookings:
        _settle_soon(user, None if itself else by)
    return user


@transaction.atomic
def reactivate(*, user_id: UUID) -> User:
    """Lets somebody sign in again. What is not cancelled yet stays. Raises Refused (`account_closed`), Missing."""
    user = _lock(user_id)
    if user.closed_at is not None:
        raise Refused(_("This account was deleted by its owner."), code="account_closed")
    Leaving.objects.filter(user=user).delete()
    user.is_active = True
    user.save(update_fields=["is_active"])
    audit.record("account.activated", object=user)
    return user


@transaction.atomic
def close_account(*, user_id: UUID) -> None:
    """Deletes one's own account: nobody signs in, the e-mail is free for a new account, nothing says whose it was.
    What happened stays with the practices. Idempotent. Raises Refused as `require_possible`, Missing."""
    user = _lock(user_id)
    if user.closed_at is not None:
        return
    require_possible(user)
    _write("account_closed", user)
    _shut(user)
    audit.record("account.closed", object=user)
    _forget(user)
    _settle_soon(user, None)


def carry_on() -> int:
    """Settles for those who leave, until all is done or `RUN_SECONDS` are over; returns for how many it tried.
    Safe in parallel."""
    until, tried = time.monotonic() + RUN_SECONDS, 0
    while time.monotonic() < until and (row := _claim()) is not None:
        _carry_on_for(row, until)
        tried += 1
    return tried


def _lock(user_id: UUID) -> User:
    """The person as they are now; whoever books at their practice waits, and then finds it gone. Who is the last of
    the IT administration is decided for one after the other: all their rows, in order. Raises Missing."""
    known = User.objects.filter(pk=user_id).values_list("role", flat=True).first()
    list(Professional.objects.select_for_update(no_key=True).filter(user_id=user_id))
    whom = Q(pk=user_id)
    if known == Role.IT_ADMIN:
        whom |= Q(role=Role.IT_ADMIN, is_active=True)
    locked = {user.pk: user for user in User.objects.select_for_update().filter(whom).order_by("pk")}
    if user_id not in locked:
        raise Missing
    return locked[user_id]


def _shut(user: User) -> None:
    if user.role == Role.IT_ADMIN and not _other_it_admins(user).exists():
        raise _last_it_admin()
    user.is_active = False
    user.save(update_fields=["is_active"])
    sessions.end_sessions(user)


def _other_it_admins(user: User) -> models.QuerySet[User]:
    return User.objects.filter(role=Role.IT_ADMIN, is_active=True).exclude(pk=user.pk)


def _last_it_admin() -> Refused:
    return Refused(
        _("This is the last account of IT administration. Somebody has to be there to open the others."),
        code="last_it_admin",
    )


def _forget(user: User) -> None:
    """All that the account knew of its person, and every way in. A professional's name and licence stay: they are
    part of what happened to their patients."""
    user.closed_at = timezone.now()
    user.email, user.name, user.timezone = f"{user.pk.hex}@closed.invalid", "", ""
    user.temporary_password_until = user.last_login = None
    user.is_staff = user.is_superuser = False
    user.set_unusable_password()
    user.save()
    user.groups.clear()
    user.user_permissions.clear()
    for model in (EmailAddress, Authenticator, SocialAccount):
        model.objects.filter(user=user).delete()
    RegistrationToken.objects.filter(used_by=user).update(email="")
    ProfessionalPhoto.objects.filter(professional__user=user).delete()
    Professional.objects.filter(user=user).update(is_listed=False, bio="", address="")
    # The admin's own history names whom it changed.
    users = ContentType.objects.get_for_model(User)
    LogEntry.objects.filter(content_type=users, object_id=str(user.pk)).update(object_repr="")


def _write(template: str, user: User) -> None:
    mail.queue_mail(
        template=template, context={"email": user.email}, recipient=user.email, language=user.language
    )


def _settle_soon(user: User, staff: User | None) -> None:
    facts = {"staff_id": staff.pk if staff else None, "due_at": timezone.now(), "tries": 0}
    Leaving.objects.update_or_create(user=user, defaults=facts)
    transaction.on_commit(partial(enqueue, "accounts.tasks.carry_on_leaving"))


def _claim() -> Leaving | None:
    """Takes one for `LEASE`; should this process die, its turn comes again after that."""
    with transaction.atomic():
        waiting = Leaving.objects.select_for_update(skip_locked=True, of=("self",)).select_related("user")
        row = waiting.filter(due_at__lte=Now()).order_by("due_at").first()
        if row is not None:
            row.tries += 1
            row.due_at = timezone.now() + LEASE
            row.save(update_fields=["tries", "due_at"])
        return row


def _carry_on_for(row: Leaving, until: float) -> None:
    try:
        # Each has its turn, whatever another has left.
        left = [part for part in leaving.parts() if not part.settle(row.user, row.staff_id, until)]
    except Exception:
        log.exception("leaving not settled", extra={"user": str(row.user_id)})
        left = [*leaving.parts()]
    if not left:
        _done(row)
    else:
        # Whoever has many appointments needs more than one run: that is no reason to wait.
        is_cut_short = time.monotonic() >= until
        pause = timedelta(0) if is_cut_short else min(LONGEST_PAUSE, row.tries * PAUSE)
        _same(row).update(due_at=timezone.now() + pause)


@transaction.atomic
def _done(row: Leaving) -> None:
    """Nothing is left. The practices keep their records, which lead to nobody's account any more."""
    if _same(row).select_for_update().exists() and row.user.closed_at is not None:
        Patient.objects.filter(user=row.user).update(user=None)
    _same(row).delete()


def _same(row: Leaving) -> models.QuerySet[Leaving]:
    """The row, unless its person came back meanwhile and left anew."""
    return Leaving.objects.filter(pk=row.pk, started_at=row.started_at)
