"""The live events of a room. Who sends is what the connection proved (a participant's ticket)."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import NotAllowed, Refused
from live import registry
from live.push import send_to_connection
from live.registry import Connection, Payload
from meetings import presence
from meetings.announcements import state_for
from meetings.models import MeetingState, Participant, Presence
from meetings.selectors import MeetingView, meeting_view

MAX_SDP_CHARS = 48_000
MAX_CANDIDATE_CHARS = 2_000
_TAB = re.compile(r"[A-Za-z0-9-]{8,40}")
_DESCRIPTIONS = frozenset({"offer", "answer", "pranswer", "rollback"})


@registry.handles("meeting.join")
def join(connection: Connection, payload: Payload) -> None:
    participant_id = _participant(connection)
    view = presence.join(
        participant_id=participant_id,
        connection=connection.channel,
        tab=_tab(payload.get("tab")),
        again=payload.get("again") is True,
    )
    connection.reply("meeting.joined", {"tab": payload["tab"]})
    _say_state(connection, participant_id, view)
    presence.start_if_both(view)


@registry.handles("meeting.leave")
def leave(connection: Connection, payload: Payload) -> None:
    """Of this connection, or for a `tab` whose page is gone."""
    participant_id = _participant(connection)
    if "tab" in payload:
        presence.leave_tab(participant_id=participant_id, tab=_tab(payload["tab"]))
    else:
        presence.leave(participant_id=participant_id, connection=connection.channel)


@registry.handles("meeting.heartbeat")
def heartbeat(connection: Connection, payload: Payload) -> None:
    """Answers with the state, by which pages set their countdown, and `meeting.absent` to one who is not in the
    room (yet, or any more). A start that was refused is tried again."""
    participant_id = _participant(connection)
    holds_seat = presence.still_here(participant_id=participant_id, connection=connection.channel)
    view = _view_of(participant_id)
    if not holds_seat:
        connection.reply("meeting.absent", {})
    _say_state(connection, participant_id, view)
    presence.start_if_both(view)


@registry.handles("meeting.signal")
def signal(connection: Connection, payload: Payload) -> None:
    """Relays a WebRTC description or candidate from the tab in the one seat to the tab `to` in the other, while
    the clock runs: nobody talks outside it."""
    participant_id = _participant(connection)
    seats = Presence.objects.filter(
        left_at=None,
        participant__meeting__participants=participant_id,
        participant__meeting__state=MeetingState.ACTIVE,
    ).values_list("participant_id", "connection", "tab")
    mine = next((seat for seat in seats if seat[0] == participant_id), None)
    peer = next((seat for seat in seats if seat[0] != participant_id), None)
    if mine is None or mine[1] != connection.channel:
        raise NotAllowed(_("You are not in the room."), code="not_in_room")
    if peer is not None and peer[2] == payload.get("to"):
        send_to_connection(peer[1], "meeting.signal", {"from": mine[2]} | _clean_signal(payload))


@registry.on_disconnect
def connection_gone(connection: Connection) -> None:
    presence.connection_lost(connection=connection.channel)


def _participant(connection: Connection) -> UUID:
    kind, _colon, number = connection.person.partition(":")
    if kind != "participant":
        raise NotAllowed(_("You are not in the room."), code="not_in_room")
    return UUID(number)


def _view_of(participant_id: UUID) -> MeetingView:
    return meeting_view(Participant.objects.values_list("meeting_id", flat=True).get(pk=participant_id))


def _say_state(connection: Connection, participant_id: UUID, view: MeetingView) -> None:
    role = Participant.objects.values_list("role", flat=True).get(pk=participant_id)
    connection.reply("meeting.state", state_for(view, role))


def _tab(value: Any) -> str:
    if not isinstance(value, str) or not _TAB.fullmatch(value):
        raise Refused(_("The tab needs a name of 8 to 40 letters and digits."), code="invalid", attr="tab")
    return value


def _clean_signal(payload: Payload) -> dict[str, Any]:
    """Only the fields WebRTC knows, of sane sizes. Raises Refused."""
    description, candidate = payload.get("description"), payload.get("candidate")
    if isinstance(description, dict):
        sdp = description.get("sdp", "")
        if description.get("type") in _DESCRIPTIONS and isinstance(sdp, str) and len(sdp) <= MAX_SDP_CHARS:
            return {"description": {"type": description["type"], "sdp": sdp}}
    if isinstance(candidate, dict):
        known = {
            key: candidate.get(key) for key in ("candidate", "sdpMid", "sdpMLineIndex", "usernameFragment")
        }
        if sum(len(str(value)) for value in known.values()) <= MAX_CANDIDATE_CHARS:
            return {"candidate": known}
    raise Refused(_("The signal is not understood."), code="invalid", attr="signal")
