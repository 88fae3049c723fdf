"""The verbs of openings: what is opened, refused, copied."""

from __future__ import annotations

from datetime import date, time, timedelta
from uuid import uuid4

import pytest
import time_machine

from bookings.models import AvailabilityBlock
from bookings.services.availability import (
    add_block,
    add_weekly_blocks,
    change_block,
    copy_day,
    remove_block,
)
from bookings.services.opening_rules import MOST_BLOCKS
from bookings.tests.factories import make_professional, make_service
from core.actor import Actor
from core.errors import Missing, NotAllowed, Refused
from core.tests.refusals import refusal

pytestmark = pytest.mark.django_db
DOCTOR = Actor("professional")
NINE, ONE, SIX = time(9), time(13), time(18)


@pytest.fixture
def practice():
    """Open Monday to Friday, 9 to 17."""
    return make_professional(zone="Europe/Madrid")


def hours_of(practice, weekday):
    found = AvailabilityBlock.objects.filter(professional=practice, weekday=weekday, is_active=True)
    return [(block.starts.hour, block.ends.hour) for block in found.order_by("starts")]


def add(practice, **fields):
    given = {"starts": NINE, "ends": ONE, "actor": DOCTOR} | fields
    return add_block(professional=practice, **given)


def test_hours_of_a_weekday_and_on_one_date(practice):
    tomorrow = date.today() + timedelta(days=1)
    assert add(practice, weekday=6).weekday == 6
    assert add(practice, date=tomorrow, notes="  Open \n day ").notes == "Open day"


def test_midnight_ends_a_day(practice):
    add(practice, weekday=7, starts=time(20), ends=time(0))
    assert refusal(add, practice, weekday=7, starts=time(23, 59), ends=time(0)) == ("starts", "overlap")


def test_hours_that_touch_do_not_overlap(practice):
    add(practice, weekday=1, starts=time(17), ends=SIX)
    assert hours_of(practice, 1) == [(9, 17), (17, 18)]


def test_an_overlap_names_what_is_in_the_way(practice):
    with pytest.raises(Refused) as caught:
        add(practice, weekday=1, starts=time(16, 30), ends=SIX)
    assert (caught.value.code, caught.value.attr) == ("overlap", "starts")
    assert "09:00" in str(caught.value)
    monday = AvailabilityBlock.objects.get(professional=practice, weekday=1)
    assert caught.value.extra == {"overlaps": str(monday.pk)}


def test_another_practice_is_never_in_the_way(practice):
    add(make_professional(), weekday=6)
    add(practice, weekday=6)


def test_what_is_switched_off_does_not_count_until_it_is_switched_on(practice):
    off = add(practice, weekday=1, is_active=False)
    again = {"professional": practice, "actor": DOCTOR, "block_id": off.pk, "is_active": True}
    assert refusal(change_block, **again) == ("starts", "overlap")
    off.refresh_from_db()
    assert not off.is_active


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"weekday": 6, "ends": time(8)}, ("ends", "order")),
        ({"weekday": 6, "ends": NINE}, ("ends", "order")),
        ({"weekday": 6, "starts": time(9, 0, 30)}, ("starts", "seconds")),
        ({"weekday": 8}, ("weekday", "weekday_or_date")),
        ({}, ("weekday", "weekday_or_date")),
        ({"weekday": 6, "date": date(2030, 1, 1)}, ("weekday", "weekday_or_date")),
        ({"date": date(2020, 1, 1)}, ("date", "past")),
        ({"date": date.max}, ("date", "too_far")),
        ({"date": date.min}, ("date", "past")),
        ({"weekday": 6, "modalities": ["by_post"]}, ("modalities", "unknown_modality")),
        ({"weekday": 6, "service_ids": [uuid4()]}, ("services", "unknown_service")),
        ({"weekday": 6, "notes": "x" * 201}, ("notes", "reason_too_long")),
    ],
)
def test_what_is_refused_names_its_field(practice, fields, refused):
    before = AvailabilityBlock.objects.count()
    assert refusal(add, practice, **fields) == refused
    assert AvailabilityBlock.objects.count() == before


def test_hours_over_which_the_clock_is_put_forward_do_not_exist(practice):
    with time_machine.travel("2027-03-01T12:00Z", tick=False):
        night = {"date": date(2027, 3, 28), "starts": time(2, 10), "ends": time(2, 50)}
        assert refusal(add, practice, **night) == ("starts", "skipped_by_clock")
        add(practice, **night | {"ends": time(3, 30)})


def test_today_is_the_practices_own():
    """On the 2nd in Auckland it is still the 1st in UTC."""
    practice = make_professional(zone="Pacific/Auckland")
    with time_machine.travel("2027-06-01T20:00Z", tick=False):
        add(practice, date=date(2027, 6, 2))
        assert refusal(add, practice, date=date(2027, 6, 1)) == ("date", "past")


