"""Several payment companies: the patient chooses among those that can take the price."""

from __future__ import annotations

import pytest
from django.test import Client
from rest_framework.test import APIClient

from bookings.access import token_of
from bookings.models import Booking
from bookings.services.money import SUBJECT
from bookings.tests.factories import make_booking, make_professional, make_service, next_free_slots
from payments.models import Attempt, AttemptStatus
from payments.selectors import payment_of
from payments.services import sync_payment
from payments.tests.companies import companies, local_server  # noqa: F401  (fixtures)

pytestmark = pytest.mark.django_db


@pytest.fixture
def booking(companies) -> Booking:  # noqa: F811
    """Three companies take pesos."""
    service = make_service(make_professional(always_open=True), price=25000, currency="COP")
    return make_booking(service)


def press(booking: Booking, gateway: str = "") -> str:
    """Where the browser is led."""
    answer = Client().post(f"/b/{token_of(booking)}/pay", {"gateway": gateway} if gateway else {})
    return answer.headers["Location"]


def text_of(booking: Booking) -> str:
    page = Client().get(f"/b/{token_of(booking)}/", headers={"accept-language": "en"})
    return page.content.decode()


def test_the_page_offers_those_that_take_the_price(booking):
    text = text_of(booking)
    assert [f'value="{name}"' in text for name in ("stripe", "mercadopago", "wompi")] == [True] * 3
    assert "with Mercado Pago" in text


def test_where_one_takes_it_nobody_is_asked(companies):  # noqa: F811
    booking = make_booking(make_service(make_professional(always_open=True), price=80, currency="USD"))
    assert "/stripe/pay/" in press(booking)
    assert " with " not in text_of(booking).partition("</form>")[0].rpartition("<form")[2]


def test_where_none_works_the_page_says_so(booking, settings):
    settings.PAYMENT_GATEWAYS = []
    assert "cannot be paid online at this moment" in text_of(booking)


@pytest.mark.parametrize("gateway", ["stripe", "mercadopago", "wompi"])
def test_the_chosen_one_is_opened(booking, gateway):
    assert f"/{gateway}/" in press(booking, gateway)


def test_without_a_choice_the_page_asks_again(booking):
    assert press(booking) == f"/b/{token_of(booking)}/"
    assert not Attempt.objects.exists()


def test_one_that_is_not_offered_is_not_opened(booking):
    assert press(booking, "sandbox") == f"/b/{token_of(booking)}/"


def test_another_choice_ends_the_first_checkout(booking, companies):  # noqa: F811
    first = press(booking, "stripe")
    assert "/mercadopago/" in press(booking, "mercadopago")
    assert [attempt.status for attempt in Attempt.objects.order_by("number")] == [
        AttemptStatus.EXPIRED,
        AttemptStatus.OPEN,
    ]
    assert companies.world.stripe.sales()[0].buttons == ()
    assert "/stripe/" in first


def test_money_that_is_on_its_way_elsewhere_is_waited_for(booking, companies):  # noqa: F811
    press(booking, "stripe")
    companies.press(Attempt.objects.get(), "transfer")
    companies.bring()
    text = text_of(booking)
    assert "Your payment is on its way" in text
    assert 'name="gateway"' not in text
    assert press(booking, "wompi") == f"/b/{token_of(booking)}/"
    assert Attempt.objects.get().gateway == "stripe"


def test_paid_at_the_one_that_was_left_counts(booking, companies):  # noqa: F811
    press(booking, "wompi")
    left = Attempt.objects.get()
    Client().get(left.checkout_url)
    payment = payment_of(SUBJECT, booking.pk)
    press(booking, "stripe")
    companies.world.wompi.table("links")[left.reference] = _link_of(left)
    companies.press(left, "pay")
    assert sync_payment(payment_id=payment.pk).status == "paid"


def _link_of(attempt: Attempt) -> dict[str, str]:
    from urllib.parse import parse_qsl, urlsplit

    return dict(parse_qsl(urlsplit(attempt.checkout_url).query))


def test_one_call_books_and_gives_the_preference(companies):  # noqa: F811
    service = make_service(make_professional(always_open=True), price=25000, currency="COP")
    start = next_free_slots(service=service, count=1)[0]
    asked = {"service": service.slug, "start": f"{start:%Y-%m-%dT%H:%M:%SZ}", "name": "Luz Ñáñez"}
    url = f"/api/v1/professionals/{service.professional.slug}/bookings"
    answer = APIClient().post(url, asked | {"email": "luz@example.org", "gateway": "mercadopago"})
    body = answer.json()
    assert body["init_point"] == body["checkout_url"]
    assert "pref_id=" in body["init_point"]
    assert body["ways_to_pay"] == ["stripe", "mercadopago", "wompi"]
    again = APIClient().post(f"/api/v1/manage/{body['manage_token']}/payment", {"gateway": "stripe"}).json()
    assert (again["gateway"], again["init_point"]) == ("stripe", None)


def test_where_a_checkout_cannot_be_opened_the_other_ways_are_said(companies):  # noqa: F811
    service = make_service(make_professional(always_open=True), price=25000, currency="COP")
    start = next_free_slots(service=service, count=1)[0]
    asked = {"service": service.slug, "start": f"{start:%Y-%m-%dT%H:%M:%SZ}", "name": "Luz Ñáñez"}
    url = f"/api/v1/professionals/{service.professional.slug}/bookings"
    answer = APIClient().post(url, asked | {"email": "luz@example.org", "gateway": "nobody"})
    body = answer.json()
    assert (answer.status_code, body["checkout_url"], body["init_point"]) == (201, None, None)
    assert body["ways_to_pay"] == ["stripe", "mercadopago", "wompi"]


def test_a_checkout_session_for_a_booking(companies):  # noqa: F811
    service = make_service(make_professional(always_open=True), price=80, currency="USD")
    from accounts.services import create_user

    user = create_user(email="luz@example.org", password="correct-horse-9", name="Luz")
    booking = make_booking(service, email=user.email, user=user)
    client = APIClient()
    client.force_authenticate(user)
    answer = client.post("/api/v1/payments/checkout-session", {"booking": str(booking.pk)})
    assert "/stripe/pay/" in answer.json()["checkout_url"]
