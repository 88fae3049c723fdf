"""Which currencies Stripe takes, and in what units: it counts some as no table of currencies does."""

from __future__ import annotations

from decimal import Decimal

from payments.gateways import amounts

_WHOLE = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
NO_DECIMALS = frozenset(_WHOLE.split())
# In thousandths, of which only whole hundredths are taken.
THREE_DECIMALS = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
# Hundredths in the API, of which only whole units are taken.
WHOLE_IN_HUNDREDTHS = frozenset(["ISK", "UGX"])
_HUNDREDTHS = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY COP CRC CVE CZK
DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR JMD KES KGS KHR KYD KZT LAK LBP
LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON
RSD RUB SAR SBD SCR SEK SGD SHP SLE SOS SRD STD SZL THB TJS TOP TRY TTD TWD TZS UAH USD UYU UZS WST XCD YER ZAR ZMW
"""
ALL = frozenset(_HUNDREDTHS.split()) | NO_DECIMALS | THREE_DECIMALS | WHOLE_IN_HUNDREDTHS


def to_units(amount: Decimal, currency: str) -> int:
    """Raises DoesNotFit."""
    amounts.to_units(amount, smallest(currency))
    return amounts.to_units(amount, _decimals(currency))


def from_units(units: int, currency: str) -> Decimal:
    return amounts.from_units(units, _decimals(currency))


def smallest(currency: str) -> int:
    """The decimals of the smallest part that is taken, which may be more than what is counted in."""
    return 0 if currency in WHOLE_IN_HUNDREDTHS | NO_DECIMALS else 2


def _decimals(currency: str) -> int:
    if currency in NO_DECIMALS:
        return 0
    return 3 if currency in THREE_DECIMALS else 2
