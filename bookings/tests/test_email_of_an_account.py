"""Records of a person follow to another e-mail of the account, and stay linked with it."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress

from accounts.models import Patient
from accounts.services import create_user
from bookings import services
from bookings.tests.factories import make_booking, make_confirmed, make_professional, make_service
from core import outbox
from core.actor import Actor
from notifications.models import Message

pytestmark = pytest.mark.django_db
OLD, NEW, PASSWORD = "juan@example.org", "juan.new@example.org", "correct horse battery"


@pytest.fixture
def juan():
    return create_user(email=OLD, password=PASSWORD, name="Juan Pérez", language="en")


@pytest.fixture
def service():
    return make_service(make_professional(always_open=True), price=0)


def move(client, user):
    client.force_login(user)
    client.post("/account/email", {"email": NEW, "password": PASSWORD})
    text = Message.objects.get(kind="account_email_new").text
    client.post(re.search(r"http://\S+?(/account/email/confirm/\S+)", text)[1])
    outbox.deliver_due()


def test_records_and_appointments_come_along(client, juan, service):
    booking = make_confirmed(service, email=OLD, user=juan)
    guest = make_booking(service, email=OLD, name="María Pérez")
    move(client, juan)
    record = Patient.objects.get(pk=booking.patient_id)
    assert (record.user, record.email) == (juan, NEW)
    booking.refresh_from_db()
    assert booking.patient_identity == Patient.index_of_email(NEW)
    assert EmailAddress.objects.get(user=juan).email == NEW
    guest.refresh_from_db()
    assert guest.patient.email == OLD, "somebody else's, who shares the address, stays"


def test_the_link_outlives_what_the_practice_writes_next(client, juan, service):
    booking = make_confirmed(service, email=OLD, user=juan)
    move(client, juan)
    services.change_patient(
        patient_id=booking.patient_id, actor=Actor("professional"), phone="+57 300 123 4567"
    )
    assert Patient.objects.get(pk=booking.patient_id).user == juan


def test_booking_again_finds_the_same_record(client, juan, service):
    first = make_confirmed(service, email=OLD, user=juan)
    move(client, juan)
    juan.refresh_from_db()
    again = make_booking(service, email=NEW, user=juan)
    assert again.patient_id == first.patient_id


def test_a_record_that_cannot_have_the_address_stays_as_it_is(client, juan, service):
    mine = make_confirmed(service, email=OLD, user=juan)
    taken = services.add_patient(
        professional=service.professional, name="Juan Pérez", email=NEW, language="es"
    )
    move(client, juan)
    kept = Patient.objects.get(pk=mine.patient_id)
    assert (kept.user, kept.email) == (juan, OLD)
    assert Patient.objects.get(pk=taken.pk).email == NEW
