"""What the two in a room are told, always after the commit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from live import push
from meetings import hooks
from meetings.models import MeetingState, Participant
from meetings.selectors import MeetingView, meeting_view, person_of


def tell_both(meeting_id: UUID, *events: str) -> None:
    """Sends these events to both after the commit, each with the state as its receiver sees it."""
    transaction.on_commit(lambda: _tell(meeting_id, events), robust=True)


def tell_connection(channel: str, event: str, payload: dict[str, Any]) -> None:
    """Sends to one connection after the commit."""
    transaction.on_commit(lambda: push.send_to_connection(channel, event, payload), robust=True)


def state_for(view: MeetingView, role: str) -> dict[str, Any]:
    """`meeting.state` as one of the two sees it. Times left are milliseconds by the database's clock."""
    peer = next((tab for other, tab in view.present.items() if other != role), None)
    return {
        "state": view.state,
        "kind": view.kind,
        "role": role,
        "now": view.now,
        "opens_at": view.opens_at,
        "closes_at": view.closes_at,
        "ends_at": view.ends_at,
        "limit_ms": view.limit_ms,
        "remaining_ms": view.remaining_ms,
        "peer_present": peer is not None,
        "peer_tab": peer,
        "host_busy": view.state == MeetingState.WAITING and hooks.host_busy(view.id),
    }


def _tell(meeting_id: UUID, events: tuple[str, ...]) -> None:
    view = meeting_view(meeting_id)
    for participant in Participant.objects.filter(meeting_id=meeting_id):
        state = state_for(view, participant.role)
        for event in events:
            push.send(person_of(participant.pk), event, state)
