"""What a practice has set decides what is offered: openings for some services, holidays, full days, who asks."""

from __future__ import annotations

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.services import create_user
from bookings.models import AvailabilityBlock, BookingPolicy
from bookings.selectors import free_slots, openings, practice_slots, why_not
from bookings.tests.factories import make_booking, make_professional, make_service, utc

pytestmark = pytest.mark.django_db
BOGOTA = ZoneInfo("America/Bogota")
NOW = utc(2026, 12, 21, 12)  # Monday, 07:00 in Bogota
FRIDAY = date(2026, 12, 25)


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


def walls(service, day=date(2026, 12, 22), **asked) -> list[str]:
    found = free_slots(service=service, first=day, last=day, zone=BOGOTA, **asked)
    return [start.astimezone(BOGOTA).strftime("%H:%M") for start in found]


def test_an_opening_for_one_service_is_not_offered_to_others():
    professional = make_professional(minimum_notice_minutes=0, step_minutes=240)
    kept, other = make_service(professional), make_service(professional)
    professional.blocks.get(weekday=2).services.add(kept)
    assert walls(kept) == ["09:00", "13:00"] and walls(other) == []
    assert why_not(service=other, start=utc(2026, 12, 22, 14)) == ["other_services"]
    assert walls(other, date(2026, 12, 23)) == ["09:00", "13:00"]


def test_an_opening_for_one_modality_is_not_offered_to_others(django_assert_num_queries):
    professional = make_professional(minimum_notice_minutes=0, step_minutes=240)
    video, in_person = make_service(professional), make_service(professional, modality="in_person")
    AvailabilityBlock.objects.filter(professional=professional, weekday=2).update(modalities=["in_person"])
    with django_assert_num_queries(1):
        found = openings(
            services=[video, in_person], first=date(2026, 12, 22), last=date(2026, 12, 23), zone=BOGOTA
        )
    assert [
        (opening.start.astimezone(BOGOTA).strftime("%d %H"), len(opening.services)) for opening in found
    ] == [
        ("22 09", 1),
        ("22 13", 1),
        ("23 09", 2),
        ("23 13", 2),
    ]


def test_public_holidays_close_the_week_when_the_practice_wants_that():
    professional = make_professional(country="CO")
    service = make_service(professional)
    assert walls(service, FRIDAY)
    professional.policy.closed_on_holidays = True
    professional.policy.save()
    assert walls(service, FRIDAY) == []
    assert why_not(service=service, start=utc(2026, 12, 25, 15)) == ["holiday"]
    AvailabilityBlock.objects.create(professional=professional, date=FRIDAY, starts=time(10), ends=time(11))
    assert walls(service, FRIDAY) == ["10:00", "10:30"]


def test_a_region_has_holidays_of_its_own():
    andalusia_day = date(2027, 3, 1)  # moved from a Sunday
    professional = make_professional(
        zone="Europe/Madrid", country="ES", closed_on_holidays=True, horizon_days=120
    )
    service = make_service(professional)
    for region, offered in (("MD", True), ("AN", False)):
        BookingPolicy.objects.update(holiday_region=region)
        service.professional.policy.refresh_from_db()
        assert bool(walls(service, andalusia_day)) == offered


def test_a_full_day_is_full_in_the_zone_of_the_practice():
    professional = make_professional(always_open=True, max_bookings_per_day=1)
    service = make_service(professional, price=0)
    make_booking(service, start=utc(2026, 12, 23, 4, 30))  # 23:30 on the 22nd in Bogota
    assert walls(service) == []
    assert walls(service, date(2026, 12, 23))[0] == "00:00"
    assert why_not(service=service, start=utc(2026, 12, 22, 15)) == ["day_full"]


def test_a_cancelled_booking_opens_its_day_again():
    professional = make_professional(always_open=True, max_bookings_per_day=1)
    service = make_service(professional, price=0)
    booking = make_booking(service, start=utc(2026, 12, 22, 15))
    booking.status = "rejected"
    booking.save()
    assert walls(service)


def test_an_account_is_not_offered_what_its_own_appointments_forbid(django_assert_num_queries):
    user = create_user(email="juan@example.org", password=None, name="Juan Pérez")
    elsewhere = make_service(make_professional(), price=0, duration_minutes=60)
    make_booking(elsewhere, start=utc(2026, 12, 22, 15), email=user.email)  # 10:00
    service = make_service(make_professional(minimum_notice_minutes=0), price=0)
    with django_assert_num_queries(3):
        mine = walls(service, asker=user)
    assert "10:00" not in mine and "10:30" not in mine and "11:00" in mine
    assert "10:00" in walls(service)


def test_the_practice_itself_sees_more_than_the_public():
    professional = make_professional(minimum_notice_minutes=43200, horizon_days=1, allow_public_booking=False)
    service = make_service(professional, price=0)
    far = date(2027, 6, 8)
    assert walls(service) == []
    assert len(practice_slots(service=service, first=far, last=far, zone=BOGOTA)) == 16
    assert practice_slots(
        service=service, first=NOW.date() - timedelta(days=7), last=NOW.date(), zone=BOGOTA
    )[0] == utc(2026, 12, 21, 14)
