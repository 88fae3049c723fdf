"""Rows of the audit: written once, with a code over all they say that only the application can make."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import partial
from itertools import islice
from uuid import UUID

from django.db import connection, models
from django.utils import timezone

from core.audit.codes import mac_of
from core.audit.trail import SYSTEM, Trail, Who, current
from core.models import AuditEvent

# More in one row would make it hard to find and slow to write.
MOST_SUBJECTS = 500

_NOWHERE = Trail("")
Fact = str | int | bool | None

# Worded once: what the audit costs, every request pays.
_COLUMNS = [
    str(field.column) for field in AuditEvent._meta.concrete_fields if field.attname not in {"id", "seal_id"}
]
# The driver takes longer to look at each of many subjects than the database to read them all as one text.
_AS_TEXT = {"subjects": "%s::uuid[]", "facts": "%s::jsonb"}  # the last two columns but for the code
_INSERT = (
    f"INSERT INTO core_auditevent ({', '.join(_COLUMNS)})"  # noqa: S608  (no value of anybody's)
    f" VALUES ({', '.join(_AS_TEXT.get(name, '%s') for name in _COLUMNS)}) RETURNING id"
)


def record(
    action: str,
    *,
    object: models.Model | None = None,
    subjects: Iterable[UUID] = (),
    who: Who | None = None,
    **facts: Fact,
) -> AuditEvent:
    """One named event, in the caller's transaction: `noun.verb-in-past`, such as `account.deactivated`.

    `subjects` are data keys of the patients concerned; `who` only where it is not whoever acts (a sign-in that
    failed). `facts` are short and plain: codes, ids, counts, never a name, an address or what somebody wrote.
    """
    return _write(current() or _NOWHERE, action, who=who, object=object, subjects=subjects, facts=facts)


def attempted(
    action: str, *, object: models.Model | None = None, who: Who | None = None, **facts: Fact
) -> None:
    """As `record`, for what was tried and refused: it stays, whatever becomes of the transaction around it. It is
    written when the request (or whatever else acts) is at its end; where nobody acts, at once."""
    trail = current()
    if trail is None:
        record(action, object=object, subjects=(), who=who, **facts)
    else:
        who = who or trail.who()
        trail.attempts.append(partial(record, action, object=object, subjects=(), who=who, **facts))


def write_trail(
    trail: Trail, action: str, *, subjects: Iterable[UUID] = (), object_id: str = "", **facts: Fact
) -> None:
    """The row of a request, a live message or a command: `read`, `write` or `refused`. `subjects` are those whose data
    was shown or changed; very many of them are spread over several rows."""
    left = iter(sorted(map(str, subjects)))
    part = list(islice(left, MOST_SUBJECTS))
    while True:
        _write(trail, action, object_id=object_id, subjects=part, facts=facts)
        if not (part := list(islice(left, MOST_SUBJECTS))):
            return


def _write(
    trail: Trail,
    action: str,
    *,
    subjects: Iterable[UUID | str],
    facts: dict[str, Fact],
    who: Who | None = None,
    object: models.Model | None = None,
    object_id: str = "",
) -> AuditEvent:
    actor = who or (SYSTEM if trail is _NOWHERE else trail.who())
    named = sorted(map(str, subjects))
    event = AuditEvent(
        at=timezone.now(),
        action=action,
        actor_id=actor.id,
        role=actor.role,
        via=trail.via,
        route=trail.route,
        address=trail.address,
        request_id=trail.request_id,
        object_type=object._meta.label_lower if object is not None else "",
        object_id=str(object.pk) if object is not None else object_id,
        subjects=named,
        facts=facts,
    )
    event.mac = mac_of(event)
    with connection.cursor() as cursor:
        texts = [f"{{{','.join(named)}}}", json.dumps(facts)]
        cursor.execute(_INSERT, [getattr(event, name) for name in _COLUMNS[:-3]] + [*texts, event.mac])
        (event.pk,) = cursor.fetchone()
    event._state.adding = False
    return event
