"""The zones of the world by name."""

from __future__ import annotations

import zoneinfo
from functools import cache


@cache
def zone_names() -> frozenset[str]:
    """Read once: each reading walks through the whole database of zones, which takes 20 ms. Those that mean something
    else on each machine, or nothing, are none."""
    return frozenset(zoneinfo.available_timezones()) - {"localtime", "Factory", "posixrules"}
