"""Reads. Whatever has to do with the clock is computed by the database, in the same query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.errors import Missing
from meetings.models import Meeting, MeetingState, Participant, Presence


def person_of(participant_id: UUID) -> str:
    """Under which name the live connection knows a participant."""
    return f"participant:{participant_id}"


def participant_of(meeting_id: UUID, role: str) -> Participant:
    """The seat of a role in a room, with its meeting. Raises Missing."""
    participant = (
        Participant.objects.select_related("meeting").filter(meeting_id=meeting_id, role=role).first()
    )
    if participant is None:
        raise Missing(_("There is no such meeting."))
    return participant


def who_came(meeting_id: UUID) -> set[str]:
    """The roles that were ever in the room."""
    return set(
        Participant.objects.filter(meeting_id=meeting_id, first_joined_at__isnull=False).values_list(
            "role", flat=True
        )
    )


@dataclass(frozen=True)
class MeetingView:
    """A meeting at one moment of the database's clock; `remaining_ms` is None while no clock runs."""

    id: UUID
    state: str
    kind: str
    now: datetime
    opens_at: datetime
    closes_at: datetime
    started_at: datetime | None
    ends_at: datetime | None
    ended_at: datetime | None
    limit_ms: int
    remaining_ms: int | None
    # role -> name of the tab that is in the room now
    present: dict[str, str]

    @property
    def is_open(self) -> bool:
        """Whether one may be in the room now."""
        if self.state == MeetingState.WAITING:
            return self.opens_at <= self.now < self.closes_at
        return self.state == MeetingState.ACTIVE and self.remaining_ms != 0


def meeting_view(meeting: Meeting | UUID) -> MeetingView:
    """Two queries: the meeting with the clock, and who is in the room. Raises Missing."""
    meeting_id = meeting.pk if isinstance(meeting, Meeting) else meeting
    row = Meeting.objects.annotate(clock=Now()).filter(pk=meeting_id).first()
    if row is None:
        raise Missing(_("There is no such meeting."))
    open_presences = Presence.objects.filter(participant__meeting_id=meeting_id, left_at=None)
    return MeetingView(
        id=row.pk,
        state=row.state,
        kind=row.kind,
        now=row.clock,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        started_at=row.started_at,
        ends_at=row.ends_at,
        ended_at=row.ended_at,
        limit_ms=row.limit_minutes * 60_000,
        remaining_ms=_remaining_ms(row),
        present=dict(open_presences.values_list("participant__role", "tab")),
    )


def _remaining_ms(row: Any) -> int | None:
    if row.state == MeetingState.ENDED:
        return 0
    if row.state != MeetingState.ACTIVE:
        return None
    return max(0, round((row.ends_at - row.clock).total_seconds() * 1000))
