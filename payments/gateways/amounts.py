"""Money in the whole units a gateway counts in, whose decimals are not always those of the currency."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation


class DoesNotFit(ValueError):
    """The amount has parts smaller than the gateway's unit, or is no positive amount at all."""


def to_units(amount: Decimal, decimals: int) -> int:
    """10.50 with 2 decimals is 1050. Raises DoesNotFit, never rounds."""
    try:
        units = amount.scaleb(decimals)
        whole = int(units)
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise DoesNotFit(str(amount)) from error
    if whole != units or whole <= 0:
        raise DoesNotFit(str(amount))
    return whole


def from_units(units: int, decimals: int) -> Decimal:
    return Decimal(units).scaleb(-decimals)


def fits(amount: Decimal, decimals: int) -> bool:
    try:
        to_units(amount, decimals)
    except DoesNotFit:
        return False
    return True
