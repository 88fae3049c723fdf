from __future__ import annotations

import re
from typing import Any

import dj_database_url


def database_from_url(url: str, *, pool_size: int, field_keys: str = "") -> dict[str, Any]:
    """PostgreSQL by URL, with psycopg's pool (persistent connections leak under ASGI). Connections are called after
    the newest master key their process has: nothing goes over to one that somebody lacks (`core.keys.rotation`)."""
    newest = max((int(part) for part in re.findall(r"(?:^|,)\s*(\d{1,5}):", field_keys)), default=0)
    config: dict[str, Any] = dict(dj_database_url.parse(url, engine="core.postgresql"))
    config["OPTIONS"] = config.get("OPTIONS", {}) | {
        "pool": {"min_size": 1, "max_size": pool_size, "timeout": 10},
        "application_name": f"vicita key {newest}",
        "options": "-c lock_timeout=10s -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s",
    }
    return config
