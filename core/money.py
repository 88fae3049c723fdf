"""Money: a `Decimal` amount and an ISO 4217 currency with its own number of decimals (CLDR)."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from babel.core import Locale
from babel.numbers import format_currency, get_currency_precision, is_currency
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from core.errors import Refused

COMMON = frozenset({"XAF", "XCD", "XCG", "XOF", "XPF"})


def decimals(currency: str) -> int:
    """How many decimals amounts of this currency have: CLP 0, USD 2, KWD 3. Raises Refused."""
    # X stands for what no country issues: metals, tests, nothing; but for the common currencies of some.
    if not is_currency(currency) or (currency.startswith("X") and currency not in COMMON):
        raise Refused(_("Unknown currency."), code="unknown_currency", attr="currency")
    return get_currency_precision(currency)


def quantize(amount: Decimal, currency: str) -> Decimal:
    """The amount with exactly its currency's decimals. Raises Refused when that would round."""
    try:
        exact = amount.quantize(Decimal(1).scaleb(-decimals(currency)))
    except InvalidOperation:  # infinite, or more digits than any money has
        exact = Decimal("NaN")  # equals nothing
    if exact != amount:
        raise Refused(
            _("The amount has more decimals than its currency."), code="invalid_amount", attr="amount"
        )
    return exact


def minor_units(amount: Decimal, currency: str) -> int:
    """10.50 USD is 1050, 25000 CLP is 25000. Raises Refused."""
    return int(quantize(amount, currency).scaleb(decimals(currency)))


def from_minor_units(units: int, currency: str) -> Decimal:
    return Decimal(units).scaleb(-decimals(currency))


def format_money(amount: Decimal, currency: str) -> str:
    """For people, in the active language; whole amounts without decimals."""
    locale = Locale.parse(translation.get_language() or "es", sep="-")
    if amount == amount.to_integral_value():
        pattern = locale.currency_formats["standard"].pattern.replace(".00", "")
        text = format_currency(amount, currency, format=pattern, locale=locale, currency_digits=False)
    else:
        text = format_currency(amount, currency, locale=locale)
    # CLDR puts a space between a currency's letters and its digits; the library does not.
    return re.sub(r"(?<=[A-Z])(?=\d)", "\u00a0", text)
