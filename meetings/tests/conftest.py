from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from meetings.models import Meeting, MeetingKind, ParticipantRole
from meetings.services import arrive, create_meeting


def both_come(meeting: Meeting) -> Meeting:
    for role in ParticipantRole:
        arrive(meeting_id=meeting.pk, role=role)
    return meeting


@pytest.fixture
def new_meeting(transactional_db) -> Callable[..., Meeting]:
    """A room whose join window is open now, or opens `opens_in` from now."""

    def new(
        *,
        opens_in: timedelta = timedelta(minutes=-5),
        lasts: timedelta = timedelta(minutes=30),
        limit: int = 18,
        kind: str = MeetingKind.VIDEO,
    ) -> Meeting:
        opens_at = timezone.now() + opens_in
        return create_meeting(
            host_key="0d9be4f0-95f1-4b5f-b1a2-6d0c3AB7E9F2",
            opens_at=opens_at,
            closes_at=opens_at + lasts,
            limit_minutes=limit,
            kind=kind,
        )

    return new


@pytest.fixture
def attended(new_meeting) -> Meeting:
    """Both have come; no clock runs yet."""
    return both_come(new_meeting())


@pytest.fixture
def meeting(new_meeting) -> Meeting:
    return new_meeting()
