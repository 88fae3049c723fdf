"""Who is in the room. One tab of each participant at a time: a new one takes the place over."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.errors import Missing, Refused
from meetings import hooks
from meetings.announcements import tell_both, tell_connection
from meetings.models import Meeting, MeetingState, Participant, ParticipantRole, Presence
from meetings.selectors import MeetingView, meeting_view
from meetings.services import arrive, lock_meeting

SILENCE = timedelta(seconds=30)


@transaction.atomic
def join(*, participant_id: UUID, connection: str, tab: str, again: bool = False) -> MeetingView:
    """Takes the seat, from another tab if need be; `again` (after a lost line) only if no other tab has it now.
    Raises Refused `not_ready_to_join` when the room is not open, `meeting_over` after it, `replaced`.

    The meeting's lock makes two who come at once see each other.
    """
    participant = Participant.objects.filter(pk=participant_id).first()
    if participant is None:
        raise Missing(_("There is no such meeting."))
    meeting = lock_meeting(participant.meeting_id)
    _must_be_open(meeting)
    present = Presence.objects.filter(participant=participant, left_at=None).first()
    if again and present and present.tab != tab:
        raise Refused(_("You are in the room in another window."), code="replaced")
    if present and present.connection == connection and present.tab == tab:
        Presence.objects.filter(pk=present.pk).update(seen_at=Now())
    else:
        _take_seat(participant, present, connection, tab)
    tell_both(meeting.pk, "meeting.peer")
    return meeting_view(meeting)


def start_if_both(view: MeetingView) -> None:
    """Tells the app above when both are in a room that has not started. Call it outside a transaction.
    Raises what that app refuses with."""
    if view.state == MeetingState.WAITING and view.is_open and len(view.present) == len(ParticipantRole):
        hooks.both_present(view.id)


def leave(*, participant_id: UUID, connection: str) -> None:
    """Gives up the seat; from another connection than the one that holds it: nothing."""
    _end_presences(participant_id=participant_id, connection=connection)


def leave_tab(*, participant_id: UUID, tab: str) -> None:
    """Gives up the seat if that tab holds it, by whatever connection."""
    _end_presences(participant_id=participant_id, tab=tab)


def connection_lost(*, connection: str) -> None:
    """The connection is gone, whatever seats it held."""
    _end_presences(connection=connection)


def still_here(*, participant_id: UUID, connection: str) -> bool:
    """Notes a sign of life. False: this connection does not hold the seat (any more)."""
    holds = Presence.objects.filter(participant_id=participant_id, connection=connection, left_at=None)
    return holds.update(seen_at=Now()) == 1


def end_silent_presences() -> int:
    """Ends presences that gave no sign of life for `SILENCE`, as of the last one; returns how many."""
    silent = Presence.objects.filter(left_at=None, seen_at__lt=Now() - SILENCE)
    meetings = list(silent.values_list("pk", "participant__meeting_id"))
    ended = silent.filter(pk__in=[pk for pk, _meeting in meetings]).update(left_at=F("seen_at"))
    for meeting_id in {meeting for _pk, meeting in meetings}:
        tell_both(meeting_id, "meeting.peer")
    return ended


def _must_be_open(meeting: Meeting) -> None:
    view = meeting_view(meeting)
    if view.is_open:
        return
    if view.state == MeetingState.WAITING and view.now < view.opens_at:
        raise Refused(_("The room is not open yet."), code="not_ready_to_join")
    raise Refused(_("The meeting is over."), code="meeting_over")


def _take_seat(participant: Participant, present: Presence | None, connection: str, tab: str) -> None:
    if present:
        Presence.objects.filter(pk=present.pk).update(left_at=Now())
        if present.tab != tab:
            tell_connection(present.connection, "meeting.replaced", {})
    Presence.objects.create(
        participant=participant, connection=connection, tab=tab, joined_at=Now(), seen_at=Now()
    )
    arrive(meeting_id=participant.meeting_id, role=participant.role)


def _end_presences(**which: object) -> None:
    """`left_at` never before `joined_at`: both are the database's clock."""
    with transaction.atomic():
        ended = list(
            Presence.objects.select_for_update(of=("self",))
            .filter(left_at=None, **which)
            .values_list("pk", "participant__meeting_id")
        )
        Presence.objects.filter(pk__in=[pk for pk, _meeting in ended]).update(left_at=Now())
        for meeting_id in {meeting for _pk, meeting in ended}:
            tell_both(meeting_id, "meeting.peer")
