"""Verbs of a room and its clock. Every "now" here is the database's, so that no process has a say in it."""

from __future__ import annotations

import logging
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, Value
from django.db.models.functions import Least, Now
from django.utils.translation import gettext_lazy as _

from core import outbox
from core.errors import Missing, Refused
from core.models import OutboxEvent
from meetings.announcements import tell_both
from meetings.models import (
    EndReason,
    Meeting,
    MeetingKind,
    MeetingState,
    Participant,
    ParticipantRole,
    Presence,
)

log = logging.getLogger(__name__)

NO_LOSS = timedelta(minutes=1)
_LIMIT = ExpressionWrapper(F("limit_minutes") * Value(timedelta(minutes=1)), output_field=DurationField())


@transaction.atomic
def create_meeting(
    *,
    host_key: str,
    opens_at: datetime,
    closes_at: datetime,
    limit_minutes: int,
    kind: str = MeetingKind.VIDEO,
) -> Meeting:
    """A room with its two seats. Its name begins with the last 8 characters of `host_key` (who offers it);
    the rest cannot be guessed and is never used again."""
    meeting = Meeting.objects.create(
        room=f"{host_key[-8:].lower()}-{secrets.token_hex(16)}",
        provider=settings.MEETING_PROVIDER,
        kind=kind,
        opens_at=opens_at,
        closes_at=closes_at,
        limit_minutes=limit_minutes,
    )
    Participant.objects.bulk_create(Participant(meeting=meeting, role=role) for role in ParticipantRole)
    return meeting


@transaction.atomic
def move_meeting(
    *, meeting_id: UUID, opens_at: datetime, closes_at: datetime, limit_minutes: int | None = None
) -> Meeting:
    """Another join window, and another limit unless None. Raises Refused `wrong_state` once the clock has
    started."""
    meeting = lock_meeting(meeting_id)
    if meeting.state != MeetingState.WAITING:
        raise _wrong_state(meeting)
    meeting.opens_at, meeting.closes_at = opens_at, closes_at
    meeting.limit_minutes = limit_minutes or meeting.limit_minutes
    meeting.save(update_fields=["opens_at", "closes_at", "limit_minutes"])
    # Who looked in at the old time has not come at the new one.
    _empty_room(meeting)
    meeting.participants.update(first_joined_at=None)
    tell_both(meeting.pk, "meeting.state")
    return meeting


@transaction.atomic
def keep_open(*, meeting_id: UUID, until: datetime) -> Meeting:
    """Lets a waiting room close later than planned: whoever is in it must wait. Never earlier."""
    meeting = lock_meeting(meeting_id)
    if meeting.state == MeetingState.WAITING and meeting.closes_at < until:
        meeting.closes_at = until
        meeting.save(update_fields=["closes_at"])
        tell_both(meeting.pk, "meeting.state")
    return meeting


@transaction.atomic
def arrive(*, meeting_id: UUID, role: str) -> Meeting:
    """Notes that this side has come. When that completes the two and one had started the clock alone, more
    than `NO_LOSS` ago, it begins anew: both get the full time."""
    meeting = lock_meeting(meeting_id)
    seat = Participant.objects.filter(meeting=meeting, role=role, first_joined_at=None)
    if seat.update(first_joined_at=Now()) and both_came(meeting.pk):
        alone = Meeting.objects.filter(
            pk=meeting.pk, state=MeetingState.ACTIVE, started_at__lt=Now() - NO_LOSS
        )
        if alone.exists():
            _run_clock(meeting)
    return meeting


@transaction.atomic
def void_meeting(*, meeting_id: UUID) -> Meeting:
    """The meeting will not take place. Again: nothing. Raises Refused `wrong_state` once it has started."""
    meeting = lock_meeting(meeting_id)
    if meeting.state == MeetingState.VOID:
        return meeting
    if meeting.state != MeetingState.WAITING:
        raise _wrong_state(meeting)
    meeting.state = MeetingState.VOID
    meeting.save(update_fields=["state"])
    _empty_room(meeting)
    tell_both(meeting.pk, "meeting.state", "meeting.ended")
    return meeting


