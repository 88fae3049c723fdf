"""A share of the price always goes back by itself: no gateway has to be asked for less than it can count."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings import services
from bookings.services.money import share
from bookings.tests.factories import PATIENT, make_booking, make_professional, make_service, open_window
from core.money import decimals
from payments.gateways import amounts, registry, stripe_currencies
from payments.gateways.mercadopago import DECIMALS
from payments.models import Attempt, Refund, RefundStatus
from payments.services import refunds
from payments.tests.companies import companies, local_server  # noqa: F401  (fixtures)

# What the companies take at all, of which some count otherwise than the world does.
CURRENCIES = sorted(stripe_currencies.ALL - {"STD", "ZMW"} | set(DECIMALS))


@given(
    name=st.sampled_from(["sandbox", "stripe", "mercadopago", "wompi"]),
    currency=st.sampled_from(["COP", "CLP", "KWD", "ISK", "USD"]) | st.sampled_from(CURRENCIES),
    units=st.integers(1, 10**9),
    percent=st.integers(0, 100),
)
def test_a_share_fits_whoever_holds_the_money(name, currency, units, percent):
    places = registry.decimals_at(name, currency)
    paid = Decimal(units).scaleb(-places)
    back = share(paid, percent, currency)
    assert back == 0 or amounts.fits(back, places)
    assert paid * percent / 100 <= back <= paid
    assert back - paid * percent / 100 < Decimal(1).scaleb(-registry.decimals_everywhere(currency))
    assert places <= decimals(currency)


@pytest.mark.django_db
@pytest.mark.parametrize("gateway", ["mercadopago", "stripe"])
def test_a_third_of_a_price_in_pesos_goes_back_without_a_person(gateway, companies, settings):  # noqa: F811
    settings.PAYMENT_GATEWAYS = [gateway]
    professional = make_professional(always_open=True, auto_accept=True, late_refund_percent=33)
    booking = make_booking(make_service(professional, price=Decimal("49991"), currency="COP"))
    services.checkout_url(booking)
    companies.press(Attempt.objects.get(), "pay")
    companies.bring()
    services.payment_settled(Attempt.objects.get().payment_id)
    booking.refresh_from_db()
    services.cancel(booking_id=open_window(booking, starts_in=timedelta(hours=2)).pk, actor=PATIENT)
    refunds.execute_due()
    refund = Refund.objects.get()
    assert (refund.amount, refund.status) == (Decimal("16498"), RefundStatus.SUCCEEDED)
