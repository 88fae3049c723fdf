from __future__ import annotations

from decimal import Decimal

import pytest

from payments.gateways import registry
from payments.gateways.base import GatewayUnavailable


def complaints() -> str:
    return " ".join(str(message.msg) for message in registry.check())


def test_right_settings_pass(sandbox):
    assert complaints() == ""


def test_an_unknown_gateway_is_named(settings):
    settings.PAYMENT_GATEWAYS = ["strype"]
    assert "PAYMENT_GATEWAYS names 'strype'" in complaints()


def test_the_sandbox_is_for_the_embedded_demo_only(sandbox, settings):
    settings.EMBEDDED = False
    assert "PAYMENT_GATEWAYS may name it in the embedded demo only" in complaints()
    assert registry.find("sandbox") is None
    with pytest.raises(GatewayUnavailable):
        registry.choose(Decimal(1), "USD")


def test_the_sandbox_needs_its_secret(sandbox, settings):
    settings.SANDBOX_SECRET = ""
    assert "SANDBOX_SECRET is empty" in complaints()
    assert registry.find("sandbox") is None


def test_the_first_gateway_that_takes_the_currency_is_preferred(sandbox, settings):
    settings.PAYMENT_GATEWAYS = ["bank", "sandbox"]
    assert registry.choose(Decimal(1), "USD").name == "bank"
    assert registry.choose(Decimal(1), "XAF").name == "sandbox"
