from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F

from core import outbox
from core.models import OutboxDelivery
from meetings import services
from meetings.models import EndReason, Meeting, MeetingState, Presence
from meetings.presence import join
from meetings.selectors import meeting_view, participant_of
from meetings.services import close_due, start_clock
from meetings.tests.conftest import both_come
from meetings.tests.crowd import at_once

pytestmark = pytest.mark.django_db(transaction=True)

TOLD: list[str] = []


@outbox.handles("meeting.ended")
def remember(event):
    TOLD.append(event.payload["meeting_id"])


@pytest.fixture(autouse=True)
def nobody_told():
    TOLD.clear()


@pytest.fixture
def running(new_meeting):
    """A running meeting that began this long ago."""

    def run(ago: timedelta = timedelta()) -> Meeting:
        meeting = start_clock(meeting_id=both_come(new_meeting()).pk)
        Meeting.objects.filter(pk=meeting.pk).update(
            started_at=F("started_at") - ago, ends_at=F("ends_at") - ago
        )
        return meeting

    return run


def test_time_that_is_over_ends_the_meeting_and_is_told_at_once(running):
    meeting = running(ago=timedelta(minutes=18, seconds=1))
    assert close_due() == 1
    meeting.refresh_from_db()
    assert (meeting.state, meeting.end_reason) == (MeetingState.ENDED, EndReason.LIMIT)
    assert [str(meeting.pk)] == TOLD
    assert meeting_view(meeting).remaining_ms == 0


def test_time_that_is_left_is_left(running):
    meeting = running(ago=timedelta(minutes=17))
    assert close_due() == 0
    assert meeting_view(meeting.pk).state == MeetingState.ACTIVE


def test_a_worker_that_was_dead_for_days_closes_everything_once_as_of_its_time(running):
    meetings = [running(ago=timedelta(days=days)) for days in (1, 2, 3)]
    assert close_due() == 3
    assert close_due() == 0
    for meeting in meetings:
        meeting.refresh_from_db()
        assert meeting.ended_at == meeting.ends_at
    assert sorted(TOLD) == sorted(str(meeting.pk) for meeting in meetings)


def test_sweeps_at_once_close_each_meeting_once(running):
    meetings = [running(ago=timedelta(hours=1)) for _meeting in range(4)]
    assert sum(at_once(*[close_due] * 4)) == 4
    assert len(TOLD) == len(set(TOLD)) == len(meetings)


def test_one_that_fails_does_not_stop_the_others(running, monkeypatch):
    broken, sound = running(ago=timedelta(hours=2)), running(ago=timedelta(hours=1))
    publish = outbox.publish

    def fails_for_one(topic, payload):
        if payload["meeting_id"] == str(broken.pk):
            raise ZeroDivisionError
        return publish(topic, payload)

    monkeypatch.setattr(services.outbox, "publish", fails_for_one)
    assert close_due() == 1
    assert meeting_view(sound.pk).state == MeetingState.ENDED
    assert meeting_view(broken.pk).state == MeetingState.ACTIVE
    monkeypatch.undo()
    assert close_due() == 1


def test_one_that_is_locked_is_left_for_the_next_sweep(running):
    held, free = running(ago=timedelta(hours=2)), running(ago=timedelta(hours=1))
    with transaction.atomic():
        Meeting.objects.select_for_update().get(pk=held.pk)
        assert at_once(close_due) == [1]
    assert meeting_view(free.pk).state == MeetingState.ENDED
    assert close_due() == 1


def test_the_end_empties_the_room(running):
    meeting = running()
    join(participant_id=participant_of(meeting.pk, "patient").pk, connection="c1", tab="tab-0001")
    Meeting.objects.filter(pk=meeting.pk).update(
        started_at=F("started_at") - timedelta(hours=1), ends_at=F("ends_at") - timedelta(hours=1)
    )
    close_due()
    assert not Presence.objects.filter(left_at=None).exists()


def test_an_undelivered_end_is_delivered_later(running, monkeypatch):
    running(ago=timedelta(hours=1))
    with monkeypatch.context() as patch:
        patch.setattr(services.outbox, "deliver_events", lambda ids: None)  # the worker dies here
        close_due()
    assert TOLD == []
    assert outbox.deliver_due() >= 1
    assert len(TOLD) == 1
    assert not OutboxDelivery.objects.filter(done_at=None).exists()


def test_the_sweep_uses_its_index(running):
    running()
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        plan = Meeting.objects.filter(state=MeetingState.ACTIVE, ends_at__lte="2020-01-01T00:00Z").explain()
        cursor.execute("RESET enable_seqscan")
    assert "meeting_due" in plan
