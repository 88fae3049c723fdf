"""Accounts that staff see: nothing of them is sealed, so nothing tells the audit by itself."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from accounts.models import Patient
from core import audit


def note_shown(accounts: Iterable[UUID | str]) -> None:
    """Names or addresses of these were shown: those who are patients somewhere learn of it, by one query."""
    audit.saw(*Patient.objects.only("data_key").filter(user__in=set(accounts)))
