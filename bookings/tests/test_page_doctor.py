"""The professional's day: only their own, answered by the verbs of the domain."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.tests.factories import (
    make_booking,
    make_confirmed,
    make_professional,
    make_service,
    make_user,
    open_window,
)

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


def press(client, booking, verb, **data):
    response = client.post(f"/doctor/bookings/{booking.pk}/{verb}", data)
    booking.refresh_from_db()
    return response


def test_a_request_is_shown_with_who_and_why(doctor, service):
    make_booking(service, name="Begoña Muñoz", reason="Dolor de cabeza")
    text = doctor.get("/doctor/").content.decode()
    assert "Begoña Muñoz" in text
    assert "Dolor de cabeza" in text


def test_accepting_a_request(doctor, service):
    booking = make_booking(service)
    assert press(doctor, booking, "accept")["Location"] == "/doctor/"
    assert booking.status == "confirmed"


def test_a_name_leads_to_all_about_the_appointment(doctor, service):
    booking = make_booking(service)
    assert f"/doctor/consultations/{booking.pk}/" in doctor.get("/doctor/").content.decode()


def test_whoever_has_no_e_mail_must_be_told(doctor, service):
    booking = make_booking(service)
    booking.patient.email = ""
    booking.patient.save(update_fields=["email"])
    press(doctor, booking, "accept")
    assert "please tell them yourself" in doctor.get("/doctor/").content.decode()


def test_declining_a_request_keeps_the_reason(doctor, service):
    booking = make_booking(service)
    press(doctor, booking, "reject", reason="Estoy de viaje")
    assert (booking.status, booking.closing_reason) == ("rejected", "Estoy de viaje")


def test_cancelling_and_completing(doctor, service, professional):
    booking = make_confirmed(service)
    press(doctor, booking, "cancel", reason="Enferma")
    assert (booking.status, booking.cancelled_by) == ("cancelled", "professional")
    visit = make_confirmed(make_service(professional, price=0, modality="in_person"))
    open_window(visit)
    press(doctor, visit, "complete")
    assert visit.status == "completed"


def test_a_verb_that_comes_too_late_is_refused_in_words(doctor, service):
    booking = make_booking(service)
    press(doctor, booking, "accept")
    press(doctor, booking, "accept")
    assert "not possible now" in doctor.get("/doctor/").content.decode()


def test_an_open_room_stands_first(doctor, service):
    booking = open_window(make_confirmed(service), starts_in=timedelta(minutes=2))
    assert f"/video-room/{booking.pk}/" in doctor.get("/doctor/").content.decode()


def test_an_open_room_keeps_the_reason_and_what_may_be_said(doctor, service):
    booking = make_confirmed(service, reason="Dolor de cabeza")
    open_window(booking, starts_in=timedelta(minutes=2))
    early = doctor.get("/doctor/").content.decode()
    assert "Dolor de cabeza" in early
    assert f"{booking.pk}/cancel" in early
    assert f"{booking.pk}/no-show" not in early
    open_window(booking, starts_in=-timedelta(minutes=11))
    assert f"{booking.pk}/no-show" in doctor.get("/doctor/").content.decode()
    press(doctor, booking, "no-show")
    assert booking.status == "no_show"


def test_the_page_asks_again_when_something_else_may_be_said(doctor, service):
    booking = open_window(make_confirmed(service), starts_in=-timedelta(minutes=2))
    version = doctor.get("/doctor/").context["version"]
    open_window(booking, starts_in=-timedelta(minutes=11))
    booking.refresh_from_db()
    assert doctor.get("/doctor/", {"seen": version}).status_code == 200


def test_what_is_done_today_stays_on_the_page(doctor, professional):
    visit = make_confirmed(make_service(professional, price=0, modality="in_person"), name="Begoña Muñoz")
    open_window(visit)
    press(doctor, visit, "complete")
    text = doctor.get("/doctor/").content.decode()
    assert "Done today" in text
    assert "Begoña Muñoz" in text


def test_a_reason_that_is_too_long_is_not_cut_short(doctor, service):
    booking = make_booking(service)
    press(doctor, booking, "reject", reason="x" * 301)
    assert booking.status == "waiting_for_professional"
    assert "at most 300 characters" in doctor.get("/doctor/").content.decode()


@pytest.mark.parametrize("verb", ["accept", "reject", "cancel", "no-show", "complete"])
def test_another_professional_sees_and_changes_nothing(client, service, verb):
    booking = make_booking(service, name="Begoña Muñoz")
    client.force_login(make_professional().user)
    assert "Begoña" not in client.get("/doctor/").content.decode()
    assert press(client, booking, verb).status_code == 404
    assert booking.status == "waiting_for_professional"


def test_a_patient_has_no_such_page_and_a_visitor_signs_in_first(client):
    assert client.get("/doctor/")["Location"].startswith("/login")
    client.force_login(make_user())
    assert client.get("/doctor/").status_code == 403


def test_verbs_are_never_said_by_a_link(doctor, service):
    assert doctor.get(f"/doctor/bookings/{make_booking(service).pk}/accept").status_code == 405


def test_a_page_that_has_this_version_gets_nothing(doctor, service):
    version = doctor.get("/doctor/").context["version"]
    assert doctor.get("/doctor/", {"seen": version}).status_code == 204
    make_booking(service)
    assert doctor.get("/doctor/", {"seen": version}).status_code == 200


def test_the_day_costs_the_same_for_many(doctor, service):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            doctor.get("/doctor/")
        return len(captured)

    make_booking(service)
    queries()  # the first of a session notes that it was used
    one = queries()
    for _number in range(4):
        make_booking(service)
    assert queries() == one
