"""{% google_button %}: signing in with Google, where that is set up."""

from __future__ import annotations

from typing import Any

from django import template

from accounts import social

register = template.Library()


@register.inclusion_tag("account/parts/google.html", takes_context=True)
def google_button(context: dict[str, Any]) -> dict[str, Any]:
    return {
        "shown": social.is_configured(),
        "csrf_token": context.get("csrf_token"),
        "redirect_field_value": context.get("redirect_field_value"),
    }
