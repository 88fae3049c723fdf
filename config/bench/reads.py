"""(b) Free times by HTTP, of practices with more and more history, against a bare view under the same server."""

from __future__ import annotations

import json
from functools import partial

from config.bench.figures import Figure, in_turns
from config.bench.practices import make_practice, month_ahead, settle, workdays_from
from config.bench.server import Connection, request

HISTORIES = (10, 200, 2_000, 20_000)
AIMS = {"day": 1.3, "month": 3.0, "page": None}
NAMES = {"day": "slots of a day", "month": "slots of a month", "page": "public calendar page"}
GROWTH_AIM = 1.1


def _prepare() -> None:
    for number in HISTORIES:
        make_practice(_slug(number), bookings=number)
    settle()


def figures(port: int) -> list[Figure]:
    _prepare()
    connection = Connection(port)
    made: list[Figure] = []
    for what, aim in AIMS.items():
        ready = {str(number): request("GET", _paths(number)[what]) for number in HISTORIES}
        ready["bare"] = request("GET", f"/bare/{_slug(HISTORIES[0])}")
        calls = {name: partial(connection.send, sent) for name, sent in ready.items()}
        times = in_turns(calls, seconds=12)
        for number in HISTORIES:
            note = _note(connection, what, number)
            name = f"(b) {NAMES[what]}, {number:,} bookings"
            made.append(Figure(name, times[str(number)], times["bare"], aim=aim, note=note))
        most, fewest = times[str(HISTORIES[-1])], times[str(HISTORIES[0])]
        name = f"(b) {NAMES[what]}, growth {HISTORIES[0]} to {HISTORIES[-1]:,}"
        made.append(Figure(name, most, fewest, aim=GROWTH_AIM))
    return made


def _note(connection: Connection, what: str, number: int) -> str:
    body = connection.get(_paths(number)[what]).body
    size = f"{len(body) / 1024:.1f} KB"
    return size if what == "page" else f"{len(json.loads(body)['slots'])} free starts, {size}"


def _slug(number: int) -> str:
    return f"practice-{number}"


def _paths(number: int) -> dict[str, str]:
    first, last = month_ahead()
    day = next(workdays_from(first))
    slots = f"/api/v1/availability/slots?professional={_slug(number)}&service=consulta"
    return {
        "day": f"{slots}&from={day}&to={day}",
        "month": f"{slots}&from={first}&to={last}",
        "page": f"/p/{_slug(number)}/consulta/?month={first:%Y-%m}",
    }
