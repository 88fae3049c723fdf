"""The domain events of a booking request: ids for the outbox, never what was written or by whom."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from uuid import UUID

from core import outbox
from core.models import OutboxEvent


@dataclass(frozen=True, kw_only=True)
class RequestEvent:
    request_id: UUID
    professional_id: UUID
    service_id: UUID

    @classmethod
    def topic(cls) -> str:
        return cls.__name__

    @classmethod
    def action(cls) -> str:
        """As the audit calls it."""
        return "booking_request." + cls.__name__.removeprefix("Request").lower()


@dataclass(frozen=True, kw_only=True)
class RequestMade(RequestEvent):
    """Somebody whom no free time suited said when they could come."""


@dataclass(frozen=True, kw_only=True)
class RequestAccepted(RequestEvent):
    """It became a booking."""

    booking_id: UUID


@dataclass(frozen=True, kw_only=True)
class RequestRejected(RequestEvent):
    """The practice said no. Words given as a reason are on the request, sealed."""


@dataclass(frozen=True, kw_only=True)
class RequestExpired(RequestEvent):
    """Nobody answered in time."""


@dataclass(frozen=True, kw_only=True)
class RequestWithdrawn(RequestEvent):
    """Whoever asked has left."""


ALL: tuple[type[RequestEvent], ...] = tuple(RequestEvent.__subclasses__())
TOPICS: tuple[str, ...] = tuple(event.topic() for event in ALL)


def publish(event: RequestEvent) -> OutboxEvent:
    return outbox.publish(event.topic(), {name: str(value) for name, value in asdict(event).items()})
