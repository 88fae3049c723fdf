"""The domain events of a practice's patients: ids for the outbox, never who they are."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from uuid import UUID

from core import outbox
from core.models import OutboxEvent


@dataclass(frozen=True, kw_only=True)
class PatientEvent:
    patient_id: UUID
    professional_id: UUID

    @classmethod
    def topic(cls) -> str:
        return cls.__name__

    @classmethod
    def action(cls) -> str:
        """As the audit calls it."""
        return "patient." + cls.__name__.removeprefix("Patient").lower()


@dataclass(frozen=True, kw_only=True)
class PatientAdded(PatientEvent):
    """By the practice; who books for the first time is told of by the booking."""


@dataclass(frozen=True, kw_only=True)
class PatientChanged(PatientEvent):
    """Something of the name, the contact or the notes."""


@dataclass(frozen=True, kw_only=True)
class PatientMerged(PatientEvent):
    """A duplicate's appointments and notes are this patient's now."""

    merged_id: UUID


@dataclass(frozen=True, kw_only=True)
class PatientRemoved(PatientEvent):
    """Record and key are destroyed; there was no appointment."""


ALL: tuple[type[PatientEvent], ...] = tuple(PatientEvent.__subclasses__())
TOPICS: tuple[str, ...] = tuple(event.topic() for event in ALL)


def publish(event: PatientEvent) -> OutboxEvent:
    return outbox.publish(event.topic(), {name: str(value) for name, value in asdict(event).items()})
