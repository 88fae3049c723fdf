"""Erasing somebody while they book: one of the two is first, and nothing lies between."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from accounts.models import Patient, Role
from accounts.services import erase_patient
from bookings import services
from bookings.models import Booking
from bookings.tests.factories import make_confirmed, make_professional, make_service, make_user
from core.actor import Actor
from core.errors import Refused

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
