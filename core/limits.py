"""How often one address may do something.

Counted by one increment in the cache, so it holds exactly whoever asks at the same time; DRF's own throttles let
parallel requests through.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import wraps
from ipaddress import ip_network
from typing import Any
from zlib import crc32

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core.cache import count
from core.errors import TooMany

READS = ("GET", "HEAD", "OPTIONS")

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

View = Callable[..., HttpResponseBase]


def client_address(request: HttpRequest) -> str:
    """The visitor's address, seen through as many proxies as are ours."""
    return str(get_adapter().get_client_ip(request))


def seconds_to_wait(request: HttpRequest, *, group: str, rate: str) -> int:
    """Counts this request of an address (of an IPv6 network of 64 bits) towards a rate such as "60/10m"; 0 while it
    is within."""
    most, period = parsed(rate)
    address = _network(client_address(request))
    now = int(time.time())
    # Each address has its own windows: what they all may do again begins at no one moment.
    ends_at = now + period - (now + crc32(address.encode())) % period
    number = count(f"rate:{group}:{rate}:{address}:{ends_at}", seconds=period)
    return 0 if number <= most else ends_at - now


def parsed(rate: str) -> tuple[int, int]:
    """How many in how many seconds: "60/10m" is (60, 600). Raises ValueError."""
    found = re.fullmatch(r"(\d+)/(\d*)([smhd])", rate)
    if found is None:
        raise ValueError(f"{rate!r} is no rate such as 60/10m.")
    most, periods, unit = found.groups()
    return int(most), int(periods or 1) * SECONDS[unit]


def _network(address: str) -> str:
    return str(ip_network(f"{address.partition('%')[0]}/64", strict=False)) if ":" in address else address


def require_within(request: HttpRequest, *, group: str, rate: str) -> None:
    """Counts this request. Raises TooMany."""
    if wait := seconds_to_wait(request, group=group, rate=rate):
        raise TooMany(retry_after=wait)


def count_public_write(request: HttpRequest) -> None:
    """What anybody may write, pages and API alike, comes out of one budget of the address. Raises TooMany."""
    if request.method not in READS:
        require_within(request, group="public_writes", rate=settings.PUBLIC_WRITE_RATE)


def public_write(view: View) -> View:
    """A page that anybody may send something to. A write too many is the page of TooMany."""

    @wraps(view)
    def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        count_public_write(request)
        return view(request, *args, **kwargs)

    return limited