@transaction.atomic
def start_clock(*, meeting_id: UUID) -> Meeting:
    """The clock runs from now for the meeting's limit. Already running: nothing, whoever asks.
    Raises Refused `wrong_state` when the meeting is over or void."""
    meeting = lock_meeting(meeting_id)
    if meeting.state == MeetingState.ACTIVE:
        return meeting
    if meeting.state != MeetingState.WAITING:
        raise _wrong_state(meeting)
    _run_clock(meeting)
    return meeting


def _run_clock(meeting: Meeting) -> None:
    Meeting.objects.filter(pk=meeting.pk).update(
        state=MeetingState.ACTIVE, started_at=Now(), ends_at=Now() + _LIMIT
    )
    meeting.refresh_from_db()
    tell_both(meeting.pk, "meeting.started", "meeting.state")


def end_meeting(*, meeting_id: UUID, reason: str) -> Meeting:
    """Closes a running meeting and tells the world (`meeting.ended`). Already over: nothing. When only one
    side ever came there was no meeting: the room waits again (`meeting.unattended`).
    Raises Refused `wrong_state` when it never started."""
    return _end(meeting_id, reason)[0]


def close_due() -> int:
    """Ends every meeting whose time is over; returns how many. What fails or is locked waits for the next
    sweep and holds up no other."""
    events = []
    due = Meeting.objects.filter(state=MeetingState.ACTIVE, ends_at__lte=Now()).order_by("ends_at")
    for meeting_id in due.values_list("pk", flat=True):
        try:
            event = _end(meeting_id, EndReason.LIMIT, patient=False)[1]
        except Missing:
            continue  # somebody holds it: perhaps just ending it
        except Exception:
            log.exception("meeting not closed", extra={"meeting": str(meeting_id)})
            continue
        if event:
            events.append(event.pk)
    outbox.deliver_events(events)
    return len(events)


@transaction.atomic
def _end(meeting_id: UUID, reason: str, *, patient: bool = True) -> tuple[Meeting, OutboxEvent | None]:
    meeting = lock_meeting(meeting_id, skip_locked=not patient)
    if meeting.state == MeetingState.ENDED:
        return meeting, None
    if meeting.state != MeetingState.ACTIVE:
        raise _wrong_state(meeting)
    if not both_came(meeting.pk):
        return meeting, _take_back(meeting)
    # Never later than the clock said, however late the sweep comes.
    Meeting.objects.filter(pk=meeting.pk).update(
        state=MeetingState.ENDED, ended_at=Least(Now(), F("ends_at")), end_reason=reason
    )
    meeting.refresh_from_db()
    _empty_room(meeting)
    event = outbox.publish("meeting.ended", {"meeting_id": str(meeting.pk), "reason": reason})
    tell_both(meeting.pk, "meeting.ended")
    return meeting, event


def _take_back(meeting: Meeting) -> OutboxEvent:
    meeting.state, meeting.started_at, meeting.ends_at = MeetingState.WAITING, None, None
    meeting.save(update_fields=["state", "started_at", "ends_at"])
    tell_both(meeting.pk, "meeting.state")
    return outbox.publish("meeting.unattended", {"meeting_id": str(meeting.pk)})


def both_came(meeting_id: UUID) -> bool:
    return not Participant.objects.filter(meeting_id=meeting_id, first_joined_at=None).exists()


def lock_meeting(meeting_id: UUID, *, skip_locked: bool = False) -> Meeting:
    """The row, locked and fresh. Raises Missing (also when skipped)."""
    meeting = Meeting.objects.select_for_update(skip_locked=skip_locked).filter(pk=meeting_id).first()
    if meeting is None:
        raise Missing(_("There is no such meeting."))
    return meeting


def _empty_room(meeting: Meeting) -> None:
    Presence.objects.filter(participant__meeting=meeting, left_at=None).update(left_at=Now())


def _wrong_state(meeting: Meeting) -> Refused:
    return Refused(
        _("The meeting is %(state)s.") % {"state": meeting.get_state_display()}, code="wrong_state"
    )
