"""Rows of the audit: written once, with a code over all they say that only the application can make."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils import timezone

from core.audit.trail import SYSTEM, Trail, Who, current
from core.models import AuditEvent

_NOWHERE = Trail("")
Fact = str | int | bool | None


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
        record(action, object=object, who=who, **facts)
    else:
        trail.attempts.append(partial(record, action, object=object, who=who or trail.who(), **facts))


def write_trail(trail: Trail, action: str, *, object_id: str = "", **facts: Fact) -> AuditEvent:
    """The one row of a request, a live message or a command: `read`, `write` or `refused`."""
    return _write(trail, action, object_id=object_id, subjects=trail.opened | trail.sealed, facts=facts)


def mac_of(event: AuditEvent) -> bytes:
    """HMAC-SHA256 over everything the row says, in one canonical form. The number of the row and its seal are not
    part of it: they come later, and the seals cover them."""
    said = [
        event.at.isoformat(),
        event.action,
        str(event.actor_id or ""),
        event.role,
        event.via,
        event.route,
        event.address,
        event.request_id,
        event.object_type,
        event.object_id,
        [str(subject) for subject in event.subjects],
        event.facts,
    ]
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hmac.digest(base64.b64decode(settings.AUDIT_KEY), text.encode(), hashlib.sha256)


def _write(
    trail: Trail,
    action: str,
    *,
    subjects: Iterable[UUID],
    facts: dict[str, Fact],
    who: Who | None = None,
    object: models.Model | None = None,
    object_id: str = "",
) -> AuditEvent:
    actor = who or (SYSTEM if trail is _NOWHERE else trail.who())
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
        subjects=sorted(subjects),
        facts=facts,
    )
    event.mac = mac_of(event)
    event.save(force_insert=True)
    return event
