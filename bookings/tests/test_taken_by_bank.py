"""What the payer's bank has taken after a dispute is not promised again: as the patient and the practice read it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone

from bookings import services
from bookings.access import token_of
from bookings.models import Booking
from bookings.tests.api import api
from bookings.tests.factories import make_booking, make_professional, make_service
from bookings.tests.test_announcements import letters
from bookings.tests.test_settlement import settled
from bookings.views.practice import told
from core.actor import Actor
from payments.models import Dispute, Payment, Refund

pytestmark = pytest.mark.django_db
DOCTOR, PATIENT = Actor("professional"), Actor("patient")


@pytest.fixture
def booking(settings) -> Booking:
    """Confirmed, of 80 euros that were paid online."""
    settings.EMBEDDED = True
    settings.PAYMENT_GATEWAYS = ["sandbox"]
    service = make_service(make_professional(auto_accept=True), price=Decimal("80"), currency="EUR")
    booking = settled(make_booking(service, language="en", email="luz@example.org"))
    letters()
    return booking


def lost(booking: Booking, amount: str = "80") -> None:
    attempt = Payment.objects.get(subject_id=booking.pk).attempts.get()
    Dispute.objects.create(
        attempt=attempt,
        provider_id=f"d-{amount}",
        amount=Decimal(amount),
        status="lost",
        closed_at=timezone.now(),
    )


def failed() -> Refund:
    Refund.objects.update(status="failed")
    return Refund.objects.get()


def read(client, address: str) -> str:
    page = client.get(address, headers={"accept-language": "en"}, follow=True)
    return " ".join(page.content.decode().replace("\xa0", " ").replace("&#x27;", "'").split())


def page_of(client, booking: Booking) -> str:
    return read(client, f"/b/{token_of(booking)}/")


def test_a_refund_that_waits_is_promised_no_more_once_the_bank_gave_the_money_back(client, booking):
    services.cancel(booking_id=booking.pk, actor=DOCTOR)
    failed()
    assert "You get back €80. It could not be returned automatically" in page_of(client, booking)
    lost(booking)
    page = page_of(client, booking)
    assert "Your bank has given you back €80." in page
    assert "<dt>Given back by your bank</dt><dd>€80</dd>" in page
    assert "You get back" not in page and "To be given back" not in page


def test_where_the_bank_took_a_part_the_rest_is_promised_still(client, booking):
    services.cancel(booking_id=booking.pk, actor=DOCTOR)
    failed()
    lost(booking, "50")
    page = page_of(client, booking)
    assert "You get back €30. It could not be returned automatically" in page
    assert "Your bank has given you back €50." in page


def test_the_rules_of_the_practice_are_not_said_to_keep_what_the_bank_took(client, booking):
    lost(booking)
    assert "your money has gone back to you before" in page_of(client, booking)
    services.cancel(booking_id=booking.pk, actor=PATIENT)
    assert not Refund.objects.exists()
    page = page_of(client, booking)
    assert "Your bank has given you back €80." in page
    assert "the payment is not returned" not in page


def test_before_it_is_cancelled_no_more_is_promised_than_is_left(client, booking):
    lost(booking, "50")
    page = page_of(client, booking)
    assert "You get back €30; the rest of your money has gone back to you before." in page


@pytest.mark.parametrize(("taken", "refund"), [("80", ""), ("50", "Refund: €30")])
def test_the_letter_says_who_gave_the_money_back(booking, taken, refund):
    lost(booking, taken)
    services.cancel(booking_id=booking.pk, actor=DOCTOR)
    letter = letters()["booking_cancelled"].text.replace("\xa0", " ")
    assert f"Given back by the payer's bank: €{taken}" in letter
    assert refund in letter and ("on its way back" in letter) == bool(refund)


def test_the_practice_reads_that_the_bank_took_it(client, booking):
    services.cancel(booking_id=booking.pk, actor=DOCTOR)
    failed()
    lost(booking)
    client.force_login(booking.professional.user, backend="accounts.backends.AccountBackend")
    page = read(client, f"/doctor/consultations/{booking.pk}")
    assert "The dispute is lost: the patient's bank has given the money back." in page
    page = read(client, f"/doctor/payments/{Payment.objects.get().pk}")
    assert "Taken by the payer's bank" in page and "Staff are taking care of it" not in page
    assert "nothing is owed any more: the payer's bank has taken the money" in page


def test_and_is_not_told_that_money_goes_back_where_none_does(booking):
    lost(booking)
    booking = services.cancel(booking_id=booking.pk, actor=DOCTOR)
    assert "goes back" not in told(booking, "Cancelled.")


def test_the_api_says_so_too(booking):
    services.cancel(booking_id=booking.pk, actor=DOCTOR)
    failed()
    lost(booking)
    payment = Payment.objects.get()
    answer = api(booking.professional.user).get(f"/api/v1/payments/{payment.pk}").json()
    assert {name: answer[name] for name in ("status", "returned", "taken", "owed_back", "net")} == {
        "status": "returned",
        "returned": "80.00",
        "taken": "80.00",
        "owed_back": "0.00",
        "net": "0.00",
    }
    (refund,) = answer["refunds"]
    assert (refund["status"], refund["amount"], refund["owed"]) == ("failed", "80.00", "0.00")
