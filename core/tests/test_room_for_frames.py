"""No depth of a request's calls is dearer than another (see `core.frames`)."""

from __future__ import annotations

import resource
import threading
from collections.abc import Callable

from django.http import HttpResponse
from django.test import RequestFactory

from core.frames import RoomForFrames

DEEPEST, CALLS = 250, 300


def most_memory_asked_for(call: Callable[[Callable[[], None]], object]) -> int:
    """How often, at the worst depth, many calls from there made the system hand out memory. In a thread of its own,
    whose frames begin with an empty chunk."""
    asked: list[int] = []

    def look() -> None:
        for depth in range(DEEPEST):
            before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
            deep(depth)
            asked.append(resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before)

    thread = threading.Thread(target=call, args=[look])
    thread.start()
    thread.join()
    return max(asked)


def deep(depth: int) -> None:
    if depth:
        deep(depth - 1)
        return
    for _call in range(CALLS):
        nothing()


def nothing() -> None:
    pass


def within_a_request(look: Callable[[], None]) -> None:
    def answer(_request: object) -> HttpResponse:
        look()
        return HttpResponse()

    RoomForFrames(answer)(RequestFactory().get("/"))


def test_calls_at_the_border_of_a_chunk_ask_the_system_for_memory_each_time():
    assert most_memory_asked_for(lambda look: look()) >= CALLS


def test_within_a_request_there_is_no_such_border():
    assert most_memory_asked_for(within_a_request) < CALLS / 10
