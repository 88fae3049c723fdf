"""What payments are for. An upper app registers its kind of subject at start-up; payments never imports it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """`describe(subject_id, language)` names it on the checkout page, without personal data.

    `on_settled(payment_id)` is told that the money is there. It is called outside of transactions, maybe
    more than once, and maybe for a payment that was closed before (late money): the subject decides what
    that means.
    """

    describe: Callable[[uuid.UUID, str], str]
    on_settled: Callable[[uuid.UUID], None]


_subjects: dict[str, Subject] = {}


def register(name: str, subject: Subject) -> None:
    _subjects[name] = subject


def get(name: str) -> Subject:
    """Raises LookupError for a kind nobody registered."""
    return _subjects[name]
