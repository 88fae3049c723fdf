"""Erasing somebody while they book: one of the two is first, and nothing lies between."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Patient, Professional, Role
from accounts.services import create_user, erase_patient
from accounts.services.own_erasure import erase_own, keep_record, withdraw_own
from accounts.tests.people import PASSWORD
from bookings import services
from bookings.models import Booking
from bookings.tests.factories import make_confirmed, make_professional, make_service, make_user
from core.actor import Actor
from core.errors import Conflict, MaybeSaved, Refused
from core.models import AuditEvent

pytestmark = pytest.mark.django_db(transaction=True)
LUZ = {"name": "Luz Marín", "email": "luz@example.org"}


def in_a_thread(function, *arguments, **details):
    try:
        return function(*arguments, **details)
    except (Refused, Conflict) as refused:
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


@pytest.fixture
def waiting():
    """A record whose patient has asked staff to be erased, and the patient."""
    luz = create_user(password=PASSWORD, **LUZ)
    booking = make_confirmed(make_service(make_professional(always_open=True), price=0), user=luz, **LUZ)
    Booking.objects.filter(pk=booking.pk).update(status="completed")
    erase_own(user=luz, password=PASSWORD)
    return booking.patient, luz


def test_who_withdraws_while_staff_erase_is_erased_or_stays_and_both_are_told_the_same(waiting):
    record, luz = waiting
    staff = make_user(role=Role.MEDICAL_ADMIN)
    decide = partial(erase_patient, patient_id=record.pk, by=staff, as_asked=True)
    with ThreadPoolExecutor(2) as pool:
        withdrawn = pool.submit(in_a_thread, withdraw_own, user=luz)
        erased = pool.submit(in_a_thread, decide)
        answers = withdrawn.result(30), erased.result(30)
    seen = Patient.objects.get(pk=record.pk)
    if answers[0] == "no_request_waits":
        assert seen.erased_at and answers[1].erased_at
    else:
        assert (seen.erased_at, seen.erasure_asked_at) == (None, None) and answers[1] == "erasure_withdrawn"
    assert AuditEvent.objects.filter(action__in=["patient.erased", "patient.erasure_withdrawn"]).count() == 1


@pytest.mark.parametrize("who", ["staff, who keep it", "the patient, twice"])
def test_a_request_ends_once(waiting, who):
    record, luz = waiting
    staff = make_user(role=Role.MEDICAL_ADMIN)
    others = {
        "staff, who keep it": partial(keep_record, patient_id=record.pk, by=staff),
        "the patient, twice": partial(withdraw_own, user=luz),
    }
    with ThreadPoolExecutor(2) as pool:
        tried = [pool.submit(in_a_thread, act) for act in (partial(withdraw_own, user=luz), others[who])]
        answers = [one.result(30) for one in tried]
    assert answers.count("no_request_waits") <= 1
    assert Patient.objects.get(pk=record.pk).erasure_asked_at is None
    ends = ["patient.erasure_withdrawn", "patient.erasure_declined"]
    assert AuditEvent.objects.filter(action__in=ends).count() == 1


@pytest.fixture
def impatient():
    """Calls in a thread of its own, that waits for no row."""

    def call(function):
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '100ms'")
            return function()
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        yield lambda function: pool.submit(call, function).result(30)


@pytest.fixture
def luz():
    return create_user(password=PASSWORD, **LUZ)


def record_of(luz) -> Patient:
    booking = make_confirmed(make_service(make_professional(always_open=True), price=0), user=luz, **LUZ)
    services.cancel(booking_id=booking.pk, actor=Actor("patient"))
    return booking.patient


def test_who_was_erased_at_one_practice_is_not_told_that_nothing_was_changed(luz, impatient):
    records = [record_of(luz) for _n in range(2)]

    def ask() -> str:
        with pytest.raises(MaybeSaved) as told:
            erase_own(user=luz, password=PASSWORD)
        return told.value.code

    with transaction.atomic():
        Professional.objects.select_for_update().get(pk=records[1].professional_id)
        assert impatient(ask) == "maybe_saved"
    erased = [Patient.objects.get(pk=record.pk).erased_at is not None for record in records]
    assert erased == [True, False]


def test_who_withdrew_at_one_practice_reads_so_on_a_page_that_asks_for_nothing(luz, impatient):
    records = [record_of(luz) for _n in range(2)]
    Patient.objects.update(erasure_asked_at=timezone.now())
    me = Client(headers={"accept-language": "en"})
    me.force_login(luz)
    with transaction.atomic():
        Professional.objects.select_for_update().get(pk=records[1].professional_id)
        answer = impatient(lambda: me.post("/me/data/withdraw"))
    assert answer.status_code == 503 and b"may have been saved" in answer.content
    waiting = [Patient.objects.get(pk=record.pk).erasure_asked_at is not None for record in records]
    assert waiting == [False, True]
