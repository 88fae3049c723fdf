from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from core.errors import Missing, Refused
from meetings import hooks
from meetings.models import EndReason, MeetingState, Presence
from meetings.presence import (
    connection_lost,
    end_silent_presences,
    join,
    leave,
    start_if_both,
    still_here,
)
from meetings.selectors import meeting_view, participant_of, who_came
from meetings.services import end_meeting, start_clock, void_meeting
from meetings.tests.conftest import both_come
from meetings.tests.crowd import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def starts(monkeypatch) -> list:
    """What the app above is told, instead of the bookings."""
    told: list = []
    monkeypatch.setattr(hooks, "_both_present", [told.append])
    return told


def enter(meeting, role, connection="", tab=""):
    return join(
        participant_id=participant_of(meeting.pk, role).pk,
        connection=connection or f"of-{role}",
        tab=tab or f"tab-of-{role}",
    )


def test_coming_and_going_is_recorded(meeting):
    assert who_came(meeting.pk) == set()
    enter(meeting, "patient")
    leave(participant_id=participant_of(meeting.pk, "patient").pk, connection="of-patient")
    enter(meeting, "patient", connection="again")
    stretches = Presence.objects.order_by("id")
    assert [stretch.left_at is None for stretch in stretches] == [False, True]
    assert who_came(meeting.pk) == {"patient"}
    assert meeting_view(meeting.pk).present == {"patient": "tab-of-patient"}


def test_too_early_too_late_and_over(new_meeting):
    refusals = []
    early = new_meeting(opens_in=timedelta(minutes=1))
    late = new_meeting(opens_in=timedelta(hours=-2))
    ended, void, gone_by = both_come(new_meeting()), new_meeting(), new_meeting()
    start_clock(meeting_id=ended.pk)
    end_meeting(meeting_id=ended.pk, reason=EndReason.PROFESSIONAL)
    void_meeting(meeting_id=void.pk)
    start_clock(meeting_id=gone_by.pk)
    type(gone_by).objects.filter(pk=gone_by.pk).update(ends_at=F("started_at"))
    for meeting in (early, late, ended, void, gone_by):
        with pytest.raises(Refused) as refusal:
            enter(meeting, "patient")
        refusals.append(refusal.value.code)
    assert refusals == ["not_ready_to_join", *["meeting_over"] * 4]
    assert not Presence.objects.exists()
    with pytest.raises(Missing):
        join(participant_id=early.pk, connection="c", tab="tab-0001")


def test_the_second_one_starts_it(meeting, starts):
    start_if_both(enter(meeting, "patient"))
    assert starts == []
    start_if_both(enter(meeting, "professional"))
    assert starts == [meeting.pk]


def test_two_who_come_at_once_see_each_other(meeting, starts):
    at_once(
        lambda: start_if_both(enter(meeting, "patient")),
        lambda: start_if_both(enter(meeting, "professional")),
    )
    assert starts == [meeting.pk]


def test_a_running_meeting_is_not_started_by_one_who_comes_back(meeting, starts):
    start_clock(meeting_id=meeting.pk)
    enter(meeting, "patient")
    start_if_both(enter(meeting, "professional"))
    assert starts == []


def test_a_new_tab_takes_the_place_over(meeting):
    enter(meeting, "patient", connection="first", tab="tab-0001")
    enter(meeting, "patient", connection="second", tab="tab-0002")
    patient = participant_of(meeting.pk, "patient").pk
    assert not still_here(participant_id=patient, connection="first")
    assert still_here(participant_id=patient, connection="second")
    leave(participant_id=patient, connection="first")  # the old tab goes: nothing
    assert meeting_view(meeting.pk).present == {"patient": "tab-0002"}


def test_joining_twice_on_one_connection_is_one_stretch(meeting):
    enter(meeting, "patient")
    enter(meeting, "patient")
    assert Presence.objects.count() == 1


def test_many_tabs_at_once_leave_one_in_the_seat(meeting):
    at_once(*[lambda n=n: enter(meeting, "patient", connection=f"c{n}", tab=f"tab-000{n}") for n in range(6)])
    assert Presence.objects.count() == 6
    assert Presence.objects.filter(left_at=None).count() == 1


def test_a_lost_connection_ends_its_presence(meeting):
    enter(meeting, "patient")
    enter(meeting, "professional")
    connection_lost(connection="of-patient")
    assert set(meeting_view(meeting.pk).present) == {"professional"}


def test_silence_ends_a_presence_as_of_the_last_sign_of_life(meeting):
    enter(meeting, "patient")
    enter(meeting, "professional")
    silent = Presence.objects.filter(participant__role="patient")
    silent.update(seen_at=F("seen_at") - timedelta(seconds=31), joined_at=F("joined_at") - timedelta(hours=1))
    assert end_silent_presences() == 1
    assert end_silent_presences() == 0
    ended = silent.get()
    assert ended.left_at == ended.seen_at
    assert set(meeting_view(meeting.pk).present) == {"professional"}


def test_a_sign_of_life_keeps_the_seat(meeting):
    enter(meeting, "patient")
    Presence.objects.update(seen_at=F("seen_at") - timedelta(seconds=31))
    assert still_here(participant_id=participant_of(meeting.pk, "patient").pk, connection="of-patient")
    assert end_silent_presences() == 0


def test_the_state_remains_what_it_was(meeting):
    enter(meeting, "patient")
    assert meeting_view(meeting.pk).state == MeetingState.WAITING
