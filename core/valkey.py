"""Is Valkey there? Cache, queue and live pushes are one server, and a person waits for it once at most.

Whoever finds it away says so here; for some seconds nobody in this process speaks to it, then one caller tries.
Nothing that matters lives there alone: see docs/adr/0008-when-valkey-is-away.md.
"""

from __future__ import annotations

import logging
import threading
import time
from functools import cache

from django.conf import settings
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

FAILURES = (RedisError, OperationalError, OSError)
PATIENCE_SECONDS = 0.5
PAUSE_SECONDS = 5.0

_lock = threading.Lock()
_away_until: float | None = None  # by the monotonic clock; None: it answered last time


def is_away() -> bool:
    """Was it away a moment ago? After the pause one caller gets False and tries, while the others still wait."""
    global _away_until
    with _lock:
        now = time.monotonic()
        if _away_until is None:
            return False
        if now < _away_until:
            return True
        _away_until = now + PAUSE_SECONDS
        return False


def failed(error: BaseException) -> None:
    """It did not do what it was asked: nobody asks again before the pause is over."""
    global _away_until
    with _lock:
        _away_until = time.monotonic() + PAUSE_SECONDS
    log.warning("valkey is away", extra={"error": type(error).__name__})


def answered() -> None:
    global _away_until
    if _away_until is not None:
        with _lock:
            _away_until = None


def answers() -> bool:
    """Asks it, before one speaks to it through a client that has more patience than a visitor."""
    if is_away():
        return False
    try:
        client().ping()
    except FAILURES as error:
        failed(error)
        return False
    answered()
    return True


@cache
def client() -> Redis:
    """A connection with a visitor's patience."""
    return Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=PATIENCE_SECONDS,
        socket_connect_timeout=PATIENCE_SECONDS,
        retry=None,
    )
