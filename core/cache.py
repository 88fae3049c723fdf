"""The cache: Valkey, and while that is away a small memory of this process, so that counting goes on."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

from core import valkey


def _by_either(name: str) -> Any:
    """The method of Django's Redis cache, or of the stand-in when Valkey does not answer."""
    usual = getattr(RedisCache, name)

    @wraps(usual)
    def method(self: ForgivingCache, *args: Any, **kwargs: Any) -> Any:
        if not valkey.is_away():
            try:
                answer = usual(self, *args, **kwargs)
            except valkey.FAILURES as error:
                valkey.failed(error)
            else:
                valkey.answered()
                return answer
        return getattr(self.stand_in, name)(*args, **kwargs)

    return method


class ForgivingCache(RedisCache):
    """Never raises because the server is away. Only for what may be counted or forgotten by each process."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.stand_in = LocMemCache("stand-in", {**params, "OPTIONS": {"MAX_ENTRIES": 10_000}})

    add = _by_either("add")
    get = _by_either("get")
    set = _by_either("set")
    touch = _by_either("touch")
    delete = _by_either("delete")
    has_key = _by_either("has_key")
    incr = _by_either("incr")
    get_many = _by_either("get_many")
    set_many = _by_either("set_many")
    delete_many = _by_either("delete_many")

    def clear(self) -> None:
        self.stand_in.clear()
        if not valkey.is_away():
            super().clear()
