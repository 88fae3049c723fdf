from __future__ import annotations

from decimal import Decimal

import pytest

from payments.gateways import registry
from payments.gateways.base import GatewayRefused, Hint, NotFoundAtGateway
from payments.models import Attempt, Payment
from payments.sandbox import services as company
from payments.sandbox.models import SandboxCheckout

pytestmark = pytest.mark.django_db


def test_a_refund_key_works_once(shop, sandbox):
    attempt = shop.opened()
    company.pay(checkout_id=attempt.provider_ref)
    gateway = registry.gateway("sandbox")
    for _ in range(3):
        gateway.refund(attempt, Decimal("30"), "key")
    assert SandboxCheckout.objects.get().refunded == Decimal("30")
    with pytest.raises(GatewayRefused):
        gateway.refund(attempt, Decimal("5"), "key")
    with pytest.raises(GatewayRefused):
        gateway.refund(attempt, Decimal("30"), "other key")


def test_what_was_not_paid_does_not_come_back(shop, sandbox):
    with pytest.raises(GatewayRefused):
        registry.gateway("sandbox").refund(shop.opened(), Decimal("1"), "key")


def test_a_checkout_ends_unless_money_came_first(shop, sandbox):
    gateway = registry.gateway("sandbox")
    unpaid, paid = shop.opened(), shop.opened()
    company.pay(checkout_id=paid.provider_ref)
    assert [gateway.expire_checkout(unpaid), gateway.expire_checkout(unpaid)] == [True, True]
    assert gateway.expire_checkout(paid) is False


@pytest.mark.parametrize("hint", [Hint(reference="VC-NOBODY-1"), Hint(provider_ref="no id")])
def test_what_it_does_not_know_it_says(sandbox, hint):
    gateway = registry.gateway("sandbox")
    with pytest.raises(NotFoundAtGateway):
        gateway.fetch(hint)
    with pytest.raises(NotFoundAtGateway):
        gateway.expire_checkout(Attempt(payment=Payment(), reference="VC-NOBODY-1"))
