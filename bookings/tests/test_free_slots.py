"""Free times from the database: one query whatever the range and the history."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from bookings.models import Booking
from bookings.selectors import free_slots, next_free_slots, schedule
from bookings.tests.factories import make_booking, make_professional, make_service, utc

pytestmark = pytest.mark.django_db
BOGOTA = ZoneInfo("America/Bogota")
MONDAY = utc(2026, 11, 23, 12, 0)


@time_machine.travel(MONDAY, tick=False)
def test_a_month_takes_one_query(django_assert_num_queries):
    service = make_service(make_professional())
    make_booking(service)
    with django_assert_num_queries(1):
        day = free_slots(service=service, first=MONDAY.date(), last=MONDAY.date(), zone=BOGOTA)
    with django_assert_num_queries(1):
        month = free_slots(
            service=service, first=MONDAY.date(), last=MONDAY.date() + timedelta(days=31), zone=BOGOTA
        )
    assert len(day) == 15
    assert len(month) > 300


@time_machine.travel(MONDAY, tick=False)
def test_a_long_history_is_not_read(django_assert_num_queries):
    service = make_service(make_professional())
    model = make_booking(service)
    rows = []
    for n in range(2000):
        start = MONDAY - timedelta(hours=n + 20)
        rows.append(
            Booking(
                professional=model.professional,
                patient=model.patient,
                service=service,
                reference=f"H{n}",
                status="completed",
                modality="video",
                starts_at=start,
                ends_at=start + timedelta(minutes=30),
                blocked_from=start,
                blocked_until=start + timedelta(minutes=30),
                price=0,
                currency="COP",
                meeting_limit_minutes=18,
            )
        )
    Booking.objects.bulk_create(rows)
    with django_assert_num_queries(1) as captured:
        next_free_slots(service=service)
    statements = captured.captured_queries[0]["sql"].split("; ")
    busy = next(statement for statement in statements if "blocked_from" in statement)
    assert len(Booking.objects.raw(busy)) < 20


@time_machine.travel(MONDAY, tick=False)
def test_a_year_away_takes_one_query_too(django_assert_num_queries):
    professional = make_professional(always_open=True, horizon_days=365, step_minutes=5)
    service = make_service(professional)
    away = professional.time_off.create(starts_at=MONDAY, ends_at=MONDAY + timedelta(days=200))
    with django_assert_num_queries(1):
        assert next_free_slots(service=service, count=2) == [
            away.ends_at,
            away.ends_at + timedelta(minutes=5),
        ]
    away.ends_at = MONDAY + timedelta(days=400)
    away.save()
    with django_assert_num_queries(1):
        assert next_free_slots(service=service) == []


@time_machine.travel(MONDAY, tick=False)
def test_no_more_days_are_looked_at_than_are_needed():
    service = make_service(make_professional(always_open=True, horizon_days=365))
    times = schedule.load(service, MONDAY, MONDAY + timedelta(days=365))
    assert next(times.free()) == MONDAY
    assert len(times.hours._grid._instants) <= 4 * 144


@time_machine.travel(MONDAY, tick=False)
def test_services_of_one_professional_share_what_was_read(django_assert_num_queries):
    professional = make_professional()
    services = [make_service(professional, duration_minutes=10 * n) for n in range(1, 6)]
    with django_assert_num_queries(1):
        plans = schedule.load_each(services, MONDAY, MONDAY + timedelta(days=1))
        assert [len(list(plan.free())) for plan in plans] == [16, 16, 16, 15, 15]
    assert len({id(plan.hours) for plan in plans}) == 1


@time_machine.travel(MONDAY, tick=False)
def test_days_are_the_visitors_days():
    service = make_service(make_professional())
    tokyo = ZoneInfo("Asia/Tokyo")
    tuesday = MONDAY.date() + timedelta(days=1)
    slots = free_slots(service=service, first=tuesday, last=tuesday, zone=tokyo)
    assert {slot.astimezone(tokyo).date() for slot in slots} == {tuesday}
    assert slots[0].astimezone(BOGOTA).hour == 10  # Monday 10:00 in Bogota is Tuesday 00:00 in Tokyo


@time_machine.travel(MONDAY, tick=False)
def test_a_closed_practice_offers_nothing():
    service = make_service(make_professional(allow_public_booking=False))
    assert free_slots(service=service, first=MONDAY.date(), last=MONDAY.date(), zone=BOGOTA) == []
    assert next_free_slots(service=service) == []
