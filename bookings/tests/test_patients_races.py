"""Merging and changing while others book and cancel: real threads on real PostgreSQL."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection, transaction

from accounts.models import Patient
from bookings import services
from bookings.models import Booking
from bookings.selectors import next_free_slots
from bookings.services.booking import PatientDetails
from bookings.tests.factories import PATIENT, make_booking, make_professional, make_service
from bookings.tests.test_races import race
from core.actor import Actor

pytestmark = pytest.mark.django_db(transaction=True)
DOCTOR = Actor("professional")
LUZ = {"name": "Luz Marín", "email": "luz@example.org"}


@pytest.fixture
def service():
    return make_service(make_professional(always_open=True), price=0)


def in_thread(call):
    def run():
        try:
            return call()
        finally:
            connection.close()

    return run


def test_a_booking_is_made_for_whoever_is_left(service):
    """One merges, others book for both records: nobody's appointment is left at a record that is no more."""
    first, other = make_booking(service, **LUZ).patient, make_booking(service, name="Luz M").patient
    starts = next_free_slots(service=service, count=18)[::3]

    def book(start):
        return lambda: services.book(
            service=service,
            starts_at=start,
            patient=PatientDetails(name=other.name, email=other.email),
            actor=PATIENT,
        )

    def merge():
        services.merge_patients(keep_id=first.pk, other_id=other.pk, actor=DOCTOR)

    outcome = race([*(book(start) for start in starts[:3]), merge, *(book(start) for start in starts[3:])])
    assert outcome == Counter(ok=7)
    assert not Booking.objects.filter(patient__merged_into__isnull=False).exists()
    for booking in Booking.objects.select_related("patient__data_key"):
        assert booking.patient.name  # opens


def test_two_merges_of_two_records_leave_one(service):
    one, other = make_booking(service, **LUZ).patient, make_booking(service, name="Luz M").patient
    outcome = race(
        [
            lambda: services.merge_patients(keep_id=one.pk, other_id=other.pk, actor=DOCTOR),
            lambda: services.merge_patients(keep_id=other.pk, other_id=one.pk, actor=DOCTOR),
        ]
    )
    assert outcome == Counter(ok=1, not_found=1)
    assert Patient.objects.filter(merged_into=None).count() == 1


def test_a_verb_that_waited_for_a_merge_finds_its_booking(service):
    """The row has another patient by then, whose key seals the reason."""
    keep, booking = make_booking(service, **LUZ).patient, make_booking(service, name="Luz M")
    begun, may_go_on = Event(), Event()

    def merge():
        with transaction.atomic():
            services.merge_patients(keep_id=keep.pk, other_id=booking.patient_id, actor=DOCTOR)
            begun.set()
            may_go_on.wait(30)

    def cancel():
        return services.cancel(booking_id=booking.pk, actor=DOCTOR, reason="I am ill")

    with ThreadPoolExecutor(2) as pool:
        merging = pool.submit(in_thread(merge))
        begun.wait(30)
        cancelling = pool.submit(in_thread(cancel))
        _wait_until_somebody_waits()
        may_go_on.set()
        merging.result(30)
        cancelling.result(30)
    booking = Booking.objects.select_related("patient__data_key").get(pk=booking.pk)
    assert (booking.status, booking.patient, booking.closing_reason) == ("cancelled", keep, "I am ill")


def _wait_until_somebody_waits():
    """Until the database says that a session waits for a lock."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits")


def test_the_same_person_is_added_once(service):
    def add():
        services.add_patient(professional=service.professional, **LUZ, language="es")

    assert race([add] * 6) == Counter(ok=1, patient_exists=5)


def test_a_new_email_and_a_booking_elsewhere_have_one_winner(service):
    here = make_booking(service, name="Luz M", email="luz.m@example.org")
    elsewhere = make_service(make_professional(always_open=True), price=0)

    def book():
        services.book(
            service=elsewhere, starts_at=here.starts_at, patient=PatientDetails(**LUZ), actor=PATIENT
        )

    def change():
        services.change_patient(patient_id=here.patient_id, actor=DOCTOR, email=LUZ["email"])

    assert race([book, change]) == Counter(ok=1, patient_busy=1)


def test_nobody_is_removed_while_they_book(service):
    patient = services.add_patient(professional=service.professional, **LUZ, language="es")
    start = next_free_slots(service=service, count=1)[0]

    def book():
        services.book(service=service, starts_at=start, patient=PatientDetails(**LUZ), actor=PATIENT)

    def remove():
        services.remove_patient(patient_id=patient.pk, actor=DOCTOR)

    assert race([book, remove])["ok"] + Patient.objects.filter(pk=patient.pk).count() == 2
    assert Booking.objects.get().patient.name == LUZ["name"]
