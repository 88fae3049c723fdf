"""Amounts have exactly their currency's decimals, and read right in each language."""

from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from core.money import decimals, format_money, from_minor_units, minor_units, quantize

CURRENCIES = ["USD", "EUR", "COP", "MXN", "CLP", "JPY", "KWD", "ARS"]
currencies = st.sampled_from(CURRENCIES)
units = st.integers(min_value=0, max_value=10**12)


@pytest.mark.parametrize(("currency", "number"), [("USD", 2), ("CLP", 0), ("KWD", 3), ("JPY", 0)])
def test_decimals_of_a_currency(currency, number):
    assert decimals(currency) == number


@pytest.mark.parametrize("currency", ["", "usd", "XYZ", "US", "DOLLAR", "\x00"])
def test_unknown_currencies_are_refused(currency):
    with pytest.raises(Refused) as refusal:
        decimals(currency)
    assert refusal.value.code == "unknown_currency"


@given(units, currencies)
def test_minor_units_and_back(number, currency):
    amount = from_minor_units(number, currency)
    assert minor_units(amount, currency) == number
    assert quantize(amount, currency) == amount
    assert quantize(amount, currency).as_tuple().exponent == -decimals(currency)


@given(units, currencies)
def test_an_amount_finer_than_its_currency_is_refused(number, currency):
    finer = from_minor_units(number, currency) + Decimal(1).scaleb(-decimals(currency) - 1)
    with pytest.raises(Refused) as refusal:
        minor_units(finer, currency)
    assert refusal.value.code == "invalid_amount"


@pytest.mark.parametrize("amount", [Decimal("40"), Decimal("40.000"), Decimal("4E1")])
def test_spelling_of_an_amount_does_not_matter(amount):
    assert minor_units(amount, "USD") == 4000


@pytest.mark.parametrize("amount", [Decimal("NaN"), Decimal("Infinity"), Decimal("1E30")])
def test_what_is_no_amount_is_refused(amount):
    with pytest.raises(Refused) as refusal:
        minor_units(amount, "USD")
    assert refusal.value.code == "invalid_amount"


@pytest.mark.parametrize(
    ("amount", "currency", "language", "expected"),
    [
        ("40", "USD", "en", "$40"),
        ("40.5", "USD", "en", "$40.50"),
        ("25000", "CLP", "en", "CLP 25,000"),
        ("40", "EUR", "es", "40 €"),
        ("1234.5", "EUR", "es", "1.234,50 €"),
        ("1234567.000", "COP", "es", "1.234.567 COP"),
        ("1.125", "KWD", "en", "KWD 1.125"),
    ],
)
def test_amounts_for_people(amount, currency, language, expected):
    with translation.override(language):
        # CLDR puts no-break spaces; which one is not our rule.
        assert " ".join(format_money(Decimal(amount), currency).split()) == expected


@given(units, currencies, st.sampled_from(["es", "en"]))
def test_no_digit_gets_lost(number, currency, language):
    amount = from_minor_units(number, currency)
    with translation.override(language):
        shown = "".join(c for c in format_money(amount, currency) if c.isdigit())
    assert shown in {str(number), f"{int(amount)}", f"{number:0{decimals(currency) + 1}d}"}
