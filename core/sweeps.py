"""Signs of life of the sweeps: a row says when each last came through. A sweep that stopped is a promise of time
that nobody keeps, and nothing else would tell."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery import Task, current_app
from django.db import DatabaseError, InterfaceError
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import Heartbeat

log = logging.getLogger(__name__)

PAUSE = timedelta(seconds=30)
# How long after its time a sweep is missed: a start of the workers is quicker.
GRACE = timedelta(seconds=90)

_last_written: dict[tuple[str, bool], float] = {}  # of this process, by the monotonic clock


class WithHeartbeat(Task):
    """The base of all our tasks: those that the clockwork sends leave a sign of life."""

    abstract = True

    def on_success(self, retval: object, task_id: str, args: object, kwargs: object) -> None:
        if self.name in schedule():
            note(self.name)

    def on_failure(self, exc: Exception, task_id: str, args: object, kwargs: object, einfo: object) -> None:
        if self.name in schedule():
            note(self.name, error=exc)


@dataclass(frozen=True)
class State:
    title: str
    name: str
    every: timedelta
    since: datetime  # at the latest since then it is to run
    ran_at: datetime | None
    failed_at: datetime | None
    error: str

    @property
    def words_for_every(self) -> str:
        return _duration(self.every)

    @property
    def words_for_ago(self) -> str:
        """How long ago it last came through."""
        return _("%(time)s ago") % {"time": _duration(timezone.now() - (self.ran_at or self.since))}

    @property
    def is_late(self) -> bool:
        return timezone.now() - (self.ran_at or self.since) > 2 * self.every + GRACE

    @property
    def is_failing(self) -> bool:
        """Its last run was no good."""
        return self.failed_at is not None and (self.ran_at is None or self.failed_at > self.ran_at)


def schedule() -> dict[str, timedelta]:
    """Every sweep, by the name of its task, and how often it is to run."""
    entries = current_app.conf.beat_schedule or {}
    return {entry["task"]: timedelta(seconds=float(entry["schedule"])) for entry in entries.values()}


def note(name: str, *, error: Exception | None = None) -> None:
    """A sweep came through, or failed. Written at most every `PAUSE`; a database that is away is no news here."""
    key, now = (name, error is not None), time.monotonic()
    if now - _last_written.get(key, float("-inf")) < PAUSE.total_seconds():
        return
    _last_written[key] = now
    try:
        _write(name, error)
    except (DatabaseError, InterfaceError) as trouble:
        log.warning("no sign of life written", extra={"sweep": name, "error": type(trouble).__name__})


def states() -> Iterator[State]:
    """All that are to run, the most frequent first."""
    rows = Heartbeat.objects.in_bulk()
    since = _installed_at()
    entries = [
        (timedelta(seconds=float(entry["schedule"])), entry["task"], title)
        for title, entry in (current_app.conf.beat_schedule or {}).items()
    ]
    for every, name, title in sorted(entries):
        row = rows.get(name) or Heartbeat(name=name)
        yield State(_(title), name, every, since, row.ran_at, row.failed_at, row.error)


def _installed_at() -> datetime:
    """When this installation was last brought up to date: what is new in it has not run before."""
    applied = MigrationRecorder.Migration.objects.aggregate(last=Max("applied"))["last"]
    return applied or timezone.now()


def _duration(span: timedelta) -> str:
    seconds = max(0, round(span.total_seconds()))
    if seconds >= 3600:
        return f"{seconds // 3600} h"
    return f"{seconds // 60} min" if seconds >= 120 else f"{seconds} s"


def _write(name: str, error: Exception | None) -> None:
    """Of many processes one writes: who finds a fresh row leaves it."""
    field = "failed_at" if error else "ran_at"
    # The type alone: an error's text may carry personal data.
    facts = {field: Now()} | ({"error": type(error).__name__} if error else {})
    stale = Heartbeat.objects.filter(pk=name).exclude(**{f"{field}__gt": Now() - PAUSE})
    if not stale.update(**facts):
        Heartbeat.objects.bulk_create([Heartbeat(name=name, **facts)], ignore_conflicts=True)
