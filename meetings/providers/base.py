from __future__ import annotations

from typing import Any, Protocol

from meetings.models import Meeting, Participant


class Provider(Protocol):
    """How the two see and hear each other. Room, clock and presence are ours."""

    def details(self, meeting: Meeting, participant: Participant, display_name: str) -> dict[str, Any]:
        """What a page or app needs, beyond the room itself, to connect this participant. No network."""
