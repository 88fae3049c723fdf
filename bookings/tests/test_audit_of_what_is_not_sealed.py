"""Whose payment, whose refund, whose account: nothing of it is sealed, and yet the patient learns who saw it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Role
from accounts.tests import people
from bookings.models import Booking
from bookings.record_access import told
from bookings.selectors.record_access import accesses_to, names_of
from bookings.tests.admin_pages import PAYMENTS, enter, page_of, queries_of
from bookings.tests.factories import make_confirmed, make_professional, make_service
from bookings.tests.past import given_back, paid
from core import audit
from core.models import AuditEvent
from payments.models import Payment, Refund

pytestmark = pytest.mark.django_db
REFUNDS, AUDIT = "/admin/payments/refund/", "/admin/audit/"


def one_for(name: str) -> Booking:
    return make_confirmed(make_service(make_professional(always_open=True), price=0), name=name)


def refund_of(payment: Payment) -> Refund:
    return given_back(payment.attempts.get(), timezone.now(), "10")


def who_was_seen(client: Client, address: str) -> list:
    before = AuditEvent.objects.count()
    answer = client.get(address)
    assert answer.status_code == 200
    if answer.streaming:
        b"".join(answer)
    rows = AuditEvent.objects.order_by("pk")[before:]
    return [key for row in rows if row.action == "read" for key in row.subjects]


@pytest.fixture
def booking():
    return one_for("Luz Marín")


@pytest.fixture
def payment(booking):
    return paid(booking, timezone.now()).payment


def test_lists_pages_and_files_of_payments_name_whose_they_are(client, booking, payment):
    refund = refund_of(payment)
    admin = enter(client)
    for address in (
        PAYMENTS,
        f"{page_of(payment)}change/",
        f"{page_of(payment)}refund/",
        f"{PAYMENTS}export/",
        REFUNDS,
        f"{page_of(refund)}change/",
    ):
        assert who_was_seen(admin, address) == [booking.patient.data_key_id], address


def test_lists_of_refunds_take_as_many_queries_for_many_rows(client, payment):
    refund_of(payment)
    admin = enter(client)
    few = queries_of(admin, REFUNDS)
    for _n in range(3):
        refund_of(paid(one_for("Leo"), timezone.now()).payment)
    assert queries_of(admin, REFUNDS) == few


def test_the_audit_says_that_it_showed_an_account_of_a_patient(client):
    luz = people.user(email="luz@people.test")
    booking = make_confirmed(user=luz, email=luz.email, name="Luz")
    event = audit.record("account.deactivated", object=luz)
    admin = enter(client, Role.IT_ADMIN)
    for address in (AUDIT, f"{AUDIT}{event.pk}/", f"{AUDIT}export"):
        assert who_was_seen(admin, address) == [booking.patient.data_key_id], address
    events = list(accesses_to(luz))
    said = [access.what for access in told(events, names_of(events))][:3]
    assert said == ["took your data along in a file", *["saw your e-mail in the log of who did what"] * 2]
