"""The professional's week as a page: what is shown where, and how one gets to other days."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
import time_machine

from bookings.models import AvailabilityBlock, Booking, TimeOff
from bookings.tests.factories import make_booking, make_confirmed, make_professional, make_service, utc

pytestmark = pytest.mark.django_db

# A Monday, 8:00 in Bogotá, where the clock never changes.
NOW = utc(2026, 11, 23, 13)


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def professional():
    return make_professional(name="Dra. Ana Ruiz", country="CO")


@pytest.fixture
def service(professional):
    return make_service(professional, price=0, name="First visit")


@pytest.fixture
def doctor(client, professional):
    client.force_login(professional.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def at(hour: int, minute: int = 0, day: int = 24) -> datetime:
    """In Bogotá, in November 2026."""
    return utc(2026, 11, day, hour, minute) + timedelta(hours=5)


def page(client, **query) -> str:
    response = client.get("/doctor/agenda/", query)
    assert response.status_code == 200
    return response.content.decode()


def day_of(html: str, date: str) -> str:
    """The section of one day."""
    return html.split(f'aria-labelledby="day-{date}"')[1].split("</section>")[0]


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_an_appointment_stands_on_its_day_at_its_time(doctor, service):
    booking = make_confirmed(service, start=at(9, 30), name="Begoña Muñoz")
    tuesday = day_of(page(doctor), "2026-11-24")
    assert f'href="/doctor/consultations/{booking.pk}/?next=' in tuesday
    assert 'class="at h9 m30 dm30"' in tuesday
    assert "09:30 – 10:00 Begoña Muñoz Video call, First visit Confirmed" in words(tuesday)
    assert "Begoña" not in day_of(page(doctor), "2026-11-25")


def test_what_waits_what_is_unpaid_and_what_is_paid_at_the_practice_is_marked(doctor, professional, service):
    make_booking(service, start=at(9))
    make_booking(make_service(professional), start=at(10))
    Booking.objects.filter(pk=make_confirmed(service, start=at(11)).pk).update(
        pays_at_practice=True, price=25000
    )
    tuesday = words(day_of(page(doctor), "2026-11-24"))
    assert "Waits for your answer" in tuesday
    assert "Not paid yet" in tuesday
    assert "Pays at the practice Confirmed" in tuesday


def test_what_was_cancelled_is_not_shown(doctor, service):
    booking = make_confirmed(service, start=at(9), name="Begoña Muñoz")
    Booking.objects.filter(pk=booking.pk).update(status="cancelled", cancelled_by="patient")
    html = page(doctor)
    assert "Begoña" not in html
    assert "Nothing is booked this week." in html


def test_who_did_not_come_gives_way_to_whom_was_taken_instead(doctor, professional):
    hour = make_service(professional, price=0, duration_minutes=60)
    missed = make_confirmed(hour, start=at(9), name="Begoña Muñoz")
    Booking.objects.filter(pk=missed.pk).update(status="no_show")
    make_confirmed(make_service(professional, price=0), start=at(9, 30), name="Juan Pérez")
    tuesday = day_of(page(doctor), "2026-11-24")
    assert 'class="at h9 dm30"' in tuesday
    assert 'class="at h9 m30 dm30"' in tuesday


def test_free_time_leads_to_a_new_appointment_there(doctor, service):
    make_confirmed(service, start=at(10))
    tuesday = day_of(page(doctor), "2026-11-24")
    assert "09:00 – 10:00 Free time" in words(tuesday)
    assert "10:30 – 17:00 Free time" in words(tuesday)
    assert 'href="/doctor/new-consultation/?start=2026-11-24T14:00:00Z"' in tuesday
    # One stop for the keyboard in each gap; the half hours are for the mouse.
    links = re.findall(r"<a [^>]*new-consultation[^>]*>", tuesday)
    assert len([link for link in links if 'tabindex="-1" aria-hidden="true"' not in link]) == 3
    assert len([link for link in links if "cell" in link]) == 2 + 13


def test_nothing_is_free_before_now_and_past_days_take_nothing_new(doctor):
    with time_machine.travel(at(12, 2), tick=False):
        html = page(doctor)
    assert "12:05 – 17:00 Free time" in words(day_of(html, "2026-11-24"))
    assert "new-consultation" not in day_of(html, "2026-11-23")


def test_a_day_without_free_time_still_takes_an_appointment_by_hand(doctor):
    saturday = day_of(page(doctor), "2026-11-28")
    assert "Closed" in words(saturday)
    assert 'href="/doctor/new-consultation/?start=2026-11-28T14:00:00Z"' in saturday


def test_time_off_is_named_and_nothing_is_free_in_it(doctor, professional):
    TimeOff.objects.create(professional=professional, starts_at=at(12), ends_at=at(17), reason="Congress")
    TimeOff.objects.create(professional=professional, starts_at=at(0, day=26), ends_at=at(0, day=27))
    html = page(doctor)
    tuesday = words(day_of(html, "2026-11-24"))
    assert "12:00 – 17:00 Congress" in tuesday
    assert "09:00 – 12:00 Free time" in tuesday
    assert "All day Time off" in words(day_of(html, "2026-11-26"))


def test_a_public_holiday_is_named_and_closes_where_the_practice_says_so(doctor, professional):
    day = {"day": "2026-12-08"}
    assert "Public holiday: Immaculate Conception" in words(day_of(page(doctor, **day), "2026-12-08"))
    assert "Free time" in day_of(page(doctor, **day), "2026-12-08")
    professional.policy.closed_on_holidays = True
    professional.policy.save()
    assert "Free time" not in day_of(page(doctor, **day), "2026-12-08")


def test_the_sheet_is_as_long_as_what_is_on_it(doctor, professional, service):
    assert '<div class="week from8 rows10 scale1"' in page(doctor)
    AvailabilityBlock.objects.create(professional=professional, weekday=6, starts="06:30", ends="21:15")
    assert '<div class="week from6 rows16 scale1"' in page(doctor)


def test_short_appointments_make_the_hours_taller(doctor, professional):
    make_confirmed(make_service(professional, price=0, duration_minutes=15), start=at(9))
    assert "scale3" in page(doctor)


def test_now_is_a_line_on_today_alone(doctor):
    html = page(doctor)
    assert 'class="present h8 at"' in day_of(html, "2026-11-23")
    assert html.count("present ") == 1


def test_over_midnight_it_stands_on_both_days(doctor, professional):
    AvailabilityBlock.objects.all().update(starts="00:00", ends="00:00")
    night = make_service(professional, price=0, duration_minutes=120)
    make_confirmed(night, start=at(23), name="Begoña Muñoz")
    html = page(doctor)
    assert "23:00 – 00:00 Begoña Muñoz" in words(day_of(html, "2026-11-24"))
    assert "00:00 – 01:00 Begoña Muñoz" in words(day_of(html, "2026-11-25"))


def test_buffers_are_shown_and_nothing_is_free_in_them(doctor, professional):
    make_confirmed(make_service(professional, price=0, buffer_after_minutes=15), start=at(9))
    tuesday = day_of(page(doctor), "2026-11-24")
    assert 'class="paper buffer at h9 m30 dm15"' in tuesday
    assert "09:45 – 17:00 Free time" in words(tuesday)


def test_without_hours_it_says_where_to_set_them(doctor, professional):
    professional.blocks.all().delete()
    html = page(doctor)
    assert "You have no opening hours this week." in html
    assert 'href="/doctor/availability/"' in html


def test_another_professional_sees_nothing_of_it(client, service):
    make_confirmed(service, start=at(9), name="Begoña Muñoz")
    client.force_login(make_professional().user)
    assert "Begoña" not in page(client)
