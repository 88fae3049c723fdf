"""Logs: JSON, no personal data, and where each library's go; the same in every installation, but for the level."""

from __future__ import annotations

from typing import Any


def at_level(level: str) -> dict[str, Any]:
    """For `logging.config.dictConfig`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": "core.logs.RequestIdFilter"}},
        "formatters": {
            "json": {
                "()": "core.logs.PrivateJson",
                "format": "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s",
            }
        },
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["request_id"]}
        },
        "root": {"handlers": ["console"], "level": level},
        # The servers, too, write through our handler alone; who asked for which page is nobody's business.
        "loggers": {
            name: {"handlers": [], "propagate": True}
            for name in ("django.server", "uvicorn.error", "gunicorn.error")
        }
        | {
            "uvicorn.access": {"handlers": [], "propagate": False},
            "httpx": {"level": "WARNING"},
            "stripe": {"level": "WARNING"},
        },
    }
