"""The verbs of time off, and the appointments that lie inside."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from bookings.domain.days_off import days_of, moments, whole_days
from bookings.models import TimeOff
from bookings.selectors import free_slots
from bookings.selectors.availability import bookings_inside
from bookings.services.time_off import MOST_TIMES_OFF, add_time_off, change_time_off, remove_time_off
from bookings.tests.factories import (
    make_booking,
    make_confirmed,
    make_professional,
    make_service,
    make_time_off,
    utc,
)
from core.actor import Actor
from core.errors import Missing, NotAllowed, Refused
from core.tests.refusals import refusal

pytestmark = pytest.mark.django_db
DOCTOR = Actor("professional")
MADRID = ZoneInfo("Europe/Madrid")
NOW = utc(2027, 3, 1, 12)


@pytest.fixture
def practice():
    return make_professional(zone="Europe/Madrid", always_open=True)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def add(practice, starts_at=NOW + timedelta(days=1), ends_at=NOW + timedelta(days=2), **fields):
    return add_time_off(
        professional=practice, starts_at=starts_at, ends_at=ends_at, **{"actor": DOCTOR} | fields
    )


def test_time_off_closes(practice):
    service = make_service(practice)
    day = date(2027, 3, 5)
    assert free_slots(service=service, first=day, last=day, zone=MADRID)
    add(practice, *whole_days(day, day, MADRID), reason=" Away ")
    assert TimeOff.objects.get().reason == "Away"
    assert not free_slots(service=service, first=day, last=day, zone=MADRID)


def test_whole_days_are_as_long_as_the_clock_makes_them():
    """On March 28 the clock in Madrid is put forward."""
    starts_at, ends_at = whole_days(date(2027, 3, 28), date(2027, 3, 28), MADRID)
    assert ends_at - starts_at == timedelta(hours=23)
    assert days_of(starts_at, ends_at, MADRID) == (date(2027, 3, 28), date(2027, 3, 28))
    assert days_of(starts_at, ends_at - timedelta(hours=1), MADRID) is None


def test_moments_that_the_clock_skips_are_those_of_the_change():
    starts_at, ends_at = moments(date(2027, 3, 28), time(2, 30), date(2027, 3, 28), time(0), MADRID)
    assert (starts_at, ends_at) == (utc(2027, 3, 28, 1), utc(2027, 3, 28, 22))


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "refused"),
    [
        (utc(2027, 3, 3), utc(2027, 3, 3), ("ends_at", "order")),
        (utc(2027, 3, 3), utc(2027, 3, 2), ("ends_at", "order")),
        (utc(2027, 2, 1), utc(2027, 2, 2), ("ends_at", "past")),
        (datetime(2027, 3, 3, 9, 0, 1, tzinfo=UTC), utc(2027, 3, 4), ("starts_at", "seconds")),
        (utc(2027, 3, 3), utc(2028, 3, 5), ("ends_at", "too_long")),
        (utc(2040, 1, 1), utc(2040, 1, 2), ("starts_at", "too_far")),
    ],
)
def test_what_is_refused_names_its_field(practice, starts_at, ends_at, refused):
    assert refusal(add, practice, starts_at, ends_at) == refused
    assert not TimeOff.objects.exists()


def test_an_overlap_names_what_is_in_the_way(practice):
    day = date(2027, 3, 5)
    off = add(practice, *whole_days(day, day, MADRID))
    with pytest.raises(Refused) as caught:
        add(practice, *moments(day, time(22), date(2027, 3, 6), time(4), MADRID))
    assert (caught.value.code, caught.value.attr) == ("overlap", "starts_at")
    assert caught.value.extra == {"overlaps": str(off.pk)}
    add(practice, *whole_days(date(2027, 3, 6), date(2027, 3, 6), MADRID))
    add(make_professional(), *whole_days(day, day, MADRID))


def test_changing(practice):
    off, other = add(practice), make_time_off(practice, days=10)
    change = {"professional": practice, "actor": DOCTOR, "time_off_id": off.pk}
    assert change_time_off(**change, reason="Away").reason == "Away"
    assert change_time_off(**change, ends_at=NOW + timedelta(days=3)).starts_at == off.starts_at
    assert refusal(change_time_off, **change, ends_at=other.ends_at) == ("starts_at", "overlap")
    off.refresh_from_db()
    assert off.ends_at == NOW + timedelta(days=3)


def test_what_has_ended_keeps_its_times_but_not_its_words(practice):
    off = make_time_off(practice, days=-10)
    change = {"professional": practice, "actor": DOCTOR, "time_off_id": off.pk}
    assert change_time_off(**change, reason="Flu").reason == "Flu"
    assert refusal(change_time_off, **change, starts_at=NOW - timedelta(days=11)) == ("ends_at", "past")


def test_appointments_inside_stay_and_are_told(practice):
    service = make_service(practice, price=0)
    start = utc(2027, 3, 5, 10)
    inside = make_confirmed(service, start=start)
    half_inside = make_booking(service, start=start + timedelta(minutes=50))
    make_booking(service, start=start + timedelta(hours=1, minutes=30))
    off = add(practice, start, start + timedelta(hours=1))
    later = add(practice, start + timedelta(days=2), start + timedelta(days=3))
    assert bookings_inside([off, later]) == {off.pk: [inside, half_inside], later.pk: []}
    inside.refresh_from_db()
    assert inside.status == "confirmed"


def test_what_took_place_or_was_cancelled_is_not_to_be_moved(practice):
    service = make_service(practice, price=0)
    booking = make_booking(service, start=utc(2027, 3, 5, 10))
    booking.status = "completed"
    booking.save()
    off = add(practice, utc(2027, 3, 5), utc(2027, 3, 6))
    assert bookings_inside([off])[off.pk] == []


def test_there_is_an_end_to_how_many(practice):
    day = timedelta(days=1)
    TimeOff.objects.bulk_create(
        TimeOff(professional=practice, starts_at=NOW + n * day, ends_at=NOW + n * day + day / 2)
        for n in range(MOST_TIMES_OFF)
    )
    later = timezone.now() + (MOST_TIMES_OFF + 1) * day
    assert refusal(add, practice, later, later + day) == (None, "too_many")


def test_only_the_practice_itself_and_its_own(practice):
    off = add(practice)
    with pytest.raises(NotAllowed):
        add(practice, actor=Actor("patient"))
    other = {"professional": make_professional(), "actor": DOCTOR, "time_off_id": off.pk}
    with pytest.raises(Missing):
        change_time_off(**other, reason="x")
    with pytest.raises(Missing):
        remove_time_off(**other)
    remove_time_off(professional=practice, actor=DOCTOR, time_off_id=off.pk)
    assert not TimeOff.objects.exists()
