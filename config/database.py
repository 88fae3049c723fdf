from __future__ import annotations

from typing import Any

import dj_database_url


def database_from_url(url: str, *, pool_size: int) -> dict[str, Any]:
    """PostgreSQL by URL, with psycopg's pool (persistent connections leak under ASGI)."""
    config: dict[str, Any] = dict(dj_database_url.parse(url, engine="core.postgresql"))
    config["OPTIONS"] = config.get("OPTIONS", {}) | {
        "pool": {"min_size": 1, "max_size": pool_size, "timeout": 10},
        "application_name": "vicita",
        "options": "-c lock_timeout=10s -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s",
    }
    return config
