"""A patient is erased: nothing of the person is left, appointments and money stay."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from accounts import selectors
from accounts.models import Patient, Role
from accounts.services import erase_patient
from accounts.services.erasure import erase_again
from bookings import services
from bookings.access import booking_by_token, token_of
from bookings.models import Booking, BookingRequest
from bookings.selectors import whole_bookings
from bookings.tests.factories import (
    make_booking,
    make_confirmed,
    make_professional,
    make_request,
    make_service,
    make_user,
)
from core.actor import Actor
from core.errors import DomainError, Missing
from core.models import AuditEvent
from core.outbox import deliver_due
from notifications.models import Message, MessageState
from payments.models import Attempt, Payment, Refund

pytestmark = pytest.mark.django_db
DOCTOR, PATIENT = Actor("professional"), Actor("patient")
LUZ = {"name": "Luz Inconfundible", "email": "luz.unmistakable@example.org", "phone": "+34600123987"}


@pytest.fixture
def service():
    return make_service(make_professional(always_open=True), price=0)


@pytest.fixture
def staff():
    return make_user(role=Role.MEDICAL_ADMIN)


@contextmanager
def refused(code):
    with pytest.raises(DomainError) as refusal:
        yield
    assert refusal.value.code == code


def a_past(service, **details):
    """A patient with a cancelled appointment, full of words, letters and a request."""
    booking = make_confirmed(service, **LUZ | {"reason": "Insomnia of Luz"} | details)
    services.change_booking(booking_id=booking.pk, actor=DOCTOR, notes="Notes of Luz")
    services.cancel(booking_id=booking.pk, actor=PATIENT, reason="Luz is ill")
    request = make_request(service, **LUZ, message="Wishes of Luz")
    services.reject_request(request_id=request.pk, actor=DOCTOR, reason="Reasons of Luz")
    deliver_due()
    return Booking.objects.get(pk=booking.pk)


def erase(booking, staff):
    return erase_patient(patient_id=booking.patient_id, by=staff)


def test_nothing_of_the_person_is_left(service, staff):
    booking = a_past(service)
    patient = erase(booking, staff)
    assert (patient.name, patient.email, patient.phone, patient.user) == ("", "", "", None)
    kept = whole_bookings().get(pk=booking.pk)
    assert (kept.reason, kept.notes, kept.closing_reason, kept.patient_identity) == ("", "", "", "")
    request = BookingRequest.objects.select_related("data_key").get()
    assert (request.name, request.message, request.email_index, request.user) == ("", "", "", None)
    assert {key.is_destroyed for key in (patient.data_key, request.data_key)} == {True}


def test_no_index_of_the_person_stands_anywhere(service, staff):
    """By SQL, over every column that holds text."""
    booking = a_past(service)
    indexes = {Patient.index_of_email(LUZ["email"]), Patient.index_of_phone(LUZ["phone"])}
    assert found_in_tables(indexes) == {"accounts_patient", "bookings_booking", "bookings_bookingrequest"}
    erase(booking, staff)
    assert found_in_tables({*indexes, *LUZ.values()}) == set()


def test_what_old_rows_bring_back_is_forgotten_anew(service, staff):
    """Appointments, requests and letters as they were, beside the keys of today."""
    booking = a_past(service)
    tables = [model._meta.db_table for model in (Patient, Booking, BookingRequest, Message)]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"CREATE TEMPORARY TABLE old_{table} ON COMMIT DROP AS SELECT * FROM {table}")
    erase(booking, staff)
    with connection.cursor() as cursor:
        for table in tables:
            put_back(cursor, table)
    assert Patient.objects.get(pk=booking.patient_id).erased_at is None
    assert erase_again() == 1
    assert found_in_tables({Patient.index_of_email(LUZ["email"]), *LUZ.values()}) == set()
    assert whole_bookings().get(pk=booking.pk).reason == ""
    assert erase_again() == 0


def put_back(cursor, table):
    cursor.execute("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0", [table])
    columns = [name for (name,) in cursor.fetchall() if name != "id"]
    values = ", ".join(f'"{name}" = old."{name}"' for name in columns)
    cursor.execute(f"UPDATE {table} AS now SET {values} FROM old_{table} AS old WHERE old.id = now.id")


def found_in_tables(texts):
    found = set()
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            for text in texts:
                cursor.execute(
                    f'SELECT 1 FROM "{table}" AS row WHERE row::text LIKE %s LIMIT 1', [f"%{text}%"]
                )
                if cursor.fetchone():
                    found.add(table)
    return found


def test_letters_are_neither_sent_nor_read_any_more(service, staff):
    booking = a_past(service)
    assert Message.objects.filter(data_key=booking.patient.data_key, state=MessageState.QUEUED).exists()
    erase(booking, staff)
    theirs = Message.objects.filter(data_key__destroyed_at__isnull=False)
    assert {message.state for message in theirs} == {MessageState.LAPSED}
    assert {message.recipient + message.text for message in theirs} == {""}


def test_appointments_and_their_history_stay_and_say_whose_they_were_not(service, staff, client):
    booking = a_past(service)
    before = (booking.reference, booking.starts_at, booking.status, booking.events.count())
    erase(booking, staff)
    booking.refresh_from_db()
    assert (booking.reference, booking.starts_at, booking.status, booking.events.count()) == before
    client.force_login(service.professional.user, backend="accounts.backends.AccountBackend")
    page = client.get(f"/doctor/consultations/{booking.pk}/", headers={"accept-language": "en"})
    assert "Erased patient" in page.content.decode()
    assert "Save the notes" not in page.content.decode()
    assert client.get(f"/doctor/patients/{booking.patient_id}/").status_code == 404


def test_nothing_is_written_about_them_any_more(service, staff):
    booking = a_past(service)
    erase(booking, staff)
    with refused("patient_erased"):
        services.change_booking(booking_id=booking.pk, actor=DOCTOR, notes="Something")


def test_the_private_link_leads_nowhere(service, staff):
    booking = a_past(service)
    token = token_of(booking)
    erase(booking, staff)
    with pytest.raises(Missing):
        booking_by_token(token)


def test_the_practice_finds_the_person_no_more_and_may_get_to_know_them_anew(service, staff):
    booking = a_past(service)
    erase(booking, staff)
    assert selectors.search_patients(service.professional, "") == []
    assert selectors.search_patients(service.professional, LUZ["email"]) == []
    again = make_confirmed(service, **LUZ).patient
    assert again.pk != booking.patient_id and again.name == LUZ["name"]
    with pytest.raises(Missing):
        services.change_patient(patient_id=booking.patient_id, actor=DOCTOR, name="Somebody")


def test_others_stay_as_they_are(service, staff):
    booking = a_past(service)
    namesake = make_confirmed(service, **LUZ | {"name": "Leo Otro"}, reason="Another's words")
    theirs = make_request(service, **LUZ | {"name": "Leo Otro"}, message="Another's wish")
    erase(booking, staff)
    kept = whole_bookings().get(pk=namesake.pk)
    assert (kept.patient.name, kept.reason) == ("Leo Otro", "Another's words")
    assert BookingRequest.objects.get(pk=theirs.pk).message == "Another's wish"


def test_duplicates_that_were_merged_go_with_it(service, staff):
    keep = a_past(service)
    other = make_confirmed(service, name="Luz I.", email="luz.i@example.org")
    services.cancel(booking_id=other.pk, actor=PATIENT)
    services.merge_patients(keep_id=keep.patient_id, other_id=other.patient_id, actor=DOCTOR)
    erase(keep, staff)
    assert not Patient.objects.filter(data_key__destroyed_at=None).exists()
    with pytest.raises(Missing):
        erase(other, staff)


def test_an_appointment_that_is_not_over_holds_it_up(service, staff):
    booking = make_confirmed(service, **LUZ)
    with refused("appointments_to_come"):
        erase(booking, staff)
    assert Patient.objects.get(pk=booking.patient_id).name == LUZ["name"]


def test_a_request_without_an_answer_holds_it_up(service, staff):
    booking = a_past(service)
    make_request(service, **LUZ)
    with refused("open_request"):
        erase(booking, staff)


def test_money_on_its_way_back_holds_it_up(service, staff):
    booking = a_past(service)
    payment = Payment.objects.create(
        subject_type="booking",
        subject_id=booking.pk,
        reference="E-1",
        amount=10,
        currency="EUR",
        status="paid",
        paid_at=timezone.now(),
    )
    attempt = Attempt.objects.create(
        payment=payment,
        number=1,
        reference="E-1-1",
        gateway="sandbox",
        return_url="http://x.test",
        status="paid",
        paid_at=timezone.now(),
        settles=True,
    )
    refund = Refund.objects.create(
        attempt=attempt, amount=Decimal(10), reason="cancelled", due_at=timezone.now()
    )
    with refused("open_refund"):
        erase(booking, staff)
    Refund.objects.filter(pk=refund.pk).update(status="succeeded")
    assert erase(booking, staff).erased_at


@pytest.mark.parametrize("role", [Role.IT_ADMIN, Role.PROFESSIONAL, Role.PATIENT, Role.AGENT])
def test_nobody_else_erases(service, role):
    booking = a_past(service)
    with refused("not_yours_to_do"):
        erase(booking, make_user(role=role))


def test_a_person_may_erase_their_own_record(service):
    booking = a_past(service)
    user = make_user()
    Patient.objects.filter(pk=booking.patient_id).update(user=user)
    assert erase(booking, user).erased_at


def test_twice_is_once_and_the_audit_says_it_once(service, staff):
    booking = a_past(service)
    first = erase(booking, staff)
    assert erase(booking, staff).erased_at == first.erased_at
    event = AuditEvent.objects.get(action="patient.erased")
    assert booking.patient.data_key_id in event.subjects and len(event.subjects) == 2
    assert event.facts == {"records": 1, "keys": 2}


def test_money_that_comes_after_it_revives_nothing(staff):
    service = make_service(make_professional(always_open=True))
    booking = make_booking(service, **LUZ)
    Booking.objects.filter(pk=booking.pk).update(hold_ends_at=timezone.now() - timedelta(minutes=1))
    services.expire(booking_id=booking.pk)
    erase(booking, staff)
    payment = Payment.objects.get(subject_id=booking.pk)
    services.payment_settled(payment.pk)
    booking.refresh_from_db()
    assert (booking.status, booking.settled_at is not None) == ("expired", True)


def test_letters_to_the_professional_about_the_person_are_gone_too(service, staff):
    """They are sealed under the patient's key."""
    booking = a_past(service)
    assert any("Luz" in message.text for message in Message.objects.select_related("data_key"))
    erase(booking, staff)
    assert not any("Luz" in message.text for message in Message.objects.select_related("data_key"))
