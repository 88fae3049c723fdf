"""Which worker does what: nothing that speaks to the outside may hold up a promise of time."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.celery import app

ROOT = Path(__file__).resolve().parents[2]
CLOCK = {"meetings.tasks.close_due", "meetings.tasks.end_silent_presences", "bookings.tasks.sweep"}


def queue_of(task: str) -> str:
    return str(app.amqp.router.route({}, task)["queue"].name)


def test_the_promises_of_time_have_a_queue_of_their_own():
    tasks = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert {task for task in tasks if queue_of(task) == "clock"} == CLOCK
    assert {queue_of(task) for task in tasks - CLOCK} == {"outside"}


@pytest.mark.parametrize("path", ["docker-compose.yml", "embedded/supervisor.py"])
def test_somebody_works_off_each_queue(path):
    text = (ROOT / path).read_text()
    wanted = ('worker("{}"', "-Q, {},")
    assert all(any(way.format(queue) in text for way in wanted) for queue in ("clock", "outside"))
