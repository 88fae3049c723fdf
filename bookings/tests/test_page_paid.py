"""Back from the checkout, and what the page says of money that takes its time."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from accounts.services import create_user
from bookings import services
from bookings.access import token_of
from bookings.models import Booking
from bookings.tests.factories import make_booking
from core.actor import Actor
from payments.models import Attempt, Payment
from payments.sandbox import services as company
from payments.sandbox.models import SandboxCheckout
from payments.services import refund_done_by_hand, refunds, retry_refund, sync_payment

pytestmark = pytest.mark.django_db

DOCTOR = Actor("professional")


@pytest.fixture(autouse=True)
def sandbox(settings):
    settings.EMBEDDED = True
    settings.PAYMENT_GATEWAYS = ["sandbox"]


def pay(booking: Booking, *, amount: Decimal | None = None) -> Payment:
    """Money at the company, of which we have not heard yet; `amount`: other than asked for."""
    services.checkout_url(booking)
    checkout = SandboxCheckout.objects.get()
    if amount is not None:
        SandboxCheckout.objects.update(amount=amount)
    company.pay(checkout_id=checkout.pk)
    return Payment.objects.get(subject_id=booking.pk)


def paid(booking: Booking) -> Payment:
    return sync_payment(payment_id=pay(booking).pk)


def refused() -> None:
    """The company gives nothing back: its books say that there is nothing. It errs, for a while."""
    SandboxCheckout.objects.update(status="declined")
    refunds.execute_due()
    SandboxCheckout.objects.update(status="paid")


def text_of(booking: Booking) -> str:
    page = Client().get(f"/b/{token_of(booking)}/", headers={"accept-language": "en"})
    return page.content.decode()


def address_of(payment: Payment) -> str:
    return f"/paid/{payment.pk}/"


def test_nothing_of_the_private_link_is_written_down(client):
    booking = make_booking()
    client.post(f"/b/{token_of(booking)}/pay")
    payment = Payment.objects.get()
    told = [Attempt.objects.get().return_url, SandboxCheckout.objects.get().return_url]
    assert told == [f"http://testserver{address_of(payment)}"] * 2
    other = make_booking()
    services.checkout_url(other)
    assert token_of(other) not in Attempt.objects.get(payment__subject_id=other.pk).return_url


def test_the_browser_that_went_to_pay_comes_back_to_the_booking(client):
    booking = make_booking()
    client.post(f"/b/{token_of(booking)}/pay")
    company.pay(checkout_id=SandboxCheckout.objects.get().pk)
    back = client.get(address_of(Payment.objects.get()))
    assert back["Location"] == f"/b/{token_of(booking)}/"
    booking.refresh_from_db()
    assert booking.status == "waiting_for_professional"


def test_the_signed_in_patient_comes_back_to_the_booking(client):
    user = create_user(email="ana@people.test", password=None, name="Ana")
    booking = make_booking(email=user.email, user=user)
    client.force_login(user, backend="accounts.backends.AccountBackend")
    assert client.get(address_of(pay(booking)))["Location"] == f"/b/{token_of(booking)}/"


@pytest.mark.parametrize(("money", "words"), [(True, "has arrived"), (False, "is being processed")])
def test_for_others_the_address_opens_nothing_but_settles(client, money, words):
    booking = make_booking()
    payment = pay(booking) if money else Payment.objects.get()
    page = client.get(address_of(payment), headers={"accept-language": "en"})
    assert (page.status_code, words in page.content.decode()) == (200, True)
    assert token_of(booking) not in page.content.decode()
    booking.refresh_from_db()
    assert (booking.status == "waiting_for_professional") == money


def test_a_declined_card_is_said_and_may_be_tried_again(client):
    booking = make_booking()
    client.post(f"/b/{token_of(booking)}/pay")
    company.decline(checkout_id=SandboxCheckout.objects.get().pk)
    address = address_of(Payment.objects.get())
    page = client.get(address, follow=True, headers={"accept-language": "en"}).content.decode()
    assert "The payment was declined. Nothing was charged" in page
    assert f"/b/{token_of(booking)}/pay" in page
    stranger = Client().get(address, headers={"accept-language": "en"}).content.decode()
    assert "The payment was declined" in stranger
    client.post(f"/b/{token_of(booking)}/pay")
    assert "declined" not in text_of(booking)


def test_an_unknown_payment_is_not_found(client):
    assert client.get(f"/paid/{uuid.uuid4()}/").status_code == 404


def test_after_a_rejection_the_page_says_how_far_the_money_is():
    booking = make_booking()
    paid(booking)
    services.reject(booking_id=booking.pk, actor=DOCTOR)
    assert "is on its way back to you" in text_of(booking)

    refused()
    text = text_of(booking)
    assert "we are taking care of it" in text
    assert "not returned" not in text

    refund = retry_refund(refund_id=Payment.objects.get().attempts.get().refunds.get().pk, by=uuid.uuid4())
    refunds.execute_due()
    assert "has been returned to you" in text_of(booking)
    refund.refresh_from_db()
    assert refund.status == "succeeded"


def test_a_page_that_asks_for_news_hears_of_the_money(client):
    booking = make_booking()
    paid(booking)
    services.reject(booking_id=booking.pk, actor=DOCTOR)
    address = f"/b/{token_of(booking)}/"
    version = client.get(address).context["version"]
    refunds.execute_due()
    assert client.get(address, {"seen": version}).status_code == 200


def test_money_that_does_not_match_is_never_called_nothing():
    booking = make_booking()
    sync_payment(payment_id=pay(booking, amount=Decimal("1")).pk)
    text = text_of(booking)
    assert "We are looking into your payment" in text
    assert "Nothing has been paid" not in text
    assert "/pay" not in text.replace("/payments", "")
    services.cancel(booking_id=booking.pk, actor=Actor("patient"))
    text = text_of(booking)
    assert "does not match the price" in text
    assert "Nothing was charged" not in text


def test_late_money_not_yet_taken_note_of_is_not_called_lost():
    booking = make_booking()
    Booking.objects.update(hold_ends_at=timezone.now() - timedelta(minutes=1))
    services.expire(booking_id=booking.pk)
    Payment.objects.update(status="paid", paid_at=timezone.now())
    text = text_of(booking)
    assert "Your payment has arrived" in text
    assert "not returned" not in text


def test_given_back_by_hand_counts_as_returned():
    booking = make_booking()
    payment = paid(booking)
    services.reject(booking_id=booking.pk, actor=DOCTOR)
    refused()
    refund_done_by_hand(refund_id=payment.attempts.get().refunds.get().pk, by=uuid.uuid4())
    assert "has been returned to you" in text_of(booking)
