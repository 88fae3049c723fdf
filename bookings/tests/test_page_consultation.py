"""Everything about one booking on one page, for the practice whose booking it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings import services
from bookings.domain.lifecycle_table import Status
from bookings.templatetags.booking_ui import WORDS_FOR_PRACTICE
from bookings.tests.factories import (
    PATIENT,
    make_booking,
    make_confirmed,
    make_professional,
    make_service,
    make_user,
    open_window,
)
from core.actor import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def professional():
    return make_professional(always_open=True)


@pytest.fixture
def service(professional):
    return make_service(professional, price=0)


@pytest.fixture
def doctor(client, professional):
    client.force_login(professional.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def page(client, booking):
    response = client.get(f"/doctor/consultations/{booking.pk}/")
    assert response.status_code == 200
    return response.content.decode()


def test_it_shows_who_when_what_about_and_how_much(doctor, professional):
    booking = make_booking(make_service(professional, price=25000), name="Begoña Muñoz", reason="Dolor")
    text = page(doctor, booking)
    for words in ("Begoña Muñoz", "Dolor", booking.reference, "25,000", "Not paid yet"):
        assert words in text


def test_the_patients_own_clock_is_told_where_it_differs(doctor, service):
    far = make_booking(service, timezone="Europe/Madrid")
    assert "For the patient" in page(doctor, far)
    near = make_booking(service, timezone="America/Lima")
    assert "For the patient" not in page(doctor, near)


def test_only_what_is_possible_now_is_offered(doctor, service):
    booking = make_booking(service)
    text = page(doctor, booking)
    assert all(f"{booking.pk}/{verb}" in text for verb in ("accept", "reject", "move", "cancel"))
    assert not any(f"{booking.pk}/{verb}" in text for verb in ("no-show", "complete"))
    services.cancel(booking_id=booking.pk, actor=PATIENT)
    text = page(doctor, booking)
    assert not any(f"{booking.pk}/{verb}" in text for verb in ("accept", "reject", "move", "cancel"))


def test_a_new_appointment_of_the_same_kind_is_a_step_away_whatever_became_of_this_one(doctor, service):
    booking = make_booking(service)
    services.cancel(booking_id=booking.pk, actor=PATIENT)
    new = f"/doctor/new-consultation/?patient={booking.patient_id}"
    assert f"{new}&amp;service={service.pk}" in page(doctor, booking)
    service.is_active = False
    service.save()
    assert f'{new}"' in page(doctor, booking)


def test_the_way_back_is_to_where_one_came_from(doctor, service):
    here = f"/doctor/consultations/{make_booking(service).pk}/"
    week = "/doctor/agenda/?week=2026-W48"
    assert "All appointments" in doctor.get(here).content.decode()
    text = doctor.get(here, {"next": week}).content.decode()
    assert f'class="back" href="{week}"' in text
    assert "Back to the agenda" in text
    saved = doctor.post(here, {"notes": "Trae la analítica", "next": week})
    assert "Back to the agenda" in doctor.get(saved["Location"]).content.decode()
    assert "All appointments" in doctor.get(here, {"next": "https://evil.example/doctor/"}).content.decode()


@pytest.mark.parametrize(
    ("price", "words"), [(0, "Waits for your answer</span>"), (25000, "Not paid yet</span>")]
)
def test_its_state_is_said_to_the_professional(doctor, professional, price, words):
    text = page(doctor, make_booking(make_service(professional, price=price)))
    assert words in text
    assert "the professional</span>" not in text


def test_every_state_has_words_for_the_practice():
    assert set(WORDS_FOR_PRACTICE) == set(Status.values)


def test_the_room_is_offered_while_it_is_open(doctor, service):
    booking = open_window(make_confirmed(service), starts_in=timedelta(hours=2))
    assert "/video-room/" not in page(doctor, booking)
    open_window(booking, starts_in=timedelta(minutes=5))
    assert f"/video-room/{booking.pk}/" in page(doctor, booking)


def test_a_visit_that_is_over_asks_whether_it_took_place(doctor, professional):
    visit = make_confirmed(make_service(professional, price=0, modality="in_person"))
    open_window(visit, starts_in=-timedelta(hours=2))
    text = page(doctor, visit)
    assert "Please say whether it took place" in text
    assert f"{visit.pk}/complete" in text
    assert f"{visit.pk}/no-show" in text


def test_a_button_leads_back_to_this_page_and_nowhere_else(doctor, service):
    booking = make_booking(service)
    here = f"/doctor/consultations/{booking.pk}/"
    address = f"/doctor/bookings/{booking.pk}/accept"
    assert doctor.post(address, {"next": "https://evil.example/doctor/"})["Location"] == "/doctor/"
    assert doctor.post(address, {"next": "//evil.example/doctor/"})["Location"] == "/doctor/"
    assert doctor.post(address, {"next": "/admin/"})["Location"] == "/doctor/"
    assert doctor.post(address, {"next": here})["Location"] == here


def test_notes_are_kept_sealed_and_are_the_practices_own(doctor, service):
    booking = make_booking(service)
    address = f"/doctor/consultations/{booking.pk}/"
    assert doctor.post(address, {"notes": "Trae la analítica"})["Location"] == address
    assert "Trae la analítica" in page(doctor, booking)
    booking.refresh_from_db()
    assert booking.notes == "Trae la analítica"


def test_notes_that_are_too_long_stay_in_the_form(doctor, service):
    booking = make_booking(service)
    response = doctor.post(f"/doctor/consultations/{booking.pk}/", {"notes": "x" * 2001})
    assert response.status_code == 400
    assert "x" * 2001 in response.content.decode()


def test_the_history_tells_what_happened_who_did_it_and_why(doctor, professional, service):
    booking = make_confirmed(service)
    actor = Actor("professional", professional.user_id)
    start = booking.starts_at + timedelta(days=2)
    services.reschedule(booking_id=booking.pk, starts_at=start, actor=actor, reason="Un viaje")
    services.cancel(booking_id=booking.pk, actor=PATIENT, reason="Ya estoy bien")
    lines = doctor.get(f"/doctor/consultations/{booking.pk}/").context["history"]
    told = [(str(line.what), str(line.who), line.reason) for line in lines]
    assert told == [
        ("Cancelled", "the patient", "Ya estoy bien"),
        ("Moved to another time", "you", "Un viaje"),
        ("Accepted", "you", ""),
        ("Your answer is asked for", "the patient", ""),
        ("Booked", "the patient", ""),
    ]


def test_a_page_that_has_this_version_gets_nothing(doctor, service):
    booking = make_booking(service)
    address = f"/doctor/consultations/{booking.pk}/"
    version = doctor.get(address).context["version"]
    assert doctor.get(address, {"seen": version}).status_code == 204
    services.cancel(booking_id=booking.pk, actor=PATIENT)
    assert doctor.get(address, {"seen": version}).status_code == 200


def test_another_practices_booking_is_not_there(client, service):
    booking = make_booking(service)
    client.force_login(make_professional().user)
    for page_of in ("", "move", "cancel"):
        assert client.get(f"/doctor/consultations/{booking.pk}/{page_of}").status_code == 404


def test_nor_is_ones_own_elsewhere_as_a_patient(client, service):
    booking = make_booking(service)
    patient_too = make_professional()
    booking.patient.user = patient_too.user
    booking.patient.save(update_fields=["user"])
    client.force_login(patient_too.user)
    assert client.get(f"/doctor/consultations/{booking.pk}/").status_code == 404
    assert client.post(f"/doctor/bookings/{booking.pk}/accept").status_code == 404


def test_a_patient_has_no_such_page(client, service):
    client.force_login(make_user())
    assert client.get(f"/doctor/consultations/{make_booking(service).pk}/").status_code == 403


def test_the_page_costs_the_same_whatever_happened(doctor, service):
    def queries(booking):
        with CaptureQueriesContext(connection) as captured:
            page(doctor, booking)
        return len(captured)

    quiet = make_confirmed(service)
    one = queries(quiet)
    for days in (1, 2, 3):
        start = quiet.starts_at + timedelta(days=days)
        services.reschedule(booking_id=quiet.pk, starts_at=start, actor=Actor("professional"))
    assert queries(quiet) == one
