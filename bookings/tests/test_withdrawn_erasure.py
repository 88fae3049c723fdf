"""Whoever asked to be erased may think better of it, until staff have decided."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Patient, Role
from accounts.services import create_user, erase_patient, own_erasure
from accounts.services.own_erasure import erase_own, keep_record
from accounts.tests import people
from bookings import services
from bookings.models import Booking
from bookings.tests.admin_pages import PATIENTS, enter, page_of
from bookings.tests.factories import make_confirmed, make_professional, make_service, make_user
from core.actor import Actor
from core.models import AuditEvent

pytestmark = pytest.mark.django_db
PAGE, API = "/me/data", "/api/v1/me/erase"


@pytest.fixture
def luz():
    return create_user(email="luz@people.test", password=people.PASSWORD, name="Luz Marín")


@pytest.fixture
def me(luz):
    client = Client(headers={"accept-language": "en"})
    client.force_login(luz)
    return client


@pytest.fixture
def waiting(luz):
    """Her record at a practice where a consultation took place: staff were asked."""
    practice = make_professional(always_open=True, name="Seen")
    booking = make_confirmed(make_service(practice, price=0), user=luz, email=luz.email, name=luz.name)
    Booking.objects.filter(pk=booking.pk).update(status="completed")
    erase_own(user=luz, password=people.PASSWORD)
    return Patient.objects.get(pk=booking.patient_id)


def asked_at(record):
    return Patient.objects.get(pk=record.pk).erasure_asked_at


def who_ask(admin):
    """As the home page of medical administration says it."""
    cards = {str(card.title): card.count for card in admin.get("/admin/").context["cards"]}
    return cards["Patients who ask to be erased"]


def withdrawals():
    return AuditEvent.objects.filter(action="patient.erasure_withdrawn")


def test_the_page_says_since_when_it_waits_and_takes_it_back(client, me, waiting):
    page = me.get(PAGE).content.decode()
    assert "You have asked for it." in page and waiting.erasure_asked_at.isoformat() in page
    admin = enter(client)
    assert who_ask(admin) == 1
    page = me.post(f"{PAGE}/withdraw", follow=True).content.decode()
    assert "Your request is withdrawn" in page
    assert "Withdraw my request" not in page and "Have my data erased" in page
    assert asked_at(waiting) is None
    row = withdrawals().get()
    assert (row.object_id, row.subjects) == (str(waiting.pk), [waiting.data_key_id])
    assert who_ask(admin) == 0
    assert not admin.get(f"{PATIENTS}?erasing=asked").context["cl"].result_list


def test_the_api_takes_it_back_and_asked_again_changes_nothing(me, waiting):
    (before,) = me.get(API).json()["records"]
    assert before["what"] == "asked" and before["asked_at"]
    (after,) = me.delete(API).json()["records"]
    assert (after["what"], after["asked_at"]) == ("withdrawn", None)
    again = me.delete(API)
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "no_request_waits")
    assert withdrawals().count() == 1
    assert me.get(API).json()["records"][0]["what"] == "ask", "they may ask again"


@pytest.mark.parametrize("decide", [erase_patient, keep_record])
def test_what_is_decided_is_not_taken_back(me, waiting, decide):
    decide(patient_id=waiting.pk, by=make_user(role=Role.MEDICAL_ADMIN))
    answer = me.delete(API)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "no_request_waits")
    assert "it has been answered" in me.post(f"{PAGE}/withdraw", follow=True).content.decode()
    assert not withdrawals().exists()


def test_a_record_that_was_joined_with_another_just_now_is_left_out(waiting):
    joined = make_confirmed(make_service(waiting.professional, price=0)).patient
    services.merge_patients(keep_id=waiting.pk, other_id=joined.pk, actor=Actor("professional"))
    as_read_before = [joined, waiting]
    (outcome,) = own_erasure._of_each(as_read_before, lambda one: own_erasure._withdraw(one.pk))
    assert (outcome.record, outcome.fate) == (waiting, own_erasure.Fate.WITHDRAWN)


def test_it_is_nobody_else_s(waiting):
    other = Client()
    other.force_login(create_user(email="leo@people.test", password=people.PASSWORD))
    assert other.delete(API).status_code == 409
    assert asked_at(waiting)


def test_staff_who_read_it_before_erase_nobody(client, me, waiting):
    admin = enter(client)
    address = f"{page_of(waiting)}erase/"
    form = admin.get(address).context["form"]
    read = {"name": "Luz Marín", "sure": "on", "as_asked": form["as_asked"].value(), "_confirmed": "1"}
    me.delete(API)
    answer = admin.post(address, read)
    assert answer.status_code == 400 and b"does not ask for it any more" in answer.content
    assert Patient.objects.get(pk=waiting.pk).erased_at is None
    read["as_asked"] = admin.get(address).context["form"]["as_asked"].value()
    admin.post(address, read)
    assert Patient.objects.get(pk=waiting.pk).erased_at, "they may have been asked otherwise"
