"""The letters that a test's people got. What sends them stands above this app, hence found by name."""

from __future__ import annotations

import re
from typing import Any

from django.apps import apps


def sent() -> Any:
    """All of them, as a queryset."""
    return apps.get_model("notifications", "Message").objects.all()


def letters_to(address: str) -> list[Any]:
    """The newest first."""
    sent = apps.get_model("notifications", "Message").objects.select_related("data_key")
    messages = sent.order_by("-created_at", "-pk")
    return [message for message in messages if message.recipient == address]


def kinds_to(address: str) -> list[str]:
    return [message.kind.removeprefix("account_") for message in letters_to(address)]


def link_to(address: str, part: str) -> str:
    """The path of the newest letter's link, which has `part` in it."""
    found = re.search(rf"https?://[^/\s]+([^\s]*{part}[^\s]*)", letters_to(address)[0].text)
    assert found, letters_to(address)[0].text
    return found[1]


def temporary_password_of(address: str) -> str:
    found = re.search(r"\b\w{4}-\w{4}-\w{4}-\w{4}\b", letters_to(address)[0].text)
    assert found
    return found[0]
