"""Erasing somebody while they book: one of the two is first, and nothing lies between."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from accounts.models import Patient, Professional, Role
from accounts.services import create_user, erase_patient
from accounts.services.own_erasure import erase_own
from accounts.tests.people import PASSWORD
from bookings import services
from bookings.models import Booking
from bookings.tests.factories import make_confirmed, make_professional, make_service, make_user
from core.actor import Actor
from core.errors import MaybeSaved, Refused

pytestmark = pytest.mark.django_db(transaction=True)
LUZ = {"name": "Luz Marín", "email": "luz@example.org"}


def in_a_thread(function, *arguments, **details):
    try:
        return function(*arguments, **details)
    except Refused as refused:
        return refused.code
    finally:
        connections.close_all()


@pytest.mark.parametrize("_turn", range(3))
def test_whoever_books_meanwhile_is_known_or_new_and_never_half_erased(_turn):
    service = make_service(make_professional(always_open=True), price=0)
    past = make_confirmed(service, **LUZ)
    services.cancel(booking_id=past.pk, actor=Actor("patient"))
    staff = make_user(role=Role.MEDICAL_ADMIN)
    with ThreadPoolExecutor(2) as pool:
        booking = pool.submit(in_a_thread, make_confirmed, service, **LUZ)
        erased = pool.submit(in_a_thread, erase_patient, patient_id=past.patient_id, by=staff)
        booked, outcome = booking.result(30), erased.result(30)
    patient = Patient.objects.select_related("data_key").get(pk=Booking.objects.get(pk=booked.pk).patient_id)
    assert (patient.name, patient.erased_at) == ("Luz Marín", None)
    if outcome == "appointments_to_come":
        assert patient.pk == past.patient_id
    else:
        assert patient.pk != past.patient_id and outcome.erased_at is not None


def test_who_was_erased_at_one_practice_is_not_told_that_nothing_was_changed():
    luz = create_user(password=PASSWORD, **LUZ)
    records = []
    for _n in range(2):
        booking = make_confirmed(make_service(make_professional(always_open=True), price=0), user=luz, **LUZ)
        services.cancel(booking_id=booking.pk, actor=Actor("patient"))
        records.append(booking.patient)

    def ask() -> str:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '100ms'")
            erase_own(user=luz, password=PASSWORD)
        except MaybeSaved as error:
            return error.code
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")
            connections.close_all()
        return ""

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        Professional.objects.select_for_update().get(pk=records[1].professional_id)
        assert pool.submit(ask).result(30) == "maybe_saved"
    erased = [Patient.objects.get(pk=record.pk).erased_at is not None for record in records]
    assert erased == [True, False]
