"""Which week the agenda shows, how it hears of news, and what it costs."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.services import find_or_create_patient
from bookings.models import Booking, TimeOff
from bookings.tests.factories import make_confirmed, make_professional, make_service, utc

pytestmark = pytest.mark.django_db

NOW = utc(2026, 11, 25, 13)


@pytest.fixture(autouse=True)
def _wednesday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def professional():
    return make_professional(always_open=True)


@pytest.fixture
def doctor(client, professional):
    client.force_login(professional.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def days(response) -> list[str]:
    return [day.date.isoformat() for day in response.context["sheet"].days]


def test_it_opens_on_this_week_and_today(doctor):
    response = doctor.get("/doctor/agenda/")
    assert days(response)[0] == "2026-11-23"
    assert [day.is_today for day in response.context["sheet"].days].index(True) == 2
    assert "Nov 23 – 29, 2026" in response.content.decode().replace("\u2009", " ")


@pytest.mark.parametrize(
    ("query", "monday", "view", "previous", "following"),
    [
        ({"week": "2026-W53"}, "2026-12-28", "week", "?week=2026-W52", "?week=2027-W01"),
        ({"day": "2027-01-01"}, "2026-12-28", "day", "?day=2026-12-31", "?day=2027-01-02"),
        ({"day": "2027-01-01", "view": "week"}, "2026-12-28", "week", "?week=2026-W52", "?week=2027-W01"),
    ],
)
def test_other_weeks_and_days(doctor, query, monday, view, previous, following):
    response = doctor.get("/doctor/agenda/", query)
    assert days(response)[0] == monday
    assert response.context["asked"].view == view
    assert response.context["previous_url"] == previous
    assert response.context["next_url"] == following


@pytest.mark.parametrize(
    "query",
    [
        {"week": "2026-W54"},
        {"week": "2027-W53"},
        {"week": "2026-W00"},
        {"week": "now"},
        {"week": ""},
        {"day": "2026-02-30"},
        {"day": "1999-12-31"},
        {"day": "tomorrow"},
        {"view": "month"},
    ],
)
def test_what_does_not_exist_is_refused_in_words(doctor, query):
    response = doctor.get("/doctor/agenda/", query)
    assert response.status_code == 400
    assert re.search("does not exist|a day or a week", response.content.decode())


@pytest.mark.parametrize("day", ["2000-01-01", "2999-12-31"])
def test_the_calendar_ends_somewhere(doctor, day):
    response = doctor.get("/doctor/agenda/", {"day": day})
    assert response.status_code == 200
    edge = "previous_url" if day.startswith("2000") else "next_url"
    assert response.context[edge] == ""


def test_a_week_in_which_the_clock_changes(client):
    professional = make_professional(zone="Europe/Madrid", always_open=True)
    client.force_login(professional.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    html = client.get("/doctor/agenda/", {"week": "2027-W12"}).content.decode()
    assert html.count("The clock goes forward") == 1
    html = client.get("/doctor/agenda/", {"week": "2026-W43"}).content.decode()
    assert html.count("The clock goes back") == 1
    assert "rows25" in html
    assert html.count(">02:00</span>") == 2


def test_a_page_that_has_this_version_gets_nothing_until_something_changes(doctor, professional):
    def asks_again() -> int:
        return doctor.get("/doctor/agenda/", {"seen": version}).status_code

    booking = make_confirmed(make_service(professional, price=0))
    version = doctor.get("/doctor/agenda/").context["version"]
    assert asks_again() == 204
    Booking.objects.filter(pk=booking.pk).update(status="completed")
    assert asks_again() == 200
    Booking.objects.filter(pk=booking.pk).update(status="confirmed")
    TimeOff.objects.create(professional=professional, starts_at=NOW, ends_at=NOW + timedelta(hours=1))
    assert asks_again() == 200


def test_the_line_of_now_moves(doctor):
    version = doctor.get("/doctor/agenda/").context["version"]
    with time_machine.travel(NOW + timedelta(minutes=6), tick=False):
        assert doctor.get("/doctor/agenda/", {"seen": version}).status_code == 200


def test_the_page_asks_for_the_week_that_it_shows(doctor):
    html = doctor.get("/doctor/agenda/", {"week": "2026-W49"}).content.decode()
    assert 'hx-get="/doctor/agenda/?week=2026-W49&amp;seen=' in html


def test_a_week_costs_the_same_whatever_it_holds(doctor, professional):
    service = make_service(professional, price=0, duration_minutes=10)
    booking = make_confirmed(service, start=NOW + timedelta(hours=1))

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            html = doctor.get("/doctor/agenda/").content.decode()
        assert html.count('class="appt ') == Booking.objects.count()
        return len(captured)

    fill(booking, 10)
    few = queries()
    fill(booking, 200)
    assert queries() == few
    assert few <= 10


def fill(booking: Booking, number: int) -> None:
    """The week holds that many: copies, ten minutes apart, each of a patient of their own."""
    rows = []
    for n in range(Booking.objects.count(), number):
        patient = find_or_create_patient(
            professional=booking.professional,
            name=f"Patient {n}",
            email=f"patient{n}@example.org",
            language="es",
            timezone="",
        )
        begins = NOW + timedelta(hours=2, minutes=10 * n)
        row = Booking.objects.get(pk=booking.pk)
        row.pk, row.reference, row.patient, row.meeting, row.patient_identity = (
            None,
            f"R{n}",
            patient,
            None,
            "",
        )
        row.starts_at = row.blocked_from = begins
        row.ends_at = row.blocked_until = begins + timedelta(minutes=10)
        rows.append(row)
    Booking.objects.bulk_create(rows)


def test_every_place_on_the_sheet_has_its_style():
    css = (Path(settings.BASE_DIR) / "static/css/agenda.css").read_text()
    wanted = [f".h{n}" for n in range(1, 26)] + [f".dh{n}" for n in range(1, 27)]
    wanted += [f".{name}{n}" for name in ("m", "dm") for n in range(5, 60, 5)]
    wanted += [f".from{n}" for n in range(1, 9)] + [f".rows{n}" for n in range(10, 27)]
    wanted += [f".scale{n}" for n in range(1, 6)]
    assert [name for name in wanted if f"{name} {{" not in css] == []


def test_an_appointment_leads_back_to_the_week_it_was_opened_from(doctor, professional):
    booking = make_confirmed(make_service(professional, price=0), start=utc(2026, 12, 1, 15))
    page = doctor.get("/doctor/agenda/?week=2026-W49").content.decode()
    (link,) = set(re.findall(rf'href="(/doctor/consultations/{booking.pk}/[^"]*)"', page))
    about_it = doctor.get(unescape(link)).content.decode()
    assert 'class="back" href="/doctor/agenda/?week=2026-W49"' in about_it
    assert "Back to the agenda" in about_it
