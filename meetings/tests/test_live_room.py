"""The room over the WebSocket: who hears what."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db.models import F

from live import tickets
from live.tests.talk import PATIENCE, outside, talker, tell
from meetings import hooks
from meetings.models import EndReason, Meeting, Presence
from meetings.selectors import meeting_view, participant_of, person_of
from meetings.services import close_due, end_meeting, start_clock

pytestmark = pytest.mark.django_db(transaction=True)

OFFER = {"type": "offer", "sdp": "v=0"}


@pytest.fixture(autouse=True)
def starts_itself(monkeypatch):
    monkeypatch.setattr(hooks, "_both_present", [lambda meeting_id: start_clock(meeting_id=meeting_id)])


@pytest.fixture
def ticket(meeting):
    def of(role: str) -> str:
        return tickets.issue(person_of(participant_of(meeting.pk, role).pk), 60)

    return {role: of(role) for role in ("professional", "patient")}


async def enter(token, tab):
    client = talker(token=token)
    assert await client.connect()
    await client.say("meeting.join", {"tab": tab})
    state = await client.hear("meeting.state")
    return client, state


async def enter_both(ticket):
    patient, _state = await enter(ticket["patient"], "tab-patient")
    professional, _state = await enter(ticket["professional"], "tab-professional")
    return professional, patient


async def go(*clients):
    for client in clients:
        await client.disconnect()


def test_both_are_told_of_the_start_and_share_the_clock(ticket):
    async def story():
        professional, patient = await enter_both(ticket)
        told = [await client.hear("meeting.started") for client in (professional, patient)]
        assert [state["state"] for state in told] == ["active", "active"]
        assert told[0]["ends_at"] == told[1]["ends_at"]
        assert abs(told[0]["remaining_ms"] - told[1]["remaining_ms"]) < 1000
        assert [state["role"] for state in told] == ["professional", "patient"]
        await go(professional, patient)

    tell(story)


def test_the_one_who_waits_hears_of_the_other(ticket):
    async def story():
        patient, state = await enter(ticket["patient"], "tab-patient")
        assert not state["peer_present"]
        professional, state = await enter(ticket["professional"], "tab-professional")
        assert state["peer_tab"] == "tab-patient"
        while not (peer := await patient.hear("meeting.peer"))["peer_present"]:
            pass
        assert peer["peer_tab"] == "tab-professional"
        await professional.say("meeting.leave")
        while (await patient.hear("meeting.peer"))["peer_present"]:
            pass
        await go(professional, patient)

    tell(story)


def test_a_page_loaded_anew_says_goodbye_for_the_one_before_it(ticket):
    async def story():
        patient, _state = await enter(ticket["patient"], "tab-patient")
        professional, _state = await enter(ticket["professional"], "tab-professional")
        anew = talker(token=ticket["patient"])
        assert await anew.connect()
        await anew.say("meeting.leave", {"tab": "tab-professional"})  # the other one's is not theirs
        await anew.say("meeting.leave", {"tab": "tab-patient"})
        while (await professional.hear("meeting.peer"))["peer_present"]:
            pass
        await anew.say("meeting.leave", {"tab": "no tab!"})
        assert (await anew.hear("error"))["code"] == "invalid"
        await anew.say("meeting.heartbeat")
        assert (await anew.hear("meeting.state"))["peer_present"]
        await go(professional, patient, anew)

    tell(story)


def test_signals_reach_the_other_tab_alone(ticket):
    async def story():
        professional, patient = await enter_both(ticket)
        await professional.say(
            "meeting.signal", {"to": "tab-patient", "from": "forged", "description": OFFER}
        )
        signal = await patient.hear("meeting.signal")
        assert signal == {"from": "tab-professional", "description": OFFER}
        candidate = {"candidate": "candidate:1", "sdpMid": "0", "more": "x"}
        await patient.say("meeting.signal", {"to": "tab-professional", "candidate": candidate})
        heard = (await professional.hear("meeting.signal"))["candidate"]
        assert heard["candidate"] == "candidate:1"
        assert "more" not in heard
        await professional.say("meeting.signal", {"to": "an-older-tab", "description": OFFER})
        await professional.say("ping")
        await professional.hear("pong")
        assert await nothing_of(patient, "meeting.signal")
        await go(professional, patient)

    tell(story)


async def nothing_of(client, event) -> bool:
    await client.say("ping")
    heard = []
    while not heard or heard[-1] != "pong":
        heard.append(json.loads((await client.receive_output(timeout=PATIENCE))["text"])["event"])
    return event not in heard


@pytest.mark.parametrize(
    "signal",
    [
        {},
        {"description": {"type": "offer", "sdp": "x" * 50_000}},
        {"description": {"type": "nonsense", "sdp": ""}},
        {"description": "v=0"},
        {"candidate": {"candidate": "x" * 3000}},
        {"candidate": []},
    ],
)
def test_signals_that_are_none_are_refused(ticket, signal):
    async def story():
        professional, patient = await enter_both(ticket)
        await professional.hear("meeting.started")
        await professional.say("meeting.signal", {"to": "tab-patient"} | signal)
        assert (await professional.hear("error"))["code"] == "invalid"
        await go(professional, patient)

    tell(story)


def test_an_outsider_reaches_no_room(ticket, new_meeting):
    """Charlie holds a ticket of another room, and Dora none of any room."""

    async def story():
        professional, patient = await enter_both(ticket)
        charlie, _state = await enter(foreign, "tab-charlie")
        await charlie.say("meeting.signal", {"to": "tab-patient", "description": OFFER})
        dora = talker(token=tickets.issue("user:7", 60))
        await dora.connect()
        for event in ("meeting.join", "meeting.signal", "meeting.leave", "meeting.heartbeat"):
            await dora.say(event, {"tab": "tab-of-dora", "to": "tab-patient", "participant": seat})
            assert (await dora.hear("error"))["code"] == "not_in_room"
        assert await nothing_of(patient, "meeting.signal")
        await go(professional, patient, charlie, dora)

    other = new_meeting()
    foreign = tickets.issue(person_of(participant_of(other.pk, "patient").pk), 60)
    seat = str(Presence.objects.none().count())
    tell(story)


def test_one_who_did_not_join_cannot_signal(ticket):
    async def story():
        professional, _state = await enter(ticket["professional"], "tab-professional")
        lurker = talker(token=ticket["patient"])
        await lurker.connect()
        await lurker.say("meeting.signal", {"to": "tab-professional", "description": OFFER})
        assert (await lurker.hear("error"))["code"] == "not_in_room"
        await go(professional, lurker)

    tell(story)


def test_nobody_is_connected_before_the_clock_runs(ticket, monkeypatch):
    async def story():
        professional, patient = await enter_both(ticket)
        await professional.say("meeting.signal", {"to": "tab-patient", "description": OFFER})
        assert (await professional.hear("error"))["code"] == "not_in_room"
        assert await nothing_of(patient, "meeting.signal")
        await go(professional, patient)

    monkeypatch.setattr(hooks, "_both_present", [])
    tell(story)


def test_the_old_tab_is_told_that_it_was_replaced(ticket):
    async def story():
        first, _state = await enter(ticket["patient"], "tab-first")
        second, _state = await enter(ticket["patient"], "tab-second")
        assert await first.hear("meeting.replaced") == {}
        await first.say("meeting.heartbeat")
        assert await first.hear("meeting.absent") == {}
        await first.say("meeting.join", {"tab": "tab-first", "again": True})
        assert (await first.hear("error"))["code"] == "replaced"
        await second.say("meeting.join", {"tab": "tab-second", "again": True})
        assert await second.hear("meeting.joined") == {"tab": "tab-second"}
        await go(first, second)

    tell(story)


def test_a_reconnect_of_the_same_tab_is_the_same_tab(ticket):
    async def story():
        professional, patient = await enter_both(ticket)
        await go(patient)
        while (await professional.hear("meeting.peer"))["peer_present"]:
            pass
        patient, state = await enter(ticket["patient"], "tab-patient")
        assert state["state"] == "active"
        while not (peer := await professional.hear("meeting.peer"))["peer_present"]:
            pass
        assert peer["peer_tab"] == "tab-patient"
        await go(professional, patient)

    tell(story)


def test_both_hear_the_end_by_the_clock(ticket, meeting):
    async def story():
        professional, patient = await enter_both(ticket)
        await outside(time_is_over, meeting)
        await outside(close_due)
        for client in (professional, patient):
            assert (await client.hear("meeting.ended"))["remaining_ms"] == 0
        await patient.say("meeting.join", {"tab": "tab-patient"})
        assert (await patient.hear("error"))["code"] == "meeting_over"
        await go(professional, patient)

    tell(story)


def test_both_hear_the_end_by_the_professional(ticket, meeting):
    async def story():
        professional, patient = await enter_both(ticket)
        await outside(end_meeting, meeting_id=meeting.pk, reason=EndReason.PROFESSIONAL)
        for client in (professional, patient):
            assert (await client.hear("meeting.ended"))["state"] == "ended"
        await go(professional, patient)

    tell(story)


def test_a_start_that_was_refused_is_tried_again_by_the_heartbeat(ticket, meeting, monkeypatch):
    async def story():
        professional, patient = await enter_both(ticket)
        assert (await outside(meeting_view, meeting.pk)).state == "waiting"
        busy.clear()
        await patient.say("meeting.heartbeat")
        assert (await professional.hear("meeting.started"))["state"] == "active"
        await go(professional, patient)

    def start_unless_busy(meeting_id):
        if not busy:
            start_clock(meeting_id=meeting_id)

    busy = [True]
    monkeypatch.setattr(hooks, "_both_present", [start_unless_busy])
    tell(story)


def test_those_who_wait_are_told_that_the_professional_is_busy(ticket, monkeypatch):
    async def story():
        patient, state = await enter(ticket["patient"], "tab-patient")
        assert state["host_busy"]
        await go(patient)

    monkeypatch.setattr(hooks, "_host_busy", [lambda meeting_id: True])
    tell(story)


def time_is_over(meeting):
    Meeting.objects.filter(pk=meeting.pk).update(
        started_at=F("started_at") - timedelta(hours=1), ends_at=F("ends_at") - timedelta(hours=1)
    )
