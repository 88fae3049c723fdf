"""Own bookings: booked, listed, answered, cancelled, moved, by the right side only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Patient
from accounts.services import create_user
from bookings.models import Booking
from bookings.selectors import next_free_slots
from bookings.services.meeting import start
from bookings.tests.api import api, error_of
from bookings.tests.factories import (
    make_booking,
    make_confirmed,
    make_professional,
    make_service,
    make_user,
    open_window,
)
from core.actor import SYSTEM

pytestmark = pytest.mark.django_db
BOOKINGS = "/api/v1/bookings"


@pytest.fixture
def patient():
    return create_user(email="juan@example.org", password=None, name="Juan Pérez", timezone="America/Bogota")


@pytest.fixture
def service():
    return make_service(make_professional(always_open=True), price=0)


@pytest.fixture
def booking(service, patient):
    """A request that waits for the professional."""
    return make_booking(service, email=patient.email, name=patient.name, user=patient)


def start_of(service, number=0):
    return next_free_slots(service=service, count=number + 1)[number].isoformat()


def url(booking, verb=""):
    return f"{BOOKINGS}/{booking.pk}" + (f"/{verb}" if verb else "")


def test_a_patient_books_in_the_accounts_name(service, patient):
    asked = {
        "professional": service.professional.slug,
        "service": str(service.pk),
        "start": start_of(service),
        "reason": "Knee",
        "name": "Somebody Else",
    }
    response = api(patient).post(BOOKINGS, asked, format="json")
    assert response.status_code == 201
    body = response.json()
    assert body["patient"] | {"id": ""} == {
        "id": "",
        "name": "Juan Pérez",
        "email": "juan@example.org",
        "phone": "",
    }
    assert (body["role"], body["reason"], body["checkout_url"]) == ("patient", "Knee", None)
    assert body["professional"]["email"] == service.professional.user.email
    assert Patient.objects.get().user == patient
    assert api(patient).get(BOOKINGS).json()["count"] == 1


def test_whoever_has_no_practice_and_is_no_patient_books_nothing(service):
    asked = {"professional": service.professional.slug, "service": service.slug, "start": start_of(service)}
    for role in ("professional", "agent", "it_admin"):
        assert api(make_user(role=role)).post(BOOKINGS, asked, format="json").status_code == 403
    assert not Booking.objects.exists()


def test_both_sides_see_the_booking_and_others_do_not(booking, patient):
    for user, role in ((patient, "patient"), (booking.professional.user, "professional")):
        body = api(user).get(url(booking)).json()
        assert (body["id"], body["role"]) == (str(booking.pk), role)
        assert [one["id"] for one in api(user).get(BOOKINGS).json()["results"]] == [str(booking.pk)]
    outsiders = [make_user(), make_professional().user, make_user(role="agent"), make_user(role="it_admin")]
    for outsider in outsiders:
        assert api(outsider).get(url(booking)).status_code == 404
        assert api(outsider).get(BOOKINGS).json()["results"] == []


def test_a_booking_carries_what_clients_need(booking):
    body = api(booking.professional.user).get(url(booking)).json()
    assert body["patient"]["email"] == "juan@example.org"
    assert body["professional"]["specialty"] == "Psychology"
    assert body["service"]["name"] == "Consultation"
    assert body["room"] == booking.meeting.room
    assert body["meeting_status"] == "waiting"
    assert body["can_join"] is False
    assert (body["duration_minutes"], body["payment"]) == (30, None)
    times = ("starts_at", "ends_at", "meeting_opens_at", "answer_due_at", "created_at", "updated_at")
    assert all(body[name].endswith("Z") for name in times)


def test_times_are_utc_whatever_the_zone_of_the_account(booking, patient):
    client = api(patient)
    client.cookies["tz"] = "Asia/Kolkata"
    assert client.get(url(booking)).json()["starts_at"].endswith("Z")


def ids(client, query):
    return {one["id"] for one in client.get(f"{BOOKINGS}?{query}").json()["results"]}


def test_the_list_can_be_narrowed(booking, service, patient):
    later = make_confirmed(service, email="other@example.org", start=booking.starts_at + timedelta(days=3))
    client = api(service.professional.user)
    one, other = {str(booking.pk)}, {str(later.pk)}
    assert ids(client, "") == one | other
    assert ids(client, "status=confirmed") == other
    assert ids(client, "status=confirmed&status=waiting_for_professional") == one | other
    assert ids(client, f"patient={booking.patient_id}") == one
    assert ids(client, f"service={service.pk}") == one | other
    assert ids(client, f"service={booking.patient_id}") == set()
    day = timezone.localdate(later.starts_at)
    assert ids(client, f"from={day}") == other
    assert ids(client, f"to={day - timedelta(days=1)}") == one
    assert ids(client, "from=0001-01-01&to=9999-12-31") == one | other


def test_queries_of_the_list_are_constant(service):
    def queries():
        client = api(service.professional.user)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(BOOKINGS).status_code == 200
        return len(captured)

    make_booking(service)
    few = queries()
    for _n in range(4):
        make_booking(service)
    assert queries() == few


def test_accept(booking):
    response = api(booking.professional.user).patch(url(booking, "accept-meeting"))
    assert response.status_code == 200
    body = response.json()
    assert (body["status"], body["meeting_status"]) == ("confirmed", "waiting")
    assert body["meeting_accepted_at"].endswith("Z")
    # The next free start is less than ten minutes away: the room is open.
    assert body["can_join"] is True
    assert body["message"] == "Booking confirmed. Both parties can now join the meeting."


def test_accepting_another_professionals_booking(booking, patient):
    for user in (make_professional().user, patient, make_user()):
        response = api(user).patch(url(booking, "accept-meeting"))
        assert response.status_code == 403
        assert error_of(response)["detail"] == "Not authorized to accept this meeting"
    booking.refresh_from_db()
    assert booking.status == "waiting_for_professional"
    assert booking.events.count() == 2


def test_accepting_twice_is_refused(booking):
    client = api(booking.professional.user)
    client.patch(url(booking, "accept-meeting"))
    response = client.patch(url(booking, "accept-meeting"))
    assert (response.status_code, error_of(response)["code"]) == (400, "wrong_state")
    assert response.json()["status"] == "confirmed"


def test_accepting_past_the_limit(service):
    open_window(make_confirmed(service))
    second = make_booking(service, start=next_free_slots(service=service, count=4)[3])
    meeting = second.meeting
    meeting.opens_at = timezone.now()
    meeting.save()
    response = api(service.professional.user).patch(url(second, "accept-meeting"))
    assert response.status_code == 400
    error = error_of(response)
    assert (error["code"], error["detail"]) == ("max_meetings", "Professional already has maximum meetings")


def test_reject_and_its_reason(booking, patient):
    client = api(booking.professional.user)
    body = client.post(url(booking, "reject"), {"reason": "On leave"}, format="json").json()
    assert (body["status"], body["meeting_status"]) == ("rejected", "cancelled")
    assert api(patient).get(url(booking)).json()["closing_reason"] == "On leave"


def test_either_side_cancels(service, patient):
    mine = make_booking(service, email=patient.email, user=patient)
    assert api(patient).post(url(mine, "cancel")).json()["cancelled_by"] == "patient"
    other = make_booking(service)
    body = api(service.professional.user).post(url(other, "cancel"), {"reason": "ill"}, format="json").json()
    assert (body["status"], body["cancelled_by"]) == ("cancelled", "professional")


def test_no_show_after_the_grace(service):
    booking = make_confirmed(service)
    client = api(service.professional.user)
    early = client.post(url(booking, "no-show"))
    assert (early.status_code, error_of(early)["code"]) == (400, "too_early")
    open_window(booking, starts_in=-timedelta(minutes=11))
    assert client.post(url(booking, "no-show")).json()["status"] == "no_show"


def test_either_side_moves(booking, patient, service):
    moved = api(patient).post(url(booking, "reschedule"), {"start": start_of(service, 5)}, format="json")
    assert moved.json()["status"] == "waiting_for_professional"
    target = start_of(service, 2)
    moved = api(service.professional.user).post(url(booking, "reschedule"), {"start": target}, format="json")
    assert moved.status_code == 200
    bad = api(patient).post(url(booking, "reschedule"), {"start": "soon"}, format="json")
    assert (bad.status_code, error_of(bad)["attr"]) == (400, "start")


@pytest.mark.parametrize("verb", ["reject", "no-show", "end-meeting"])
def test_a_patient_may_not_speak_for_the_professional(booking, patient, verb):
    assert api(patient).post(url(booking, verb)).status_code == 403
    booking.refresh_from_db()
    assert booking.status == "waiting_for_professional"


def test_a_professional_does_not_pay(service):
    booking = make_booking(make_service(service.professional, price=10))
    assert api(service.professional.user).post(url(booking, "payment")).status_code == 403


@pytest.mark.parametrize("verb", ["cancel", "reject", "no-show", "reschedule", "payment", "end-meeting"])
def test_for_outsiders_there_is_no_such_booking(booking, verb):
    for outsider in (make_user(), make_professional().user):
        assert api(outsider).post(url(booking, verb)).status_code == 404
    assert api().post(url(booking, verb)).status_code == 401
    booking.refresh_from_db()
    assert (booking.status, booking.events.count()) == ("waiting_for_professional", 2)


def test_a_patient_pays(service, patient, settings):
    settings.EMBEDDED, settings.PAYMENT_GATEWAYS = True, ["sandbox"]
    paid = make_service(service.professional, price=25000)
    booking = make_booking(paid, email=patient.email, user=patient)
    body = api(patient).post(url(booking, "payment")).json()
    assert body["checkout_url"].startswith("http")
    seen = api(patient).get(url(booking)).json()
    assert seen["payment"]["amount"] == "25000.00"
    assert seen["meeting_status"] == "pending"


def test_waiting_bookings(booking):
    body = api(booking.professional.user).get(f"{BOOKINGS}/professional/waiting-bookings").json()
    assert body["count"] == 1
    assert body["message"] == "1 booking waiting for your acceptance"
    assert body["bookings"][0]["patient"]["name"] == "Juan Pérez"


def test_meetings_of_a_professional(service):
    running = open_window(make_confirmed(service))
    start(booking_id=running.pk, actor=SYSTEM)
    confirmed = make_confirmed(service)
    make_confirmed(make_service(service.professional, modality="in_person", price=0))
    body = api(service.professional.user).get(f"{BOOKINGS}/professional/meetings").json()
    assert [one["id"] for one in body["bookings"]] == [str(running.pk), str(confirmed.pk)]
    assert (body["count"], body["active"], body["waiting"]) == (2, 1, 1)


def test_my_bookings_in_groups(booking, service, patient):
    paid = make_service(service.professional, price=5)
    held = make_booking(paid, email=patient.email, name=patient.name, user=patient)
    gone = make_booking(service, email=patient.email, name=patient.name, user=patient)
    api(patient).post(url(gone, "cancel"))
    body = api(patient).get(f"{BOOKINGS}/client/my-bookings").json()
    assert body["count"] == len(body["bookings"]) == 3
    found = {group: [one["id"] for one in rows] for group, rows in body["grouped"].items()}
    assert found == {
        "pending_payment": [str(held.pk)],
        "waiting_acceptance": [str(booking.pk)],
        "confirmed": [],
        "in_progress": [],
        "completed": [],
        "cancelled": [str(gone.pk)],
    }


def test_lists_are_for_their_role(patient):
    assert api(patient).get(f"{BOOKINGS}/professional/waiting-bookings").status_code == 403
    assert api(patient).get(f"{BOOKINGS}/professional/meetings").status_code == 403
    assert api(make_professional().user).get(f"{BOOKINGS}/client/my-bookings").status_code == 403
