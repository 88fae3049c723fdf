"""The domain events of a booking: typed facts for the outbox. Ids and plain facts, never personal data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core import outbox
from core.models import OutboxEvent


@dataclass(frozen=True, kw_only=True)
class AppointmentEvent:
    booking_id: UUID
    patient_id: UUID
    professional_id: UUID

    @classmethod
    def topic(cls) -> str:
        return cls.__name__


@dataclass(frozen=True, kw_only=True)
class AppointmentBooked(AppointmentEvent):
    start_time: datetime
    modality: str
    duration: int
    title: str
    is_initial_consultation: bool
    channel: str
    awaits_payment: bool


@dataclass(frozen=True, kw_only=True)
class AppointmentRequested(AppointmentEvent):
    """Paid, or free: now the professional is asked."""

    start_time: datetime
    answer_due_at: datetime


@dataclass(frozen=True, kw_only=True)
class AppointmentConfirmed(AppointmentEvent):
    start_time: datetime
    automatic: bool


@dataclass(frozen=True, kw_only=True)
class AppointmentRejected(AppointmentEvent):
    """The professional said no. Words given as a reason are on the booking, sealed."""


@dataclass(frozen=True, kw_only=True)
class AppointmentExpired(AppointmentEvent):
    from_status: str


@dataclass(frozen=True, kw_only=True)
class AppointmentRescheduled(AppointmentEvent):
    rescheduled_by: str
    original_start_time: datetime
    new_start_time: datetime
    duration: int


@dataclass(frozen=True, kw_only=True)
class AppointmentReaddressed(AppointmentEvent):
    """Its patient has another e-mail: the private link sent before leads nowhere any more."""


@dataclass(frozen=True, kw_only=True)
class AppointmentCancelled(AppointmentEvent):
    cancelled_by: str
    original_start_time: datetime
    cancelled_at: datetime
    cancellation_notice: int


@dataclass(frozen=True, kw_only=True)
class AppointmentStarted(AppointmentEvent):
    started_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class AppointmentCompleted(AppointmentEvent):
    completed_at: datetime
    duration: int
    attendance_status: str


@dataclass(frozen=True, kw_only=True)
class LatePaymentRefunded(AppointmentEvent):
    """Money came when the time was no longer to be had."""

    payment_id: UUID


ALL: tuple[type[AppointmentEvent], ...] = tuple(AppointmentEvent.__subclasses__())
TOPICS: tuple[str, ...] = tuple(event.topic() for event in ALL)


def publish(event: AppointmentEvent) -> OutboxEvent:
    return outbox.publish(event.topic(), {name: _plain(value) for name, value in asdict(event).items()})


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
