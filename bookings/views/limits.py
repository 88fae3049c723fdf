"""Limits on what one address may ask for; a broken counter must not close the door."""

from __future__ import annotations

import logging

from django.http import HttpRequest
from django_ratelimit.core import is_ratelimited
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def too_many(request: HttpRequest, *, group: str, rate: str) -> bool:
    """Counts this request; whether its address has gone past the rate ("60/10m")."""
    try:
        return bool(is_ratelimited(request, group=group, key="ip", rate=rate, increment=True))
    except (RedisError, OSError):
        logger.warning("rate limit not counted", extra={"group": group})
        return False
