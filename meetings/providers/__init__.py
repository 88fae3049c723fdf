"""Providers of video behind one interface; a meeting keeps the name of the one it was made with."""

from __future__ import annotations

from typing import Any

from live import tickets
from meetings.models import Meeting, Participant, ParticipantRole
from meetings.providers.base import Provider
from meetings.providers.builtin import Builtin
from meetings.selectors import person_of

PROVIDERS: dict[str, Provider] = {"builtin": Builtin()}

TICKET_SECONDS = 6 * 3600


def join_details(
    meeting: Meeting, participant: Participant, display_name: str, sign_in: tickets.SignIn | None
) -> dict[str, Any]:
    """All that a page or app needs to be in the room as this participant.

    `ticket` opens `/ws/` as the participant: `Sec-WebSocket-Protocol: vicita, <ticket>`. Whoever came in by a
    `sign_in` is out when it ends.
    """
    return {
        "provider": meeting.provider,
        "room": meeting.room,
        "kind": meeting.kind,
        "role": participant.role,
        "display_name": display_name,
        # In a collision of offers the patient gives way.
        "polite": participant.role == ParticipantRole.PATIENT,
        "ticket": tickets.issue(person_of(participant.pk), TICKET_SECONDS, sign_in),
        **PROVIDERS[meeting.provider].details(meeting, participant, display_name),
    }
