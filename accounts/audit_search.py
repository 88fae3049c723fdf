"""IT administration's view of the audit: found by filters that indexes serve, turned by the last row seen, never
counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import Patient, User
from accounts.shown import note_shown
from core.models import AuditEvent, AuditSeal

PER_PAGE = 50
# Of one request; more belong to an export.
MOST_OF_A_REQUEST = 200
# How far unsealed events are counted.
MOST_UNSEALED = 10_000
_USERS = User._meta.label_lower


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """What is looked for; what is empty does not matter. `patient` is the id of a patient's record: whom it is about
    is asked of no name."""

    account: UUID | None = None
    patient: UUID | None = None
    action: str = ""
    role: str = ""
    via: str = ""
    object_id: str = ""
    request_id: str = ""
    address: str = ""
    since: datetime | None = None
    until: datetime | None = None  # not included

    def named(self) -> dict[str, Any]:
        """For the audit of the search itself: what was looked for by, and the ids."""
        given = {name: value for name, value in vars(self).items() if value}
        ids: dict[str, str] = {name: str(given[name]) for name in given if name in {"account", "patient"}}
        return {"filters": " ".join(given), **ids}


class Page(NamedTuple):
    events: list[AuditEvent]
    older: int | None  # `before` of the next page


class Sealing(NamedTuple):
    last: AuditSeal | None
    unsealed: int
    is_more: bool


def search(criteria: Criteria) -> QuerySet[AuditEvent]:
    """The latest first."""
    found = AuditEvent.objects.defer("mac").order_by("-at", "-id")
    plain: dict[str, Any] = {
        "actor_id": criteria.account,
        "at__gte": criteria.since,
        "at__lt": criteria.until,
    }
    plain |= {name: getattr(criteria, name) for name in ("action", "role", "via", "object_id", "request_id")}
    plain["address"] = criteria.address
    found = found.filter(**{name: value for name, value in plain.items() if value})
    if criteria.patient is not None:
        found = found.filter(subjects__overlap=_keys_of(criteria.patient))
    return found


def page_of(found: QuerySet[AuditEvent], *, before: int | None = None, size: int = PER_PAGE) -> Page:
    """The rows after the one numbered `before`, at whatever depth as quick as the first."""
    if before is not None:
        at = AuditEvent.objects.filter(pk=before).values_list("at", flat=True).first()
        if at is not None:
            found = found.filter(at__lte=at).exclude(at=at, pk__gte=before)
    rows = list(found[: size + 1])
    return Page(rows[:size], rows[size - 1].pk if len(rows) > size else None)


def same_request(event: AuditEvent) -> list[AuditEvent]:
    """All that its request left, in order."""
    if not event.request_id:
        return [event]
    rows = AuditEvent.objects.defer("mac").filter(request_id=event.request_id)
    return list(rows.order_by("id")[:MOST_OF_A_REQUEST])


def emails_of(events: Iterable[AuditEvent]) -> dict[UUID, str]:
    """Who did it, and whose account it was done to, to be shown. A deleted account has no address any more."""
    ids: set[UUID | str] = set()
    for event in events:
        if event.actor_id is not None:
            ids.add(event.actor_id)
        if event.object_type == _USERS:
            ids.add(event.object_id)
    return _emails(ids)


def email_of(account: UUID) -> str:
    """To be shown; "" where there is none."""
    return _emails({account}).get(account, "")


def _emails(ids: set[UUID | str]) -> dict[UUID, str]:
    emails = dict(User.objects.filter(pk__in=ids).values_list("pk", "email")) if ids else {}
    note_shown(emails)
    return emails


def sealing() -> Sealing:
    """Whether seals keep up: the last one, and how many events wait for the next."""
    last = AuditSeal.objects.defer("event_ids").order_by("-number").first()
    unsealed = AuditEvent.objects.filter(seal=None).order_by("id")[: MOST_UNSEALED + 1].count()
    return Sealing(last, min(unsealed, MOST_UNSEALED), unsealed > MOST_UNSEALED)


def account_named(text: str) -> UUID | None:
    """The account with this e-mail, or with this id, which a deleted one keeps; None where there is none."""
    wanted = text.strip()
    try:
        return UUID(wanted)
    except ValueError:
        return User.objects.filter(email=wanted.lower()).values_list("pk", flat=True).first()


EXPORT_HEADER = (
    "number",
    "at",
    "action",
    "account_id",
    "account",
    "role",
    "via",
    "route",
    "address",
    "request_id",
    "object_type",
    "object_id",
    "patient_keys",
    "facts",
    "seal",
)


def export_rows(found: QuerySet[AuditEvent], batch: int = 500) -> Iterator[list[Any]]:
    """While they flow out: a batch in memory, and one query for the addresses of its people."""
    events = found.iterator(chunk_size=batch)
    while rows := list(islice(events, batch)):
        emails = emails_of(rows)
        for event in rows:
            yield _export_row(event, emails)


def _export_row(event: AuditEvent, emails: dict[UUID, str]) -> list[Any]:
    facts = " ".join(f"{name}={value}" for name, value in sorted(event.facts.items()))
    return [
        event.pk,
        event.at.isoformat(),
        event.action,
        event.actor_id or "",
        emails.get(event.actor_id, "") if event.actor_id else "",
        event.role,
        event.via,
        event.route,
        event.address,
        event.request_id,
        event.object_type,
        event.object_id,
        " ".join(map(str, event.subjects)),
        facts,
        event.seal_id or "",
    ]


def _keys_of(patient_id: UUID) -> list[UUID]:
    """Of the record and of those that were merged into it."""
    records = Patient.objects.filter(Q(pk=patient_id) | Q(merged_into=patient_id), data_key__isnull=False)
    return list(records.values_list("data_key_id", flat=True))
