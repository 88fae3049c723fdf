"""What the companies' own books say of money: the truth that ours is held against."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from payments.gateways import stripe_currencies
from payments.local_gateways import mercadopago
from payments.local_gateways.world import World


@dataclass(frozen=True, slots=True)
class Money:
    """Something that was paid, and what has gone back of it since. `ours`: into our account."""

    gateway: str
    reference: str
    money_ref: str
    amount: Decimal
    currency: str
    refunded: Decimal
    ours: bool

    def is_what_was_asked(self, amount: Decimal, currency: str) -> bool:
        return self.ours and (self.amount, self.currency) == (amount, currency)


def all_money(world: World) -> list[Money]:
    return [*_of_stripe(world), *_of_mercadopago(world), *_of_wompi(world)]


def _of_stripe(world: World) -> Iterator[Money]:
    charges = {row["payment_intent"]: row for row in world.stripe.table("charges").values()}
    for session in world.stripe.table("sessions").values():
        if session["payment_status"] != "paid":
            continue
        charge, currency = charges[session["payment_intent"]], session["currency"].upper()
        yield Money(
            gateway="stripe",
            reference=session["client_reference_id"],
            money_ref=session["payment_intent"],
            amount=stripe_currencies.from_units(session["amount_total"], currency),
            currency=currency,
            refunded=stripe_currencies.from_units(charge["amount_refunded"], currency),
            ours=not session["livemode"],
        )


def _of_mercadopago(world: World) -> Iterator[Money]:
    for payment in world.mercadopago.table("payments").values():
        if payment["status"] in ("approved", "refunded", "charged_back"):
            yield Money(
                gateway="mercadopago",
                reference=payment["external_reference"],
                money_ref=str(payment["id"]),
                amount=Decimal(str(payment["transaction_amount"])),
                currency=payment["currency_id"],
                refunded=Decimal(str(payment["transaction_amount_refunded"])),
                ours=payment["collector_id"] == mercadopago.SELLER,
            )


def _of_wompi(world: World) -> Iterator[Money]:
    for transaction in world.wompi.table("transactions").values():
        if transaction["status"] in ("APPROVED", "VOIDED"):
            amount = Decimal(transaction["amount_in_cents"]) / 100
            yield Money(
                gateway="wompi",
                reference=transaction["reference"],
                money_ref=transaction["id"],
                amount=amount,
                currency=transaction["currency"],
                refunded=amount if transaction["status"] == "VOIDED" else Decimal(0),
                ours="_seller" not in transaction,
            )
