from __future__ import annotations

import json

import pytest
from channels.layers import get_channel_layer
from channels_redis.core import RedisChannelLayer
from redis.exceptions import ConnectionError

from core.errors import Conflict
from live import push, registry, tickets
from live.limits import Pace
from live.tests.talk import talker, tell

pytestmark = pytest.mark.django_db(transaction=True)


@registry.handles("test.breaks")
def breaks(connection, payload):
    raise ZeroDivisionError


@registry.handles("test.refuses")
def refuses(connection, payload):
    raise Conflict("Somebody was first.", code="too_late")


async def connected():
    client = talker(token=tickets.issue("participant:7", 60))
    await client.connect()
    return client


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "7",
        "null",
        '{"event": 7}',
        '{"payload": {}}',
        '{"event": "ping", "payload": 3}',
        "[" * 9000,
    ],
)
def test_what_is_no_message_is_answered_and_forgiven(text):
    async def story():
        client = await connected()
        await client.send(text=text)
        assert (await client.hear("error"))["code"] == "bad_message"
        await client.say("ping")
        assert await client.hear("pong")
        await client.disconnect()

    tell(story)


@pytest.mark.parametrize(
    ("event", "code"),
    [("test.nothing", "unknown_event"), ("test.breaks", "error"), ("test.refuses", "too_late")],
)
def test_errors_name_the_event(event, code):
    async def story():
        client = await connected()
        await client.say(event)
        error = await client.hear("error")
        assert (error["code"], error["event"]) == (code, event)
        assert "Zero" not in json.dumps(error)
        await client.say("ping")
        assert await client.hear("pong")
        await client.disconnect()

    tell(story)


def test_too_much_at_once_closes():
    async def story():
        for frame in ({"text": "x" * 70_000}, {"data": b"{}"}):
            client = await connected()
            await client.send(**frame)
            assert await client.closing() == 1009

    tell(story)


def test_a_flood_is_slowed_and_then_closed():
    async def story():
        client = await connected()
        for _message in range(800):
            await client.say("test.nothing")
        assert await client.closing() == 4429

    tell(story)


def test_the_pace_lets_bursts_pass_and_then_the_stream():
    pace = Pace(burst=3, per_second=0)
    assert [pace.allows() for _message in range(5)] == [True, True, True, False, False]


def test_an_event_has_one_handler():
    with pytest.raises(RuntimeError):
        registry.handles("test.breaks")(refuses)


def test_a_broken_layer_is_forgiven(settings):
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": ["redis://127.0.0.1:1/0"]},
        }
    }
    push.send("user:1", "test.news", {})


def test_when_the_layer_goes_away_everybody_is_asked_to_come_back(monkeypatch):
    async def story():
        client = await connected()
        assert await client.closing() == 1013

    async def gone(self, channel):
        raise ConnectionError

    monkeypatch.setattr(RedisChannelLayer, "receive", gone)
    tell(story)


def test_quiet_connections_are_not_cut():
    """redis-py gives up reading after as many seconds as the layer waits for news, unless told otherwise."""
    layer = get_channel_layer()
    assert layer.hosts[0]["socket_timeout"] > layer.brpop_timeout
