"""Whom the audit says to have seen or changed a patient's data."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Patient, User
from bookings.models import BookingRequest
from core.audit.trail import SYSTEM
from core.audit.words import TRAILS
from core.models import AuditEvent

# What a payment, or having nothing to pay, does to an appointment, whoever's request it is.
_FOLLOWS = ("booking.settled", "booking.revived")


def accesses_to(user: User) -> QuerySet[AuditEvent]:
    """What others did with the data of this person in any practice, the latest first. What the system does by
    itself is nobody's doing; where a verb says what was done, the row of its request says nothing more."""
    keys = _keys_of(user)
    if not keys:
        return AuditEvent.objects.none()
    about = AuditEvent.objects.filter(subjects__overlap=keys)
    verbs = about.exclude(action__in=TRAILS).exclude(request_id="")
    said = Exists(verbs.filter(request_id=OuterRef("request_id")))
    by_others = about.exclude(actor_id=user.pk, actor_id__isnull=False).exclude(role=SYSTEM.role)
    by_others = by_others.exclude(action__in=_FOLLOWS)
    found = by_others.filter(~Q(action__in=TRAILS) | ~said)
    return found.defer("mac", "subjects").order_by("-at", "-id")


def names_of(events: Iterable[AuditEvent]) -> dict[UUID, str]:
    """Of the accounts who did it, as patients know them, in one query."""
    ids = {event.actor_id for event in events if event.actor_id is not None}
    rows = User.objects.filter(pk__in=ids).values_list("pk", "professional__name", "name")
    return {user_id: practice or name for user_id, practice, name in rows} if ids else {}


def _keys_of(user: User) -> list[UUID]:
    """Of the person's records, those merged into them, and what was asked for without a record."""
    records = Patient.objects.filter(Q(user=user) | Q(merged_into__user=user), data_key__isnull=False)
    requests = BookingRequest.objects.filter(user=user, data_key__isnull=False)
    return list(
        records.values_list("data_key_id", flat=True).union(requests.values_list("data_key_id", flat=True))
    )