def test_open_for_some_services_only(practice):
    video = make_service(practice)
    block = add(practice, weekday=6, service_ids=[video.pk], modalities=["video"])
    assert [*block.services.all()] == [video]
    nobody = {"weekday": 7, "service_ids": [video.pk], "modalities": ["in_person"]}
    assert refusal(add, practice, **nobody) == ("modalities", "fits_no_service")
    other = make_service(make_professional())
    assert refusal(add, practice, weekday=7, service_ids=[other.pk])[1] == "unknown_service"


def test_a_service_that_is_gone_stays_on_its_hours_but_goes_to_no_others(practice):
    service = make_service(practice)
    block = add(practice, weekday=6, service_ids=[service.pk])
    service.is_active = False
    service.save()
    change = {"professional": practice, "actor": DOCTOR, "block_id": block.pk}
    assert change_block(**change, service_ids=[service.pk], notes="x").notes == "x"
    assert refusal(add, practice, weekday=7, service_ids=[service.pk])[1] == "unknown_service"


def test_several_days_at_once_or_none(practice):
    made = {"professional": practice, "actor": DOCTOR, "starts": NINE, "ends": ONE}
    assert refusal(add_weekly_blocks, **made, weekdays=[6, 7, 1]) == ("starts", "overlap")
    assert hours_of(practice, 6) == []
    add_weekly_blocks(**made, weekdays=[6, 7, 6])
    assert hours_of(practice, 6) == hours_of(practice, 7) == [(9, 13)]
    assert refusal(add_weekly_blocks, **made, weekdays=[])[1] == "weekday_or_date"


def test_changing_what_is_named_and_nothing_else(practice):
    block = add(practice, weekday=6, notes="Kept")
    change = {"professional": practice, "actor": DOCTOR, "block_id": block.pk}
    change_block(**change, ends=SIX)
    assert hours_of(practice, 6) == [(9, 18)]
    moved = change_block(**change, date=date.today() + timedelta(days=3))
    assert (moved.weekday, moved.notes) == (None, "Kept")
    assert change_block(**change, weekday=7).date is None


def test_an_opening_whose_date_is_past_can_still_be_switched_off(practice):
    block = AvailabilityBlock.objects.create(
        professional=practice, date=date(2020, 1, 1), starts=NINE, ends=ONE
    )
    change_block(professional=practice, actor=DOCTOR, block_id=block.pk, is_active=False)


def test_copying_a_day_to_others(practice):
    service = make_service(practice)
    add(practice, weekday=1, starts=time(17), ends=SIX, service_ids=[service.pk])
    copy = {"professional": practice, "actor": DOCTOR, "weekday": 1}
    copy_day(**copy, to=[6, 7])
    assert hours_of(practice, 6) == hours_of(practice, 7) == [(9, 17), (17, 18)]
    copied = AvailabilityBlock.objects.get(professional=practice, weekday=7, starts=time(17))
    assert [*copied.services.all()] == [service]


def test_a_copy_does_not_overlap_unless_it_replaces(practice):
    remove_block(
        professional=practice,
        actor=DOCTOR,
        block_id=AvailabilityBlock.objects.get(professional=practice, weekday=2).pk,
    )
    add(practice, weekday=2, starts=time(8), ends=time(10))
    copy = {"professional": practice, "actor": DOCTOR, "weekday": 1}
    assert refusal(copy_day, **copy, to=[6, 2]) == ("starts", "overlap")
    assert hours_of(practice, 6) == []
    copy_day(**copy, to=[6, 2], replace=True)
    assert hours_of(practice, 2) == hours_of(practice, 6) == [(9, 17)]
    assert refusal(copy_day, **copy, to=[1])[1] == "weekday_or_date"
    assert refusal(copy_day, **copy | {"weekday": 7}, to=[1])[1] == "nothing_to_copy"


def test_there_is_an_end_to_how_many(practice):
    AvailabilityBlock.objects.bulk_create(
        AvailabilityBlock(professional=practice, weekday=6, starts=time(0), ends=time(1), is_active=False)
        for _number in range(MOST_BLOCKS - 5)
    )
    assert refusal(add, practice, weekday=7) == (None, "too_many")


def test_only_the_practice_itself_and_its_own(practice):
    block = add(practice, weekday=6)
    with pytest.raises(NotAllowed):
        add(practice, weekday=7, actor=Actor("patient"))
    with pytest.raises(Missing):
        change_block(professional=make_professional(), actor=DOCTOR, block_id=block.pk, notes="x")
    with pytest.raises(Missing):
        remove_block(professional=make_professional(), actor=DOCTOR, block_id=block.pk)
