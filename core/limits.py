"""How often one address may do something."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from django_ratelimit.core import get_usage


def client_address(request: HttpRequest) -> str:
    """The visitor's address, seen through as many proxies as are ours."""
    return str(get_adapter().get_client_ip(request))


def seconds_to_wait(request: HttpRequest, *, group: str, rate: str) -> int:
    """Counts this request of an address towards a rate such as "60/10m"; 0 while it is within."""
    usage = get_usage(request, group=group, key="ip", rate=rate, increment=True)
    if usage is None or not usage["should_limit"]:
        return 0
    return max(1, usage["time_left"])
