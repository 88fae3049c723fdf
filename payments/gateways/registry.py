"""The gateways of this installation: those named in `settings.PAYMENT_GATEWAYS`, in order of preference."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from core.money import decimals
from payments.gateways.base import Gateway, GatewayUnavailable

_known: dict[str, type[Gateway]] = {}


def register(gateway: type[Gateway]) -> type[Gateway]:
    """Makes a gateway known under its name; settings decide whether it is used."""
    _known[gateway.name] = gateway
    return gateway


@cache
def _instance(gateway: type[Gateway]) -> Gateway:
    return gateway()


def find(name: str) -> Gateway | None:
    """The gateway of this name when this installation uses it and its settings are right."""
    if name not in settings.PAYMENT_GATEWAYS or name not in _known:
        return None
    found = _instance(_known[name])
    return None if found.problems() else found


def gateway(name: str) -> Gateway:
    """Raises GatewayUnavailable when this installation does not use it (any more)."""
    found = find(name)
    if found is None:
        raise GatewayUnavailable(f"payment gateway {name} is not configured")
    return found


def in_use(only: Sequence[str] = ()) -> list[Gateway]:
    """The gateways that work now, the preferred one first. `only`: among these, in this order."""
    working = (find(name) for name in only or settings.PAYMENT_GATEWAYS)
    return [found for found in working if found is not None]


def offers(amount: Decimal, currency: str, only: Sequence[str] = ()) -> list[Gateway]:
    """Those that can take this amount now, the preferred one first."""
    return [found for found in in_use(only) if found.takes(amount, currency)]


def choose(amount: Decimal, currency: str, name: str = "", only: Sequence[str] = ()) -> Gateway:
    """The preferred gateway that takes this, or the one of this name. Raises GatewayUnavailable."""
    for found in offers(amount, currency, only):
        if name in ("", found.name):
            return found
    raise GatewayUnavailable(f"no payment gateway{f' {name}' if name else ''} takes {currency}")


def decimals_at(name: str, currency: str) -> int:
    """How many decimals the gateway of this name gives back, also one that is not used any more."""
    return _instance(_known[name]).decimals(currency) if name in _known else decimals(currency)


def decimals_everywhere(currency: str) -> int:
    """How many decimals every gateway can give back, whichever holds the money."""
    return min((decimals_at(name, currency) for name in _known), default=decimals(currency))


def check(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """Django system check: names each wrong setting at start, before money is involved."""
    for name in settings.PAYMENT_GATEWAYS:
        if name not in _known:
            known = ", ".join(sorted(_known))
            yield Error(
                f"PAYMENT_GATEWAYS names {name!r}, which is no gateway.",
                hint=f"Known are: {known}.",
                id="payments.E001",
            )
            continue
        for problem in _instance(_known[name]).problems():
            yield Error(f"Payment gateway {name!r}: {problem}", id="payments.E002")
