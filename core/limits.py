"""How often one address may do something. A broken counter must not close the door."""

from __future__ import annotations

import logging

from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from django_ratelimit.core import get_usage
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


def client_address(request: HttpRequest) -> str:
    """The visitor's address, seen through as many proxies as are ours."""
    return str(get_adapter().get_client_ip(request))


def seconds_to_wait(request: HttpRequest, *, group: str, rate: str) -> int:
    """Counts this request of an address towards a rate such as "60/10m"; 0 while it is within."""
    try:
        usage = get_usage(request, group=group, key="ip", rate=rate, increment=True)
    except (RedisError, OSError):
        log.warning("rate limit not counted", extra={"group": group})
        return 0
    if usage is None or not usage["should_limit"]:
        return 0
    return max(1, usage["time_left"])
