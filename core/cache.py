"""The cache: Valkey, and while that is away a small memory of this process, so that counting goes on."""

from __future__ import annotations

from functools import wraps
from typing import Any, cast

from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

from core import valkey


def count(key: str, *, seconds: int) -> int:
    """One more under this key; how many there are. Forgotten so many seconds after the last one."""
    return cast(int, cast(ForgivingCache, caches["default"]).count(key, seconds))


class _Valkey(RedisCache):
    def count(self, key: str, seconds: int) -> int:
        """Both in one round trip."""
        name = self.make_and_validate_key(key)
        commands = self._cache.get_client(name, write=True).pipeline(transaction=False)
        commands.incr(name)
        commands.expire(name, seconds)
        return int(commands.execute()[0])


class _Memory(LocMemCache):
    def count(self, key: str, seconds: int) -> int:
        self.add(key, 0, seconds)
        return self.incr(key)


def _by_either(name: str) -> Any:
    """The method of Django's Redis cache, or of the stand-in when Valkey does not answer."""
    usual = getattr(_Valkey, name)

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


class ForgivingCache(_Valkey):
    """Never raises because the server is away. Only for what may be counted or forgotten by each process."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.stand_in = _Memory("stand-in", {**params, "OPTIONS": {"MAX_ENTRIES": 10_000}})

    count = _by_either("count")
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
