"""How often one address may do something.

Counted by one increment in the cache, so it holds exactly whoever asks at the same time; DRF's own throttles let
parallel requests through.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_ratelimit.core import get_usage

from core.errors import TooMany

READS = ("GET", "HEAD", "OPTIONS")

View = Callable[..., HttpResponseBase]


def client_address(request: HttpRequest) -> str:
    """The visitor's address, seen through as many proxies as are ours."""
    return str(get_adapter().get_client_ip(request))


def seconds_to_wait(request: HttpRequest, *, group: str, rate: str) -> int:
    """Counts this request of an address (of an IPv6 network of 64 bits) towards a rate such as "60/10m"; 0 while it
    is within."""
    usage = get_usage(request, group=group, key="ip", rate=rate, increment=True)
    if usage is None or not usage["should_limit"]:
        return 0
    return max(1, usage["time_left"])


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
