"""What happens to the appointments of somebody who leaves: each ends by the verb that would end it anyway, in a
transaction of its own. Cut off anywhere, it goes on with what is still open."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from accounts.leaving import Part
from accounts.models import User
from bookings.domain.lifecycle_table import Status
from bookings.models import Booking, BookingRequest, CancelledBy, RequestStatus
from bookings.services.answers import reject
from bookings.services.closing import cancel, refund_when_cancelled
from bookings.services.requests import reject_request, withdraw_request
from core.actor import Actor
from core.errors import DomainError, Refused
from core.money import format_money

log = logging.getLogger(__name__)
BATCH = 50

_UNSETTLED = Q(status__in=[Status.PENDING_PAYMENT, Status.WAITING_FOR_PROFESSIONAL])


def require_no_meeting(user: User) -> None:
    """Raises Refused `in_a_meeting`: whoever talks to somebody finishes that first."""
    if _running(user).exists():
        raise Refused(_("You are in a consultation right now. Please end it first."), code="in_a_meeting")


def foretell(user: User) -> list[str]:
    """What becomes of the appointments to come and their money, in sentences. A constant number of queries."""
    own, practice = _of_patient(user), _of_practice(user)
    return [*_said_to_patient(own), *_said_to_professional(practice), *_said_of_requests(user)]


def settle(user: User, staff_id: UUID | None, until: float) -> bool:
    """Cancels, as the person or as that member of staff, what the patient or the practice has ahead; answers and
    withdraws requests. True when nothing is left: a meeting that runs is left to its end."""
    patient, professional = (
        Actor("staff", staff_id) if staff_id else Actor(kind, user.pk) for kind in ("patient", "professional")
    )
    jobs: list[tuple[QuerySet[Any], Callable[[UUID], Any]]] = [
        (_of_patient(user), partial(_cancel, patient)),
        (_of_practice(user), partial(_close, professional)),
        (_asked_by(user), partial(_withdraw, patient)),
        (_asked_of(user), partial(_decline, professional)),
    ]
    for rows, verb in jobs:
        _each(rows, verb, user, until)
    if any(rows.exists() for rows, _verb in jobs) or _running(user).exists():
        return False
    if user.closed_at is not None:
        BookingRequest.objects.filter(user=user).update(user=None)
    return True


LEAVING = Part(settle=settle, foretell=foretell, require=require_no_meeting)


def claim_requests(user: User, addresses: Collection[str]) -> int:
    """Wishes of a guest join the account that owns these addresses (blind indexes). Idempotent."""
    # With `not empty`, as the index for it says.
    unclaimed = BookingRequest.objects.filter(user=None, email_index__in=addresses).exclude(email_index="")
    return unclaimed.update(user=user)


def _of_patient(user: User) -> QuerySet[Booking]:
    """What a patient may still cancel: until it begins."""
    ahead = _UNSETTLED | Q(status=Status.CONFIRMED, starts_at__gt=timezone.now())
    return Booking.objects.filter(ahead, patient__user=user)


def _of_practice(user: User) -> QuerySet[Booking]:
    """What a professional may still cancel. What is over is told by who came, or by the practice."""
    ahead = _UNSETTLED | Q(status=Status.CONFIRMED, ends_at__gt=timezone.now())
    return Booking.objects.filter(ahead, professional__user=user)


def _running(user: User) -> QuerySet[Booking]:
    either = Q(patient__user=user) | Q(professional__user=user)
    return Booking.objects.filter(either, status=Status.IN_PROGRESS)


def _asked_by(user: User) -> QuerySet[BookingRequest]:
    return BookingRequest.objects.filter(user=user, status=RequestStatus.PENDING)


def _asked_of(user: User) -> QuerySet[BookingRequest]:
    return BookingRequest.objects.filter(professional__user=user, status=RequestStatus.PENDING)


def _each(rows: QuerySet[Any], verb: Callable[[UUID], Any], user: User, until: float) -> None:
    """One that fails is logged and does not hold up the others; it is still there the next time."""
    for row_id in _ids(rows, user):
        if time.monotonic() >= until:
            return
        try:
            verb(row_id)
        except DomainError:
            continue  # somebody was faster
        except Exception:
            log.exception("not settled", extra={"row": str(row_id)})


def _ids(rows: QuerySet[Any], user: User) -> Iterator[UUID]:
    """In batches, as long as the person is away: whom staff let in again keeps the rest."""
    last: UUID | None = None
    while User.objects.filter(pk=user.pk, is_active=False).exists():
        beyond = rows.filter(pk__gt=last) if last else rows
        batch = list(beyond.order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not batch:
            return
        yield from batch
        last = batch[-1]


def _cancel(actor: Actor, booking_id: UUID) -> None:
    cancel(booking_id=booking_id, actor=actor)


def _close(actor: Actor, booking_id: UUID) -> None:
    """Whoever waits for an answer gets one; the patient reads why."""
    status, language = Booking.objects.values_list("status", "language").get(pk=booking_id)
    with override(language):
        why = _no_more_appointments()
    verb = reject if status == Status.WAITING_FOR_PROFESSIONAL else cancel
    verb(booking_id=booking_id, actor=actor, reason=why)


def _withdraw(actor: Actor, request_id: UUID) -> None:
    withdraw_request(request_id=request_id, actor=actor)


def _decline(actor: Actor, request_id: UUID) -> None:
    with override(BookingRequest.objects.values_list("language", flat=True).get(pk=request_id)):
        why = _no_more_appointments()
    reject_request(request_id=request_id, actor=actor, reason=why)


def _no_more_appointments() -> str:
    return _("This practice takes no more appointments here.")


def _said_to_patient(own: QuerySet[Booking]) -> list[str]:
    rows, now = list(own), timezone.now()
    if not rows:
        return []
    words = ngettext(
        "Your appointment to come will be cancelled.",
        "Your %(count)d appointments to come will be cancelled.",
        len(rows),
    ) % {"count": len(rows)}
    paid = [row for row in rows if row.is_paid_online and row.settled_at is not None]
    back = _sums((row, refund_when_cancelled(row, CancelledBy.PATIENT, now)) for row in paid)
    kept = _sums((row, row.price - refund_when_cancelled(row, CancelledBy.PATIENT, now)) for row in paid)
    said = [words]
    if back:
        said.append(_("You get back %(amounts)s.") % {"amounts": back})
    if kept:
        said.append(
            _("You do not get back %(amounts)s: by the terms you booked under, it is too late for that.")
            % {"amounts": kept}
        )
    return said


def _said_to_professional(practice: QuerySet[Booking]) -> list[str]:
    rows = list(practice)
    if not rows:
        return []
    words = ngettext(
        "%(count)d appointment to come will be cancelled, and the patient is told.",
        "%(count)d appointments to come will be cancelled, and the patients are told.",
        len(rows),
    ) % {"count": len(rows)}
    back = _sums((row, row.price) for row in rows if row.is_paid_online and row.settled_at is not None)
    return [words, _("Your patients get back %(amounts)s.") % {"amounts": back}] if back else [words]


def _said_of_requests(user: User) -> list[str]:
    said = []
    if asked := _asked_by(user).count():
        words = ngettext(
            "Your request for an appointment will be withdrawn.",
            "Your %(count)d requests for an appointment will be withdrawn.",
            asked,
        )
        said.append(words % {"count": asked})
    if waiting := _asked_of(user).count():
        words = ngettext(
            "%(count)d request for an appointment will be declined.",
            "%(count)d requests for an appointment will be declined.",
            waiting,
        )
        said.append(words % {"count": waiting})
    return said


def _sums(owed: Iterable[tuple[Booking, Decimal]]) -> str:
    """One amount for each currency; "" for nothing."""
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    for booking, amount in owed:
        totals[booking.currency] += amount
    return ", ".join(format_money(amount, currency) for currency, amount in totals.items() if amount)
