"""The availability editor: what it shows, and what its forms do."""

from __future__ import annotations

from datetime import date, time

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.forms.availability import WallTimeField
from bookings.models import AvailabilityBlock, BookingPolicy, TimeOff
from bookings.tests.factories import (
    make_booking,
    make_professional,
    make_service,
    make_time_off,
    make_user,
    utc,
)

pytestmark = pytest.mark.django_db
PAGE = "/doctor/availability/"
HOURS = {"starts": "18:00", "ends": "20:00"}


@pytest.fixture(autouse=True)
def _now():
    """A Monday."""
    with time_machine.travel(utc(2027, 3, 1, 12), tick=False):
        yield


@pytest.fixture
def practice():
    """Open Monday to Friday, 9 to 17, in Bogotá."""
    return make_professional(country="CO")


@pytest.fixture
def doctor(client, practice):
    client.force_login(practice.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def text_of(client, address=PAGE):
    response = client.get(address, follow=True)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def monday_of(practice):
    return AvailabilityBlock.objects.get(professional=practice, weekday=1)


def test_the_week_shows_what_follows_from_all_rules(doctor, practice):
    make_time_off(practice, starts_at=utc(2027, 3, 9, 5), ends_at=utc(2027, 3, 10, 5), reason="Congress")
    AvailabilityBlock.objects.create(
        professional=practice, date=date(2027, 3, 13), starts=time(10), ends=time(11)
    )
    text = text_of(doctor, f"{PAGE}?week=2027-W10")
    assert "Time off : Congress" in text or "Time off: Congress" in text
    assert "10:00–11:00" in text
    assert "this date only" in text
    assert 'class="bar off"' in text
    assert "Congress" not in text_of(doctor, f"{PAGE}?week=2027-W11").split("Every week")[0]


@pytest.mark.parametrize("week", ["", "2027-W99", "W10", "0000-W01", "9999-W52", "nonsense"])
def test_an_odd_week_is_no_error(doctor, week):
    text_of(doctor, f"{PAGE}?week={week}")


def test_a_holiday_that_closes_is_named(doctor, practice):
    BookingPolicy.objects.filter(professional=practice).update(closed_on_holidays=True)
    text = text_of(doctor, f"{PAGE}?week=2027-W12")
    assert "Saint Joseph" in text
    assert 'class="bar closed"' in text


def test_hours_on_several_days_at_once(doctor, practice):
    response = doctor.post(f"{PAGE}hours/new", HOURS | {"weekdays": ["1", "3"], "notes": "Late"})
    assert response["Location"] == f"{PAGE}#weekly"
    made = AvailabilityBlock.objects.filter(professional=practice, notes="Late")
    assert [block.weekday for block in made] == [1, 3]
    assert "Added on 2 days." in text_of(doctor)


def test_what_is_refused_stands_at_its_field_and_what_was_typed_stays(doctor, practice):
    service = make_service(practice, name="First visit")
    typed = {"starts": "16:00", "ends": "18:00", "weekdays": ["1", "6"], "services": [str(service.pk)]}
    response = doctor.post(f"{PAGE}hours/new", typed)
    text = response.content.decode()
    assert response.status_code == 400
    assert "These hours overlap Monday, 09:00 to 17:00." in response.context["form"].errors["starts"]
    assert 'value="16:00"' in text
    assert '<details class="more" open>' in text
    assert not AvailabilityBlock.objects.filter(weekday=6).exists()


def test_an_opening_on_one_date_for_some(doctor, practice):
    service = make_service(practice, name="First visit")
    typed = {"date": "2027-03-06", "services": [str(service.pk)], "modalities": ["video"]}
    doctor.post(f"{PAGE}dates/new", HOURS | typed)
    assert "only First visit, video call" in text_of(doctor)
    response = doctor.post(f"{PAGE}dates/new", HOURS | {"date": "2027-02-06"})
    assert response.context["form"].errors["date"] == ["This date is already past."]


def test_changing_hours(doctor, practice):
    address = f"{PAGE}hours/{monday_of(practice).pk}"
    assert 'value="09:00"' in text_of(doctor, address)
    doctor.post(address, {"weekday": "6", "starts": "10", "ends": "1130", "notes": "x"})
    block = AvailabilityBlock.objects.get(professional=practice, weekday=6)
    assert (block.starts, block.ends, block.notes) == (time(10), time(11, 30), "x")


def test_switching_off_and_on(doctor, practice):
    block = monday_of(practice)
    doctor.post(f"{PAGE}hours/{block.pk}/switch", {"on": "0"})
    assert not monday_of(practice).is_active
    assert "switched off" in text_of(doctor)
    doctor.post(f"{PAGE}hours/new", {"weekdays": ["1"], "starts": "10:00", "ends": "11:00"})
    response = doctor.post(f"{PAGE}hours/{block.pk}/switch", {"on": "1"}, follow=True)
    assert "These hours overlap Monday, 10:00 to 11:00." in response.content.decode()


def test_removing_asks_first_and_is_never_a_link(doctor, practice):
    block = monday_of(practice)
    assert "Remove Monday, 09:00–17:00?" in text_of(doctor)
    assert doctor.get(f"{PAGE}hours/{block.pk}/remove").status_code == 405
    doctor.post(f"{PAGE}hours/{block.pk}/remove")
    assert not AvailabilityBlock.objects.filter(pk=block.pk).exists()


def test_what_was_done_is_said_where_one_lands(doctor, practice):
    block = monday_of(practice)
    typed = {"weekday": "1", "starts": "10:00", "ends": "11:00"}
    response = doctor.post(f"{PAGE}hours/{block.pk}", typed)
    assert response["Location"] == f"{PAGE}#block-{block.pk}"
    text = text_of(doctor)
    assert "Your changes are saved." in text.split(f'id="block-{block.pk}"')[1].split("</li>")[0]
    assert text.count("Your changes are saved.") == 1
    response = doctor.post(f"{PAGE}hours/{block.pk}/remove")
    assert response["Location"] == f"{PAGE}#day-1"
    assert "Removed." in text_of(doctor).split('id="day-1"')[1].split('id="day-2"')[0]


def test_what_has_no_place_on_the_page_is_said_at_its_top(doctor, practice):
    doctor.post(f"{PAGE}time-off/new?kind=days", {"first_day": "2027-03-08"})
    TimeOff.objects.all().delete()
    assert "The time off is saved." in text_of(doctor).split("<h1>")[0]


def test_copying_a_day(doctor, practice):
    assert "Copy the hours of Monday" in text_of(doctor, f"{PAGE}days/1/copy")
    doctor.post(f"{PAGE}days/1/copy", {"to": ["6", "7"]})
    assert AvailabilityBlock.objects.filter(professional=practice, weekday__in=[6, 7]).count() == 2
    response = doctor.post(f"{PAGE}days/1/copy", {"to": ["6"]})
    assert response.status_code == 400
    assert doctor.get(f"{PAGE}days/9/copy").status_code == 404


@pytest.mark.parametrize(
    ("kind", "typed", "starts_at", "ends_at"),
    [
        ("days", {"first_day": "2027-03-08"}, utc(2027, 3, 8, 5), utc(2027, 3, 9, 5)),
        (
            "days",
            {"first_day": "2027-03-08", "last_day": "2027-03-12"},
            utc(2027, 3, 8, 5),
            utc(2027, 3, 13, 5),
        ),
        (
            "hours",
            {"first_day": "2027-03-08", "starts": "18:00", "ends": "00:00"},
            utc(2027, 3, 8, 23),
            utc(2027, 3, 9, 5),
        ),
        (
            "range",
            {"first_day": "2027-03-08", "starts": "18:00", "last_day": "2027-03-10", "ends": "12:30"},
            utc(2027, 3, 8, 23),
            utc(2027, 3, 10, 17, 30),
        ),
    ],
)
def test_time_off_of_days_hours_or_a_range(doctor, kind, typed, starts_at, ends_at):
    response = doctor.post(f"{PAGE}time-off/new?kind={kind}", typed | {"reason": "Away"})
    off = TimeOff.objects.get()
    assert response["Location"] == f"{PAGE}#off-{off.pk}"
    assert (off.starts_at, off.ends_at, off.reason) == (starts_at, ends_at, "Away")
    assert (
        f'aria-current="page">{ {"days": "Whole days", "hours": "Hours", "range": "From–until"}[kind] }'
        in (text_of(doctor, f"{PAGE}time-off/{off.pk}"))
    )


def test_time_off_over_appointments_leads_to_them(doctor, practice):
    booking = make_booking(make_service(practice, price=0), start=utc(2027, 3, 8, 15), name="Begoña Muñoz")
    response = doctor.post(f"{PAGE}time-off/new?kind=days", {"first_day": "2027-03-08"})
    off = TimeOff.objects.get()
    assert response["Location"] == f"{PAGE}time-off/{off.pk}"
    text = text_of(doctor, response["Location"])
    assert "1 appointment lies inside" in text
    assert "Begoña Muñoz" in text
    for verb in ("move", "cancel"):
        assert f"/doctor/consultations/{booking.pk}/{verb}?next={PAGE}time-off/{off.pk}" in text
    assert "1 appointment inside" in text_of(doctor)


def test_time_off_that_is_refused_says_why_at_the_field(doctor, practice):
    make_time_off(practice, starts_at=utc(2027, 3, 8, 5), ends_at=utc(2027, 3, 9, 5))
    response = doctor.post(f"{PAGE}time-off/new?kind=days", {"first_day": "2027-03-08"})
    assert "This overlaps the time off" in response.context["form"].errors["first_day"][0]
    response = doctor.post(
        f"{PAGE}time-off/new?kind=range",
        {"first_day": "2027-03-10", "starts": "10:00", "last_day": "2027-03-09", "ends": "10:00"},
    )
    assert response.context["form"].errors["last_day"] == ["The end must be after the start."]


def test_changing_and_removing_time_off(doctor, practice):
    off = make_time_off(practice, days=5)
    doctor.post(f"{PAGE}time-off/{off.pk}?kind=days", {"first_day": "2027-04-05", "reason": "Rest"})
    off.refresh_from_db()
    assert (off.starts_at, off.reason) == (utc(2027, 4, 5, 5), "Rest")
    doctor.post(f"{PAGE}time-off/{off.pk}/remove")
    assert not TimeOff.objects.exists()


def test_public_holidays_are_shown_and_chosen(doctor, practice):
    assert "Saint Joseph" in text_of(doctor)
    doctor.post(f"{PAGE}holidays", {"closed": "on"})
    assert BookingPolicy.objects.get(professional=practice).closed_on_holidays
    doctor.post(f"{PAGE}holidays", {})
    assert not BookingPolicy.objects.get(professional=practice).closed_on_holidays


def test_a_country_without_a_calendar_says_so(client):
    client.force_login(make_professional(country="").user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "no calendar of public holidays" in text_of(client)


def test_the_page_costs_the_same_for_much(doctor, practice):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            doctor.get(PAGE)
        return len(captured)

    service = make_service(practice, price=0)
    monday_of(practice).services.add(service)
    make_time_off(practice, days=3)
    one = queries()
    for number in range(4):
        make_time_off(practice, days=10 + 2 * number)
        block = AvailabilityBlock.objects.create(
            professional=practice, weekday=6, starts=time(9 + number), ends=time(10 + number)
        )
        block.services.add(service)
    assert queries() == one


def test_nobody_else_comes_here(client, practice):
    assert client.get(PAGE)["Location"].startswith("/login")
    client.force_login(make_user())
    assert client.get(PAGE).status_code == 403
    client.force_login(make_professional().user)
    assert client.post(f"{PAGE}hours/{monday_of(practice).pk}/remove").status_code == 404
    assert monday_of(practice).is_active


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("9", time(9)), ("930", time(9, 30)), ("9.30", time(9, 30)), ("09:30", time(9, 30)), ("24:00", time(0))],
)
def test_a_time_may_be_typed_as_people_do(typed, meant):
    assert WallTimeField().clean(typed) == meant


@pytest.mark.parametrize("typed", ["25", "9:60", "24:30", "nine", "09:30:15", "-1"])
def test_what_is_no_time_is_refused(typed):
    with pytest.raises(Exception, match="HH:MM"):
        WallTimeField().clean(typed)
