"""Requests for an appointment by the API: anybody asks, the practice answers."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.models import Booking, BookingRequest
from bookings.selectors import next_free_slots
from bookings.tests.api import api, error_of
from bookings.tests.factories import make_professional, make_request, make_service, make_user
from bookings.tests.test_announcements import letters

pytestmark = pytest.mark.django_db
REQUESTS = "/api/v1/booking-requests"


@pytest.fixture
def service():
    return make_service(make_professional(always_open=True), price=0, slug="talk")


def ask(service, /, client=None, **changes):
    wish = {
        "service": "talk",
        "name": "Luz  Marín",
        "email": "luz@example.org",
        "message": "Insomnia",
        "part_of_day": "evening",
        "timezone": "Europe/Madrid",
    }
    url = f"/api/v1/professionals/{service.professional.slug}/booking-requests"
    return (client or api()).post(url, wish | changes, format="json")


def start_of(service):
    return f"{next_free_slots(service=service, count=1)[0]:%Y-%m-%dT%H:%M:%SZ}"


@pytest.fixture
def doctor(service):
    return api(service.professional.user)


def test_a_guest_asks_and_reads_back_nothing_about_people(service):
    response = ask(service, preferred_from=str(date.today() + timedelta(days=3)))
    assert response.status_code == 201
    body = response.json()
    wish = BookingRequest.objects.select_related("data_key").get()
    assert (body["id"], body["status"], body["part_of_day"]) == (str(wish.pk), "pending", "evening")
    assert body["service"]["slug"] == "talk" and body["expires_at"].endswith("Z")
    assert not {"name", "email", "phone", "message"} & body.keys()
    assert (wish.name, wish.email, wish.message) == ("Luz Marín", "luz@example.org", "Insomnia")
    assert (wish.language, wish.timezone, wish.user) == ("en", "Europe/Madrid", None)


def test_an_account_asks_as_itself(service):
    user = make_user()
    ask(service, api(user))
    assert BookingRequest.objects.get().user == user


def test_the_same_key_asks_once(service):
    client = api(**{"idempotency-key": str(uuid4())})
    first, second = ask(service, client), ask(service, client)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert BookingRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "attr", "code"),
    [
        ({"email": "luz@"}, "email", "invalid"),
        ({"name": ""}, "name", "blank"),
        ({"message": "x" * 2001}, "message", "max_length"),
        ({"part_of_day": "noon"}, "part_of_day", "invalid_choice"),
        ({"preferred_from": "soon"}, "preferred_from", "invalid"),
        ({"preferred_until": "2020-01-01"}, "preferred_until", "date_past"),
        ({"preferred_from": "9999-12-31"}, "preferred_from", "date_too_far"),
        ({"timezone": "Mars/Base"}, "timezone", "unknown_zone"),
    ],
)
def test_what_is_wrong_is_named(service, changes, attr, code):
    response = ask(service, **changes)
    error = error_of(response)
    assert (response.status_code, error["attr"], error["code"]) == (400, attr, code)
    assert not BookingRequest.objects.exists()


def test_a_fourth_and_a_closed_practice_are_refused(service):
    for _n in range(3):
        assert ask(service).status_code == 201
    fourth = ask(service)
    assert (fourth.status_code, error_of(fourth)["code"]) == (400, "too_many_requests")
    policy = service.professional.policy
    policy.allow_public_booking = False
    policy.save()
    closed = ask(service)
    assert (closed.status_code, error_of(closed)["code"]) == (403, "booking_closed")
    assert ask(service, service="nothing").status_code == 404


def test_the_practice_reads_its_own_and_narrows_them(service, doctor):
    make_request()
    wish = make_request(service, name="Luz Marín", message="Insomnia")
    body = doctor.get(REQUESTS).json()
    assert body["count"] == 1
    [read] = body["results"]
    assert (read["id"], read["name"], read["message"]) == (str(wish.pk), "Luz Marín", "Insomnia")
    assert read["booking"] is None and "@" in read["email"]
    assert doctor.get(REQUESTS, {"status": "rejected"}).json()["count"] == 0
    assert doctor.get(REQUESTS, {"status": ["pending", "rejected"]}).json()["count"] == 1
    assert error_of(doctor.get(REQUESTS, {"status": "odd"}))["attr"] == "status"
    assert doctor.get(f"{REQUESTS}/{wish.pk}").json() == read


def test_the_list_costs_the_same_for_many(service, doctor):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            doctor.get(REQUESTS)
        return len(captured)

    make_request(service)
    one = queries()
    for _n in range(4):
        make_request(service)
    assert queries() == one


def test_accepting_books(service, doctor):
    wish = make_request(service, name="Luz Marín", message="Insomnia")
    longer = make_service(service.professional, price=0, duration_minutes=60)
    response = doctor.post(
        f"{REQUESTS}/{wish.pk}/accept", {"start": start_of(longer), "service": longer.slug}
    )
    assert response.status_code == 201
    body = response.json()
    assert (body["status"], body["duration_minutes"], body["reason"]) == ("confirmed", 60, "Insomnia")
    assert doctor.get(f"{REQUESTS}/{wish.pk}").json()["booking"] == body["id"]
    again = doctor.post(f"{REQUESTS}/{wish.pk}/accept", {"start": start_of(service)})
    assert (again.status_code, error_of(again)["code"]) == (400, "wrong_state")


def test_accepting_again_under_the_same_key_answers_the_same_booking(service):
    wish = make_request(service)
    doctor = api(service.professional.user, **{"idempotency-key": str(uuid4())})
    terms = {"start": start_of(service), "pays_at_practice": True}
    first, second = (doctor.post(f"{REQUESTS}/{wish.pk}/accept", terms) for _n in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert Booking.objects.count() == 1


def test_outside_the_hours_only_when_it_is_said(service, doctor):
    wish, terms = make_request(service), {"start": start_of(service)}
    service.professional.blocks.all().delete()
    refused = doctor.post(f"{REQUESTS}/{wish.pk}/accept", terms)
    assert (refused.status_code, error_of(refused)["code"]) == (400, "slot_not_available")
    assert refused.json()["reasons"] == ["closed"]
    assert doctor.post(f"{REQUESTS}/{wish.pk}/accept", terms | {"outside_hours": True}).status_code == 201


def test_rejecting_passes_the_reason_on(service, doctor):
    wish = make_request(service)
    letters()
    body = doctor.post(f"{REQUESTS}/{wish.pk}/reject", {"reason": "Congress"}).json()
    assert (body["status"], body["closing_reason"]) == ("rejected", "Congress")
    assert "Congress" in letters()["request_rejected"].text


@pytest.mark.parametrize("verb", ["", "/accept", "/reject"])
def test_an_outsider_learns_nothing(service, verb):
    wish = make_request(service)
    url = f"{REQUESTS}/{wish.pk}{verb}"
    for outsider, status in ((api(), 401), (api(make_user()), 403), (api(make_professional().user), 404)):
        terms = {"start": start_of(service)}
        response = outsider.post(url, terms) if verb else outsider.get(url)
        assert response.status_code == status
    wish.refresh_from_db()
    assert wish.status == "pending"
