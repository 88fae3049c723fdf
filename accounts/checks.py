"""System checks: a wrong setting is named at start."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

_PAIR = ("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET")


def google(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    """Signing in with Google needs both of its settings, or neither."""
    missing = [name for name in _PAIR if not getattr(settings, name)]
    if len(missing) == 1:
        yield Error(
            f"{missing[0]} is not set, but its other half is.",
            hint="Set both for signing in with Google, or neither.",
            id="accounts.E001",
        )


def lockout(app_configs: Any = None, **kwargs: Any) -> Iterable[CheckMessage]:
    for name in ("LOCKOUT_FAILURES", "LOCKOUT_FAILURES_PER_ADDRESS", "LOCKOUT_MINUTES"):
        if getattr(settings, name) < 1:
            yield Error(f"{name} must be 1 or more.", id="accounts.E002")
