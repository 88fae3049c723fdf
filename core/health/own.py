"""The gauges of what everything stands on: sweeps, outbox, queues, database, Valkey, clocks, disk, versions."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import django
from celery import current_app
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import valkey
from core.health.gauges import Level, Reading, gauge
from core.models import OutboxDelivery

WORK, PLACE, VERSIONS = (gettext_lazy("Work"), gettext_lazy("Machine and services"), gettext_lazy("Versions"))

# Longer than a delivery takes when all is well.
LATE_SECONDS = 60
MANY_TASKS = 200
LITTLE_DISK, TOO_LITTLE_DISK = 0.15, 0.05
CLOCKS_DIFFER_SECONDS = 2.0
MANY_CONNECTIONS = 0.8


@gauge("outbox", gettext_lazy("Outbox"), group=WORK)
def outbox() -> Iterator[Reading]:
    waiting = OutboxDelivery.objects.filter(done_at=None, dead_at=None)
    due = waiting.filter(due_at__lte=Now()).order_by("due_at")
    count, oldest = due.count(), due.values_list("due_at", flat=True).first()
    seconds = int((timezone.now() - oldest).total_seconds()) if oldest else 0
    level = Level.BAD if seconds > LATE_SECONDS else Level.FINE
    later = waiting.filter(due_at__gt=Now()).count()
    dead = OutboxDelivery.objects.filter(dead_at__isnull=False).count()
    yield Reading(_("Outbox: due now"), str(count), level, "outbox_due", count)
    yield Reading(
        _("Outbox: the oldest has waited"), _duration(seconds), level, "outbox_oldest_seconds", seconds
    )
    yield Reading(_("Outbox: to be tried again"), str(later), Level.FINE, "outbox_later", later)
    level = Level.BAD if dead else Level.FINE
    yield Reading(_("Outbox: given up"), str(dead), level, "outbox_dead", dead)


@gauge("queue", gettext_lazy("Queues"), group=WORK)
def queues() -> Iterator[Reading]:
    routes = {route["queue"] for route in (current_app.conf.task_routes or {}).values()}
    for name in sorted({current_app.conf.task_default_queue, *routes}):
        length = _of_valkey("llen", name)
        level = Level.WATCH if length > MANY_TASKS else Level.FINE
        title = _("Queue “%(name)s”") % {"name": name}
        yield Reading(title, str(length), level, f'queue_length{{queue="{name}"}}', length)


@gauge("database_connections", gettext_lazy("Database connections"), group=PLACE)
def connections() -> Iterator[Reading]:
    used, most, size = _row(
        "SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),"
        " current_setting('max_connections')::int, pg_database_size(current_database())"
    )
    level = Level.WATCH if used > most * MANY_CONNECTIONS else Level.FINE
    yield Reading(_("Database connections"), f"{used} / {most}", level, "database_connections", used)
    yield Reading(_("Database size"), filesizeformat(size), Level.FINE, "database_bytes", size)


@gauge("clock_database", gettext_lazy("Clock of the database"), group=PLACE)
def clock_of_database() -> Iterator[Reading]:
    yield _clock(_("Clock of the database, against ours"), "database", _row("SELECT clock_timestamp()")[0])


@gauge("clock_valkey", gettext_lazy("Clock of Valkey"), group=PLACE)
def clock_of_valkey() -> Iterator[Reading]:
    seconds, micros = _of_valkey("time")
    theirs = datetime.fromtimestamp(seconds + micros / 1e6, UTC)
    yield _clock(_("Clock of Valkey, against ours"), "valkey", theirs)


@gauge("disk", gettext_lazy("Free disk"), group=PLACE)
def disk() -> Iterator[Reading]:
    place = Path(os.environ.get("VICITA_VAR") or settings.BASE_DIR)
    usage = shutil.disk_usage(place)
    share = usage.free / usage.total
    level = Level.BAD if share < TOO_LITTLE_DISK else Level.WATCH if share < LITTLE_DISK else Level.FINE
    words = _("%(size)s of %(total)s") % {
        "size": filesizeformat(usage.free),
        "total": filesizeformat(usage.total),
    }
    yield Reading(_("Free disk of the application"), words, level, "disk_free_bytes", usage.free)


@gauge("version_vicita", "Vicita", group=VERSIONS)
def product() -> Iterator[Reading]:
    yield Reading("Vicita", revision() or _("unknown"), Level.FINE)
    yield Reading("Django", django.get_version())
    yield Reading("Python", platform.python_version())


@gauge("version_postgresql", "PostgreSQL", group=VERSIONS)
def postgresql() -> Iterator[Reading]:
    yield Reading("PostgreSQL", str(_row("SHOW server_version")[0]))


@gauge("version_valkey", "Valkey", group=VERSIONS)
def valkey_version() -> Iterator[Reading]:
    about = _of_valkey("info", "server")
    name = "Valkey" if "valkey_version" in about else "Redis"
    yield Reading(name, str(about.get("valkey_version") or about["redis_version"]))


@cache
def revision() -> str:
    """Which commit this is: as the image says (VICITA_REVISION), or the checkout; "" where nobody knows."""
    if said := os.environ.get("VICITA_REVISION", ""):
        return said
    git = Path(settings.BASE_DIR) / ".git"
    try:
        head = (git / "HEAD").read_text().strip()
        name = head.removeprefix("ref: ")
        return ((git / name).read_text().strip() if name != head else head)[:12]
    except OSError:
        return ""


def _clock(title: str, whose: str, theirs: datetime) -> Reading:
    seconds = (theirs - timezone.now()).total_seconds()
    level = Level.WATCH if abs(seconds) > CLOCKS_DIFFER_SECONDS else Level.FINE
    return Reading(
        title,
        f"{round(seconds, 2) + 0.0:+.2f} s",
        level,
        f'clock_difference_seconds{{of="{whose}"}}',
        seconds,
    )


def _duration(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _row(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


def _of_valkey(command: str, *arguments: str) -> Any:
    """Raises where it does not answer; whoever asks next does not wait for it again."""
    if valkey.is_away():
        raise ConnectionError
    try:
        answer = getattr(valkey.client(), command)(*arguments)
    except valkey.FAILURES as error:
        valkey.failed(error)
        raise
    valkey.answered()
    return answer
