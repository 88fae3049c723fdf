"""Gauges: each says what it reads, and what cannot be read says that."""

from __future__ import annotations

import time

import pytest
from django.db import connection

from core.health import Level, Reading, gauges, read_all
from core.models import OutboxDelivery, OutboxEvent
from core.tests.sweeps import all_came_through

pytestmark = pytest.mark.django_db


@pytest.fixture
def only(monkeypatch):
    """Registers gauges of this test alone."""
    monkeypatch.setattr(gauges, "_known", {})

    def register(name, read):
        gauges.gauge(name, name, group="group")(read)

    return register


@pytest.fixture
def unhurried(monkeypatch):
    """On a busy machine all of them together take longer than a person should wait."""
    monkeypatch.setattr(gauges, "PATIENCE_SECONDS", 30)


def levels():
    return [reading.level for _gauge, readings in read_all() for reading in readings]


def test_one_that_fails_leaves_the_others(only):
    def fails():
        yield Reading("first", "1")
        raise ConnectionError

    only("fails", fails)
    only("works", lambda: [Reading("works", "1")])
    assert levels() == [Level.UNKNOWN, Level.FINE]


def test_one_that_breaks_the_database_too(only):
    def broken():
        connection.cursor().execute("SELECT nonsense")

    only("broken", broken)
    only("works", lambda: [Reading("works", str(OutboxDelivery.objects.count()))])
    assert levels() == [Level.UNKNOWN, Level.FINE]


def test_one_that_takes_too_long_is_cut_off(only, monkeypatch):
    monkeypatch.setattr(gauges, "PATIENCE_SECONDS", 0.1)
    only("slow", lambda: [Reading("slow", str(connection.cursor().execute("SELECT pg_sleep(20)")))])
    only("next", lambda: [Reading("next", "1")])
    began = time.monotonic()
    assert levels() == [Level.UNKNOWN, Level.FINE]
    assert time.monotonic() - began < 10


@pytest.mark.usefixtures("unhurried")
def test_our_own_read_what_is_there():
    event = OutboxEvent.objects.create(topic="topic", payload={})
    now = event.created_at
    OutboxDelivery.objects.create(event=event, handler="a", due_at=now, dead_at=now)
    read = {reading.metric: reading for _gauge, readings in read_all() for reading in readings}
    assert (read["outbox_dead"].number, read["outbox_dead"].level) == (1, Level.BAD)
    assert read['queue_length{queue="clock"}'].level == Level.FINE
    assert abs(read['clock_difference_seconds{of="database"}'].number) < 60
    assert Level.UNKNOWN not in levels()


@pytest.mark.usefixtures("unhurried")
def test_without_valkey_the_rest_is_read_and_one_waits_once(silent_valkey):
    readings = [reading for _gauge, readings in read_all() for reading in readings]
    assert len(silent_valkey) == 1
    unknown = {str(reading.title) for reading in readings if reading.level == Level.UNKNOWN}
    assert len(unknown) == 3, "queues, clock and version of Valkey"


def test_machines_read_them_with_the_token_alone(client, settings):
    all_came_through()
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "a-token"
    assert client.get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 404
    answer = client.get("/metrics", headers={"Authorization": "Bearer a-token"})
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = answer.content.decode().splitlines()
    assert "vicita_outbox_dead 0" in lines
    assert 'vicita_sweep_late{sweep="core.tasks.deliver_outbox"} 0' in lines
