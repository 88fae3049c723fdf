"""At which companies a payment can be paid: only those that work now, and take just this amount."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from payments.gateways import registry
from payments.models import UNDECIDED, Payment


@dataclass(frozen=True, slots=True)
class WayToPay:
    name: str
    title: str


def ways_to_pay(payment: Payment) -> list[WayToPay]:
    """The preferred one first."""
    offers = registry.offers(payment.amount, payment.currency, payment.gateways)
    return [WayToPay(gateway.name, gateway.title) for gateway in offers]


def all_ways_to_pay() -> list[WayToPay]:
    """All that this installation uses, whatever is to be paid."""
    return [WayToPay(gateway.name, gateway.title) for gateway in registry.in_use()]


def is_taken(currency: str, only: Sequence[str] = ()) -> bool:
    """Whether money of this currency can be paid at all, at one of these gateways where they are named."""
    return any(gateway.supports(currency) for gateway in registry.in_use(only))


def title_of(gateway: str) -> str:
    """What people call it; its name where it is not in use any more."""
    found = registry.find(gateway)
    return found.title if found else gateway.capitalize()


def is_on_its_way(payment: Payment) -> bool:
    """Whether the payer has done their part, and a bank takes its time: nobody should pay again meanwhile."""
    return payment.attempts.filter(status__in=UNDECIDED, processing_at__isnull=False).exists()


def gateway_in_use(payment: Payment) -> str:
    """Where the last checkout of this payment was opened; "" when none was."""
    last = payment.attempts.order_by("-number").values_list("gateway", flat=True).first()
    return last or ""
