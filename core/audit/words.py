"""What the actions in the audit are called, for people. Each app says it of its own (`<app>/audited.py`)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = Mapping[str, str | Promise]

# What every request, live message or command may leave (`write_trail`).
TRAILS: Words = {
    "read": _("Patients’ data opened"),
    "write": _("Something was changed"),
    "refused": _("Refused"),
}

# What this app does itself.
ACTIONS: Words = {
    "keys.rotated": _("Master keys rotated"),
    "backup.restored": _("Backup restored"),
    "outbox.revived": _("Deliveries that were given up tried again"),
}

_words: dict[str, str | Promise] = {**TRAILS, **ACTIONS}


def describe(words: Words) -> None:
    """Called when the apps are ready."""
    _words.update(words)


def known_actions() -> Words:
    return dict(_words)


def in_words(action: str) -> str:
    """One that nobody has named is called by its code."""
    return str(_words.get(action, action))
