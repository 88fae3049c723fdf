"""Django reads each `timestamptz` by a regular expression, 13 µs apiece; a month of bookings has hundreds of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.backends.postgresql import base
from psycopg.abc import Buffer
from psycopg.adapt import AdaptersMap, Loader


class InstantLoader(Loader):
    """What PostgreSQL writes for connections in UTC ("2030-01-31 15:00:00+00") is ISO 8601, which Python reads."""

    timezone = UTC  # Django asks whether it fits the connection

    def load(self, data: Buffer) -> datetime:
        return datetime.fromisoformat(str(data, "ascii"))


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        if self.timezone is UTC:
            params["context"] = AdaptersMap(params["context"])
            params["context"].register_loader("timestamptz", InstantLoader)
        return params
