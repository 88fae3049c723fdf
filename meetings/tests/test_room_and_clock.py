from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core.errors import Missing, Refused
from core.models import OutboxEvent
from meetings.models import EndReason, Meeting, MeetingState
from meetings.selectors import meeting_view, participant_of, who_came
from meetings.services import arrive, create_meeting, end_meeting, move_meeting, start_clock, void_meeting
from meetings.tests.crowd import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def ended_events() -> list[dict]:
    return list(OutboxEvent.objects.filter(topic="meeting.ended").values_list("payload", flat=True))


def test_rooms_cannot_be_guessed_and_have_two_seats(new_meeting):
    first, second = new_meeting(), new_meeting()
    host, _dash, secret = first.room.partition("-")
    assert host == "3ab7e9f2"
    assert len(secret) == 32
    assert secret not in second.room
    assert {seat.role for seat in first.participants.all()} == {"professional", "patient"}


def test_a_window_must_have_a_length(transactional_db):
    now = timezone.now()
    with pytest.raises(Exception, match="meeting_window"):
        create_meeting(host_key="a" * 36, opens_at=now, closes_at=now, limit_minutes=18)


def test_the_clock_runs_for_the_limit_from_the_start(meeting):
    started = start_clock(meeting_id=meeting.pk)
    assert started.state == MeetingState.ACTIVE
    assert started.ends_at - started.started_at == timedelta(minutes=18)
    view = meeting_view(meeting.pk)
    assert 18 * 60_000 - 5_000 < view.remaining_ms <= 18 * 60_000


def test_starting_again_changes_nothing(meeting):
    first = start_clock(meeting_id=meeting.pk)
    second = start_clock(meeting_id=meeting.pk)
    assert (first.started_at, first.ends_at) == (second.started_at, second.ends_at)


def test_two_start_at_once_and_share_one_clock(meeting):
    answers = at_once(*[lambda: start_clock(meeting_id=meeting.pk)] * 6)
    assert len({(answer.started_at, answer.ends_at) for answer in answers}) == 1


def test_the_end_is_told_once(attended):
    start_clock(meeting_id=attended.pk)
    answers = at_once(*[lambda: end_meeting(meeting_id=attended.pk, reason=EndReason.PROFESSIONAL)] * 6)
    assert len({answer.ended_at for answer in answers}) == 1
    assert ended_events() == [{"meeting_id": str(attended.pk), "reason": "professional"}]


def test_a_callers_transaction_that_fails_leaves_the_clock_running(meeting):
    start_clock(meeting_id=meeting.pk)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        end_meeting(meeting_id=meeting.pk, reason=EndReason.PROFESSIONAL)
        raise ZeroDivisionError
    assert meeting_view(meeting.pk).state == MeetingState.ACTIVE
    assert ended_events() == []


def test_a_clock_that_only_one_attended_is_taken_back(meeting):
    arrive(meeting_id=meeting.pk, role="professional")
    start_clock(meeting_id=meeting.pk)
    again = end_meeting(meeting_id=meeting.pk, reason=EndReason.PROFESSIONAL)
    assert (again.state, again.started_at, again.ends_at) == (MeetingState.WAITING, None, None)
    assert ended_events() == []
    assert OutboxEvent.objects.filter(topic="meeting.unattended").count() == 1


def test_whoever_comes_late_to_a_clock_started_alone_gets_the_full_time(meeting):
    arrive(meeting_id=meeting.pk, role="professional")
    start_clock(meeting_id=meeting.pk)
    ten = timedelta(minutes=10)
    Meeting.objects.filter(pk=meeting.pk).update(started_at=F("started_at") - ten, ends_at=F("ends_at") - ten)
    arrive(meeting_id=meeting.pk, role="patient")
    assert meeting_view(meeting.pk).remaining_ms > 17 * 60_000


def test_who_came_to_the_old_time_has_not_come_to_the_new_one(attended):
    later = timezone.now() + timedelta(days=1)
    move_meeting(meeting_id=attended.pk, opens_at=later, closes_at=later + timedelta(hours=1))
    assert who_came(attended.pk) == set()


def test_what_never_started_does_not_end(meeting):
    with pytest.raises(Refused) as refusal:
        end_meeting(meeting_id=meeting.pk, reason=EndReason.PROFESSIONAL)
    assert refusal.value.code == "wrong_state"


def test_what_is_over_does_not_start(attended):
    start_clock(meeting_id=attended.pk)
    end_meeting(meeting_id=attended.pk, reason=EndReason.PROFESSIONAL)
    with pytest.raises(Refused):
        start_clock(meeting_id=attended.pk)


def test_a_waiting_meeting_moves_and_a_running_one_does_not(meeting):
    later = timezone.now() + timedelta(days=1)
    moved = move_meeting(meeting_id=meeting.pk, opens_at=later, closes_at=later + timedelta(hours=1))
    assert moved.opens_at == later
    assert not meeting_view(meeting.pk).is_open
    start_clock(meeting_id=meeting.pk)
    with pytest.raises(Refused):
        move_meeting(meeting_id=meeting.pk, opens_at=later, closes_at=later + timedelta(hours=1))


def test_a_void_meeting_stays_void(meeting):
    void_meeting(meeting_id=meeting.pk)
    assert void_meeting(meeting_id=meeting.pk).state == MeetingState.VOID
    with pytest.raises(Refused):
        start_clock(meeting_id=meeting.pk)


def test_a_running_meeting_is_not_made_void(meeting):
    start_clock(meeting_id=meeting.pk)
    with pytest.raises(Refused):
        void_meeting(meeting_id=meeting.pk)


def test_unknown_meetings_are_missing(meeting):
    stranger = meeting.participants.first().pk
    for verb in (
        lambda: start_clock(meeting_id=stranger),
        lambda: end_meeting(meeting_id=stranger, reason=EndReason.STAFF),
        lambda: meeting_view(stranger),
        lambda: participant_of(stranger, "patient"),
    ):
        with pytest.raises(Missing):
            verb()
    assert Meeting.objects.count() == 1
