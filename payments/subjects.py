"""What payments are for. An upper app registers its kind of subject at start-up; payments never imports it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Named:
    """What staff call a subject, the address of its page in the admin, and under which data key the person stands
    whom it is about: whoever sees this sees that they owe, paid or got back."""

    words: str
    link: str
    about: uuid.UUID | None = None


def _nothing_named(_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Named]:
    return {}


def _nothing_found(_words: str) -> list[uuid.UUID]:
    return []


@dataclass(frozen=True, slots=True)
class Subject:
    """`describe(subject_id, language)` names it on the checkout page, without personal data.

    `on_settled(payment_id)` is told that the money is there. It is called outside of transactions, maybe
    more than once, and maybe for a payment that was closed before (late money): the subject decides what
    that means.

    For staff: `named(ids)` in one query, and `found(words)`, the subjects that are meant by what somebody typed.
    """

    describe: Callable[[uuid.UUID, str], str]
    on_settled: Callable[[uuid.UUID], None]
    named: Callable[[Collection[uuid.UUID]], dict[uuid.UUID, Named]] = field(default=_nothing_named)
    found: Callable[[str], list[uuid.UUID]] = field(default=_nothing_found)


_subjects: dict[str, Subject] = {}


def register(name: str, subject: Subject) -> None:
    _subjects[name] = subject


def get(name: str) -> Subject:
    """Raises LookupError for a kind nobody registered."""
    return _subjects[name]


def named(pairs: Collection[tuple[str, uuid.UUID]]) -> dict[uuid.UUID, Named]:
    """Subjects of several kinds by their id, with one query for each kind."""
    kinds = {kind for kind, _id in pairs}
    return {
        subject_id: name
        for kind in kinds
        if kind in _subjects
        for subject_id, name in _subjects[kind].named([one for of, one in pairs if of == kind]).items()
    }


def found(words: str) -> list[uuid.UUID]:
    """Subjects of every kind that are meant by what somebody typed."""
    return [subject_id for subject in _subjects.values() for subject_id in subject.found(words)]
