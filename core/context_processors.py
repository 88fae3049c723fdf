from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone


def page(request: HttpRequest) -> dict[str, Any]:
    """What the layout needs on every page."""
    theme = request.COOKIES.get("theme", "")
    return {
        "theme": theme if theme in {"light", "dark"} else "",
        "zone_name": timezone.get_current_timezone_name(),
        "zone_known": getattr(request, "visitor_zone", None) is not None,
    }
