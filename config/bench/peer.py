"""(d) The same month by `django-appointment`, in an environment of its own, on the same PostgreSQL server."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from datetime import date, datetime
from itertools import takewhile
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict

from bookings import selectors
from config.bench.figures import Figure, in_turns
from config.bench.practices import (
    ZONE,
    add_bookings,
    make_practice,
    month_ahead,
    settle,
    starts_of,
    workdays_from,
)

WANTED = ["django-appointment==3.12.0", "django==5.2.*", "psycopg[binary]==3.3.*"]
HOME = settings.BASE_DIR / "var" / "bench" / "peer"
SCRIPT = Path(__file__).with_name("peer_script.py")
APPOINTMENTS = 200
AIM = 10.0


class NotToBeHad(Exception):
    """The package cannot be installed here; the message says why."""


def figures() -> list[Figure]:
    """Raises NotToBeHad."""
    python = _install()
    service = make_practice("peer")
    first, last = month_ahead()
    taken = _taken(first, last)
    add_bookings(service, taken)
    settle()
    peer = Peer(python, {"first": f"{first}", "last": f"{last}", "taken": _walls(taken)})

    def ours() -> list[datetime]:
        return selectors.free_slots(service=service, first=first, last=last, zone=ZONE)

    try:
        found = _walls(ours())
        assert found == peer.month(), "the peer finds other times"  # noqa: S101
        times = in_turns({"ours": ours, "peer": peer.month}, seconds=12, least=5)
    finally:
        peer.stop()
    note = f"{len(found)} free starts, {APPOINTMENTS} appointments, {WANTED[0]}"
    return [
        Figure("(d) the month by the peer", times["ours"], times["peer"], aim=AIM, at_least=True, note=note)
    ]


class Peer:
    """The other process: a line in, a month of starts out."""

    def __init__(self, python: Path, story: dict[str, Any]) -> None:
        environment = {"PATH": os.environ["PATH"], "PEER_DATABASE": json.dumps(_own_database())}
        self._process = subprocess.Popen(
            [python, SCRIPT],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self._ask(story)

    def month(self) -> list[str]:
        return list(self._ask("month"))

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)

    def _ask(self, what: Any) -> Any:
        assert self._process.stdin and self._process.stdout  # noqa: S101
        self._process.stdin.write(json.dumps(what) + "\n")
        return json.loads(self._process.stdout.readline())


def _install() -> Path:
    python = HOME / "bin" / "python"
    if (HOME / "done").exists():
        return python
    uv = Path(sys.executable).with_name("uv")
    commands: list[list[str | Path]] = [
        [uv, "venv", "--quiet", "--clear", "--python", sys.executable, HOME],
        [uv, "pip", "install", "--quiet", "--python", python, *WANTED],
    ]
    for command in commands:
        try:
            subprocess.run(command, check=True, timeout=120, capture_output=True, text=True)
        except (OSError, subprocess.SubprocessError) as error:
            said = getattr(error, "stderr", None) or str(error)
            raise NotToBeHad(said.strip()[-300:]) from error
    (HOME / "done").touch()
    return python


def _own_database() -> dict[str, str]:
    """A fresh one beside ours, in the words of Django's settings."""
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS peer")
        connection.execute("CREATE DATABASE peer")
    place = conninfo_to_dict(url)
    known = {name.upper(): str(place[name]) for name in ("host", "port", "user", "password") if name in place}
    return known | {"NAME": "peer", "ENGINE": "django.db.backends.postgresql"}


def _taken(first: date, last: date) -> list[datetime]:
    days = takewhile(lambda day: day <= last, workdays_from(first))
    chance = random.Random(1)  # noqa: S311  (the same ones every time)
    return sorted(chance.sample(list(starts_of(days)), APPOINTMENTS))


def _walls(starts: list[datetime]) -> list[str]:
    return [f"{start.astimezone(ZONE):%Y-%m-%dT%H:%M}" for start in starts]
