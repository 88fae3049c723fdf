"""Every event of the WebSocket, sent by everybody: what is not in `docs/access.md` fails."""

from __future__ import annotations

import json

import pytest

from config.tests.access import COLUMNS, lines
from config.tests.access_world import World
from live import registry
from live.tests.talk import PATIENCE, Talker, talker, tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_product")]
EVENTS = [line for line in lines() if line.method == "live"]


def ticket_of(world: World, person: str) -> tuple[str, int]:
    """For the room of the running booking, and with which status it was given."""
    address = f"/api/v1/bookings/{world.bookings['running'].pk}/join-meeting"
    answer = world.client(person).get(address)
    return (answer.json().get("join") or {}).get("ticket", ""), answer.status_code


async def answer_to(client: Talker, event: str) -> int:
    """200 when it was taken, 403 when not: what is said until the answer to a `ping` that came after it."""
    if event != "ping":
        await client.say(event, {"tab": "a-tab-of-mine"})
    await client.say("ping")
    refused = False
    while True:
        heard = json.loads((await client.receive_output(timeout=PATIENCE))["text"])
        refused = refused or (heard["event"] == "error" and heard["payload"]["event"] == event)
        if heard["event"] == "pong":
            return 403 if refused else 200


@pytest.mark.parametrize("about", ["", "ticket"])
def test_everybody_gets_the_answers_of_the_page(about):
    world = World()
    asked = [line for line in EVENTS if line.about == about]
    keys = {person: world.client(person).session.session_key for person in COLUMNS if person != "nobody"}
    tickets = {person: ticket_of(world, person) for person in COLUMNS}
    found: dict[str, list[int]] = {}

    async def story() -> None:
        for person in COLUMNS:
            ticket, status = tickets[person]
            if about and not ticket:
                found[person] = [status] * len(asked)
                continue
            client = talker(token=ticket) if about else talker(session=keys.get(person, ""))
            await client.connect()
            if not about and person in {"nobody", "new_it_admin"}:
                assert await client.closing() == 4401
                found[person] = [401] * len(asked)
                continue
            found[person] = [await answer_to(client, line.address) for line in asked]
            await client.disconnect()

    tell(story)
    for person in COLUMNS:
        assert found[person] == [int(line.answers[person]) for line in asked], person


def test_every_event_is_on_the_page():
    there = {event for event in registry._handlers if not event.startswith("test.")} | {"ping"}
    assert {line.address for line in EVENTS} == there
