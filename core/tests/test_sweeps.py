"""Signs of life of the sweeps: written now and then, and missed when they stay away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from core import sweeps
from core.models import Heartbeat
from core.tasks import deliver_outbox

pytestmark = pytest.mark.django_db
OUTBOX = "core.tasks.deliver_outbox"


@pytest.fixture(autouse=True)
def new_process(monkeypatch):
    monkeypatch.setattr(sweeps, "_last_written", {})


def state():
    return next(state for state in sweeps.states() if state.name == OUTBOX)


def installed(monkeypatch, ago):
    monkeypatch.setattr(sweeps, "_installed_at", lambda: timezone.now() - ago)


def test_a_sweep_that_came_through_leaves_one():
    deliver_outbox.apply()
    assert state().ran_at is not None
    assert not (state().is_late or state().is_failing)


def test_not_at_every_run(django_assert_num_queries):
    sweeps.note(OUTBOX)
    with django_assert_num_queries(0):
        sweeps.note(OUTBOX)


def test_nor_where_another_process_just_did(monkeypatch):
    sweeps.note(OUTBOX)
    first = state().ran_at
    monkeypatch.setattr(sweeps, "_last_written", {})
    sweeps.note(OUTBOX)
    assert state().ran_at == first


def test_one_that_stays_away_is_late():
    sweeps.note(OUTBOX)
    Heartbeat.objects.update(ran_at=Now() - timedelta(seconds=93))
    assert not state().is_late
    Heartbeat.objects.update(ran_at=Now() - timedelta(seconds=100))
    assert state().is_late


def test_one_that_never_ran_is_late_some_time_after_it_was_installed(monkeypatch):
    installed(monkeypatch, timedelta(seconds=10))
    assert not state().is_late
    installed(monkeypatch, timedelta(seconds=100))
    assert state().is_late and state().ran_at is None


def test_one_that_fails_says_how_but_not_what(monkeypatch):
    def fail():
        raise ValueError("ana@example.com")

    monkeypatch.setattr("core.outbox.deliver_due", fail)
    deliver_outbox.apply()
    assert state().is_failing
    assert state().error == "ValueError"
    monkeypatch.undo()
    Heartbeat.objects.update(failed_at=Now() - timedelta(seconds=1))
    deliver_outbox.apply()
    assert not state().is_failing


def test_tasks_that_somebody_asked_for_leave_none():
    sweeps.WithHeartbeat().on_success(None, "", (), {})
    assert not Heartbeat.objects.exists()
