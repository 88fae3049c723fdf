"""A professional's profile, and what another time zone of the practice means."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Professional
from bookings.models import Booking, Service
from bookings.selectors import next_free_slots
from bookings.tests.factories import make_booking, make_confirmed, make_professional, make_service

pytestmark = pytest.mark.django_db
URL = "/doctor/profile/"
API = "/api/v1/me/profile"


@pytest.fixture
def professional():
    return make_professional(country="CO", languages=["es", "qu"])


@pytest.fixture
def doctor(client, professional):
    client.force_login(professional.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def typed(doctor, **changes):
    """What the page holds, as a browser sends it, with some of it changed."""
    form = doctor.get(URL).context["form"]
    values = {name: form[name].value() for name in form.fields} | changes
    values["specialties"] = [getattr(one, "pk", one) for one in values["specialties"]]
    return {name: value for name, value in values.items() if value is not None and value is not False}


def test_saved_as_it_is_nothing_changes(doctor):
    before = Professional.objects.values().get()
    assert doctor.post(URL, typed(doctor))["Location"] == URL
    assert Professional.objects.values().get() == before
    assert Professional.objects.get().specialties.count() == 1


def test_it_is_written_and_shown_to_patients(doctor, professional, client):
    bio = "I listen.\r\n\r\n<script>alert(1)</script>"
    doctor.post(URL, typed(doctor, name="Lic. Ana Ruiz", bio=bio, city="Cali", licence="RM 7"))
    doctor.logout()
    page = client.get(f"/p/{professional.slug}/").content.decode()
    for words in ("Lic. Ana Ruiz", "I listen.", "Cali", "RM 7"):
        assert words in page
    assert "<script>alert" not in page


def test_it_leads_to_the_public_page_while_there_is_one(doctor, professional):
    assert f'href="/p/{professional.slug}/"' in doctor.get(URL).content.decode()
    doctor.post(URL, typed(doctor, is_listed=False))
    page = doctor.get(URL).content.decode()
    assert f'href="/p/{professional.slug}/"' not in page
    assert "nobody finds your page" in page
    Professional.objects.update(approved_at=None)
    assert "waits for approval" in doctor.get(URL).content.decode()


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"country": "XX"}, {"languages": ["klingon"]}, {"timezone": "Mars/Base"}]
)
def test_what_cannot_be_is_said_at_its_field(doctor, wrong):
    answer = doctor.post(URL, typed(doctor, **wrong))
    assert answer.status_code == 400
    assert answer.context["form"].errors.keys() == wrong.keys()


def test_without_appointments_the_zone_is_simply_changed(doctor):
    assert doctor.post(URL, typed(doctor, timezone="Europe/Madrid")).status_code == 302
    assert Professional.objects.get().timezone == "Europe/Madrid"


def test_with_appointments_to_come_it_is_asked_first(doctor, professional):
    make_confirmed(make_service(professional, price=0))
    wanted = typed(doctor, timezone="Europe/Madrid", city="Madrid")
    answer = doctor.post(URL, wanted)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "You have 1 appointment to come" in page
    assert "what was 9:00 in Bogota is 9:00 in Madrid" in page
    assert Professional.objects.get().timezone == "America/Bogota"
    assert doctor.post(URL, wanted | {"zone_confirmed": "on"})["Location"] == URL
    assert Professional.objects.get().timezone == "Europe/Madrid"


def test_appointments_keep_their_moment_and_hours_what_they_say(doctor, professional):
    service = make_service(professional, price=0)
    booking = make_booking(service)
    doctor.post(URL, typed(doctor, timezone="Europe/Madrid", zone_confirmed="on"))
    assert Booking.objects.get().starts_at == booking.starts_at
    service = Service.objects.get()
    free = [
        start.astimezone(service.professional.zone) for start in next_free_slots(service=service, count=30)
    ]
    assert {9 <= start.hour < 17 for start in free} == {True}


def test_what_is_over_or_called_off_asks_nothing(doctor, professional):
    over = make_confirmed(make_service(professional, price=0))
    past = timezone.now() - timedelta(days=2)
    end = past + timedelta(minutes=30)
    Booking.objects.filter(pk=over.pk).update(
        starts_at=past, ends_at=end, blocked_from=past, blocked_until=end
    )
    assert doctor.post(URL, typed(doctor, timezone="Europe/Madrid")).status_code == 302


def test_the_api_asks_too(doctor, professional):
    make_confirmed(make_service(professional, price=0))
    wanted: dict[str, Any] = {"timezone": "Europe/Madrid"}
    change = {"professional": wanted}
    refused = doctor.patch(API, change, content_type="application/json")
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["code"] == "confirm_timezone"
    assert refused.json()["errors"][0]["attr"] == "professional.timezone"
    assert refused.json()["appointments"] == 1
    wanted["confirm_timezone"] = True
    done = doctor.patch(API, change, content_type="application/json")
    assert done.json()["professional"]["timezone"] == "Europe/Madrid"


def test_the_page_asks_the_database_little(doctor, professional):
    doctor.get(URL)
    with CaptureQueriesContext(connection) as queries:
        doctor.get(URL)
    assert len(queries) <= 10
