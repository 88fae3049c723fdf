"""What is wrongly configured is named at start, and never offered."""

from __future__ import annotations

from decimal import Decimal

import pytest

from payments.gateways import registry
from payments.gateways.origins import of_checkouts


def complaints() -> str:
    return " ".join(str(message.msg) for message in registry.check())


def test_what_the_local_companies_ask_for_is_right(companies):
    assert complaints() == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STRIPE_SECRET_KEY", ""),
        ("STRIPE_SECRET_KEY", "pk_live_x"),
        ("STRIPE_WEBHOOK_SECRET", "sk_test_x"),
        ("STRIPE_CURRENCIES", ["USD", "BTC"]),
        ("MERCADOPAGO_ACCESS_TOKEN", ""),
        ("MERCADOPAGO_WEBHOOK_SECRET", ""),
        ("MERCADOPAGO_CURRENCY", "USD"),
        ("WOMPI_PUBLIC_KEY", "prv_test_x"),
        ("WOMPI_PRIVATE_KEY", ""),
        ("WOMPI_INTEGRITY_SECRET", "x"),
        ("WOMPI_EVENTS_SECRET", "prod_events_x"),  # the others are of the test environment
    ],
)
def test_a_wrong_setting_is_named_and_its_gateway_not_offered(companies, settings, name, value):
    setattr(settings, name, value)
    assert name in complaints() or "WOMPI_" in complaints()
    gateway = name.partition("_")[0].lower()
    assert gateway not in [one.name for one in registry.offers(Decimal(25000), "COP")]
    assert len(registry.offers(Decimal(25000), "COP")) == 2


def test_only_what_is_allowed_of_stripe(companies, settings):
    settings.STRIPE_CURRENCIES = ["EUR"]
    assert [one.name for one in registry.offers(Decimal(10), "USD")] == []
    assert [one.name for one in registry.offers(Decimal(10), "EUR")] == ["stripe"]


REAL = {
    "stripe_api": "https://api.stripe.com",
    "mercadopago_api": "https://api.mercadopago.com",
    "mercadopago_currency": "COP",
    "wompi_checkout": "https://checkout.wompi.co/p/",
}


def test_forms_may_lead_to_the_companies_in_use_alone():
    assert of_checkouts(["sandbox"], **REAL) == []
    assert of_checkouts(["stripe"], **REAL) == ["https://checkout.stripe.com"]
    assert of_checkouts(["mercadopago", "wompi"], **REAL) == [
        "https://*.mercadolibre.com.co",
        "https://*.mercadopago.com.co",
        "https://checkout.wompi.co",
    ]
    local = REAL | {"stripe_api": "http://127.0.0.1:8001/stripe"}
    assert of_checkouts(["stripe"], **local) == ["http://127.0.0.1:8001"]
