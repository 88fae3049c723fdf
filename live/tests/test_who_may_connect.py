from __future__ import annotations

import pytest
from allauth.headless.tokens.strategies.jwt import internal
from django.contrib.sessions.backends.db import SessionStore

from live import push, registry, tickets
from live.tests.talk import outside, talker, tell

pytestmark = pytest.mark.django_db(transaction=True)


@registry.handles("test.who")
def who(connection, payload):
    connection.reply("test.you", {"person": connection.person})


def person_seen(**how) -> str:
    seen = []

    async def story():
        client = talker(**how)
        assert await client.connect()
        await client.say("test.who", {"person": "user:somebody-else"})
        seen.append((await client.hear("test.you"))["person"])
        assert client.subprotocol == ("vicita" if how.get("token") else None)
        await client.disconnect()

    tell(story)
    return seen[0]


def refused(**how) -> int:
    codes = []

    async def story():
        client = talker(**how)
        assert await client.connect()
        codes.append(await client.closing())

    tell(story)
    return codes[0]


def access_token(user, session_key: str) -> str:
    return internal.create_access_token(user, SessionStore(session_key), {})


def test_a_session_is_the_user(user, session_of):
    assert person_seen(session=session_of(user)) == f"user:{user.pk}"


def test_an_access_token_is_the_user(user, session_of):
    token = access_token(user, session_of(user))
    assert person_seen(token=token, origin="capacitor://app") == f"user:{user.pk}"


def test_a_ticket_is_whoever_it_says(transactional_db):
    assert person_seen(token=tickets.issue("participant:7", 60)) == "participant:7"


def test_a_token_decides_alone(user, session_of):
    assert refused(token="not.a.token", session=session_of(user)) == 4401
    ticket = tickets.issue("participant:7", 60)
    assert person_seen(token=ticket, session=session_of(user)) == "participant:7"


def test_nobody_is_closed_with_4401(transactional_db):
    assert refused() == 4401
    assert refused(session="nonsense") == 4401
    assert refused(token="nonsense") == 4401


def test_tickets_that_are_over_or_changed(transactional_db):
    ticket = tickets.issue("participant:7", 60)
    other = tickets.issue("participant:8", 60)
    assert refused(token=tickets.issue("participant:7", -1)) == 4401
    assert refused(token=other.split(".")[0] + "." + ticket.split(".")[1]) == 4401


def test_a_signed_out_session_leaves_its_tokens_behind(user, session_of):
    key = session_of(user)
    token = access_token(user, key)
    SessionStore(key).delete()
    assert refused(token=token) == 4401
    assert refused(session=key) == 4401


def test_an_inactive_user_is_nobody(user, session_of):
    key = session_of(user)
    token = access_token(user, key)
    user.is_active = False
    user.save()
    assert refused(session=key) == 4401
    assert refused(token=token) == 4401


@pytest.mark.parametrize(
    "origin", ["", "null", "https://evil.example", "http://localhost.evil.example", "http://localhost:81"]
)
def test_a_cookie_from_a_foreign_page_is_refused_before_the_handshake(user, session_of, origin):
    async def story():
        client = talker(session=key, origin=origin)
        assert not await client.connect()

    key = session_of(user)
    tell(story)


def test_other_paths_are_refused(transactional_db):
    async def story():
        assert not await talker(path="/ws/other").connect()

    tell(story)


def test_a_connection_ends_with_its_ticket(transactional_db):
    async def story():
        client = talker(token=tickets.issue("participant:7", 1))
        await client.connect()
        assert await client.closing() == 4401

    tell(story)


def test_every_tab_of_a_person_hears_and_nobody_else(user, session_of):
    async def story():
        first, second, other = (
            talker(session=key),
            talker(session=key),
            talker(token=tickets.issue("participant:7", 60)),
        )
        for client in (first, second, other):
            await client.connect()
            await client.say("ping")
            await client.hear("pong")
        await outside(push.send, f"user:{user.pk}", "test.news", {"on": user.created_at, "by": user.pk})
        assert (await first.hear("test.news"))["by"] == str(user.pk)
        assert await second.hear("test.news")
        assert await other.receive_nothing()
        for client in (first, second, other):
            await client.disconnect()

    key = session_of(user)
    tell(story)


def test_a_tab_that_left_hears_nothing_and_one_that_comes_back_hears_again(user, session_of):
    async def story():
        for _visit in range(2):
            client = talker(session=key)
            await client.connect()
            await outside(push.send, f"user:{user.pk}", "test.news", {})
            assert await client.hear("test.news") == {}
            await client.disconnect()

    key = session_of(user)
    tell(story)
