"""A guest's appointments and wishes under the account of the same e-mail."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from accounts.models import Patient, Professional
from accounts.services import claim_records, create_user, try_to_claim
from bookings import services
from bookings.selectors import bookings_of_patient
from bookings.selectors.requests import requests_by
from bookings.tests.factories import make_booking, make_professional, make_request, make_service
from bookings.tests.test_races import race
from core.actor import Actor

LUZ = {"name": "Luz Marín", "email": "luz@example.org"}
LEO = {"name": "Leo Marín", "email": "luz@example.org"}


def account(**fields):
    return create_user(email="luz@example.org", password="a-long-enough-one", **fields)


@pytest.mark.django_db
def test_they_are_on_the_page_after_signing_in(client):
    service = make_service(make_professional(always_open=True), price=0)
    own, of_child = make_booking(service, **LUZ), make_booking(service, **LEO)
    strangers = make_booking(service)
    wish = make_request(service, **LUZ)
    owner = account(name="Luz")
    client.post("/login", {"login": owner.email, "password": "a-long-enough-one"})
    assert {*bookings_of_patient(owner)} == {own, of_child}
    assert [*requests_by(owner)] == [wish]
    page = client.get("/me/").content.decode()
    assert page.count(own.professional.name) >= 3
    assert strangers.patient_id not in {booking.patient_id for booking in bookings_of_patient(owner)}


@pytest.mark.django_db(transaction=True)
def test_at_once_from_many_sides_while_the_practice_writes():
    """Each record is claimed once; one whose e-mail the practice changes meanwhile is not the account's."""
    service = make_service(make_professional(always_open=True), price=0)
    kept, moved = make_booking(service, **LUZ).patient, make_booking(service, **LEO).patient
    owner, staff = account(), Actor("professional")
    outcome = race(
        [
            *[lambda: claim_records(user=owner) for _n in range(8)],
            lambda: services.change_patient(patient_id=moved.pk, actor=staff, email="leo@example.org"),
            lambda: services.change_patient(patient_id=kept.pk, actor=staff, phone="+57 300 000 0000"),
        ]
    )
    assert outcome == {"ok": 10}
    assert Patient.objects.get(pk=kept.pk).user == owner
    assert Patient.objects.get(pk=moved.pk).user is None


@pytest.mark.django_db(transaction=True)
def test_a_busy_practice_keeps_nobody_from_signing_in():
    booking, owner = make_booking(**LUZ), account()

    def impatiently():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '50ms'")
            try_to_claim(owner)
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        Professional.objects.select_for_update().get(pk=booking.professional_id)
        pool.submit(impatiently).result(20)
    assert Patient.objects.get().user is None
    assert claim_records(user=owner) == 1
