"""Money that is not what was asked for: paid at a checkout that was altered, or into another seller's account."""

from __future__ import annotations

import random
from typing import Any

from payments.local_gateways.company import Company

Row = dict[str, Any]

# Where each company writes amount, currency and our reference of a checkout.
_FIELDS = {
    "stripe": ("sessions", "amount_total", "currency", "client_reference_id"),
    "mercadopago": ("preferences", "unit_price", "currency_id", "external_reference"),
    "wompi": ("links", "amount-in-cents", "currency", "reference"),
}
STRANGE = "of-another-shop"


def tamper(company: Company, sale_id: str, chance: random.Random) -> str:
    """Somebody pays, and it is not what it should be; says in what."""
    kind = chance.choice(["amount", "currency", "reference", "seller"])
    table, amount, currency, reference = _FIELDS[company.name]
    checkout = company.table(table)[sale_id]
    item = checkout["items"][0] if company.name == "mercadopago" else checkout
    before = dict(item), dict(checkout)
    if kind == "amount":
        less = int(item[amount]) - chance.choice([1, 100])
        item[amount] = str(less) if isinstance(item[amount], str) else less
    elif kind == "currency":
        item[currency] = "brl" if company.name == "stripe" else "BRL"
    elif kind == "reference":
        checkout[reference] = STRANGE
        checkout["_intent_metadata"] = {}
    company.press(sale_id, "pay")
    if kind == "seller":
        _into_another_account(company, checkout)
    if company.name != "stripe":  # its session is the money; elsewhere the checkout goes on as it was
        item.update(before[0])
        checkout.update(before[1])
    return kind


def _into_another_account(company: Company, checkout: Row) -> None:
    if company.name == "stripe":
        checkout["livemode"] = True
    elif company.name == "mercadopago":
        _last(company, "payments")["collector_id"] = 42
    else:
        # Anybody may ask for it by its id; only the seller finds it in the list.
        _last(company, "transactions")["_seller"] = "another"


def _last(company: Company, table: str) -> Row:
    last: Row = list(company.table(table).values())[-1]
    return last
