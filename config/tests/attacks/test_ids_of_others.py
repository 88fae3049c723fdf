"""What belongs to another practice cannot be named in what one sends: it is as if it were not there."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Patient
from bookings import services
from bookings.models import AvailabilityBlock, Booking, BookingRequest
from bookings.selectors import next_free_slots
from bookings.tests.factories import make_professional, make_request, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine():
    return make_professional(always_open=True)


@pytest.fixture
def theirs():
    return make_professional(always_open=True)


@pytest.fixture
def client(mine):
    client = Client()
    client.force_login(mine.user)
    return client


def send(client, method, address, body):
    return getattr(client, method)(address, body, content_type="application/json").status_code


def start_of(service) -> str:
    return next_free_slots(service=service, count=1)[0].isoformat().replace("+00:00", "Z")


def patient_of(practice) -> Patient:
    return services.add_patient(professional=practice, name="Eva Ruiz", language="es")


def test_their_service_in_a_booking(client, mine, theirs):
    service = make_service(theirs, price=0)
    body = {"service": str(service.pk), "start": start_of(service), "name": "Eva Ruiz"}
    assert send(client, "post", "/api/v1/bookings", body) == 404
    for whose in (mine, theirs):
        assert send(client, "post", "/api/v1/bookings", {**body, "professional": whose.slug}) == 404
    page = {"service": str(service.pk), "start": body["start"], "name": "Eva Ruiz", "language": "es"}
    assert client.post("/doctor/new-consultation/", page).status_code in {200, 400, 404}
    assert not Booking.objects.exists()


def test_their_patient_in_a_booking(client, mine, theirs):
    service, patient = make_service(mine, price=0), patient_of(theirs)
    body = {"service": str(service.pk), "start": start_of(service), "patient": str(patient.pk)}
    assert send(client, "post", "/api/v1/bookings", body) in {400, 404}
    assert client.post("/doctor/new-consultation/", body).status_code in {200, 400, 404}
    assert client.get("/doctor/new-consultation/", {"patient": str(patient.pk)}).status_code in {200, 404}
    assert "Eva" not in client.get("/doctor/new-consultation/", {"patient": str(patient.pk)}).content.decode()
    assert not Booking.objects.exists()


def test_their_service_when_a_request_is_accepted(client, mine, theirs):
    request, service = make_request(make_service(mine, price=0)), make_service(theirs, price=0)
    body = {"service": str(service.pk), "start": start_of(service)}
    assert send(client, "post", f"/api/v1/booking-requests/{request.pk}/accept", body) in {400, 404}
    assert BookingRequest.objects.get().status == "pending"


def test_their_service_in_ones_hours(client, mine, theirs):
    service, block = make_service(theirs), mine.blocks.first()
    body = {"weekday": 1, "starts": "01:00", "ends": "02:00", "services": [str(service.pk)]}
    assert send(client, "post", "/api/v1/availability/blocks", body) in {400, 404}
    for method in ("put", "patch"):
        assert send(client, method, f"/api/v1/availability/blocks/{block.pk}", body) in {400, 404}
    assert client.post("/doctor/availability/hours/new", {**body, "weekdays": [1]}).status_code == 400
    assert client.post(f"/doctor/availability/hours/{block.pk}", body).status_code == 400
    assert not AvailabilityBlock.services.through.objects.exists()


def test_their_patient_as_a_duplicate(client, mine, theirs):
    ours, other = patient_of(mine), patient_of(theirs)
    for kept, gone in ((ours, other), (other, ours)):
        assert send(client, "post", f"/api/v1/patients/{kept.pk}/merge", {"other": str(gone.pk)}) == 404
        assert client.post(f"/doctor/patients/{kept.pk}/merge/{gone.pk}").status_code == 404
        assert client.get(f"/doctor/patients/{kept.pk}/merge/{gone.pk}").status_code == 404
    assert not Patient.objects.exclude(merged_into=None).exists()


def test_their_rows_in_filters_of_lists(client, mine, theirs):
    patient = patient_of(theirs)
    for query in (f"patient={patient.pk}", f"service={make_service(theirs).pk}"):
        answer = client.get(f"/api/v1/bookings?{query}")
        assert answer.status_code in {200, 400}
        assert not answer.json().get("results")
