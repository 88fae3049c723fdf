"""Valkey hangs: a person waits for it once, and counting goes on in this process."""

import time

import pytest
from django.core.cache import cache

from core import valkey
from core.queue import enqueue

pytestmark = pytest.mark.usefixtures("silent_valkey")


def test_only_the_first_of_many_waits(silent_valkey):
    for _ in range(20):
        enqueue("core.tasks.deliver_outbox")
        cache.get("anything")
    assert len(silent_valkey) == 1


def test_the_cache_counts_in_this_process():
    assert cache.add("count", 1) and not cache.add("count", 1)
    assert cache.incr("count") == 2
    assert cache.get_many(["count", "other"]) == {"count": 2}


def test_after_the_pause_one_tries_again(monkeypatch):
    assert not valkey.answers()
    monkeypatch.setattr(valkey, "_away_until", time.monotonic() - 1)
    assert [valkey.is_away() for _ in range(3)] == [False, True, True]


def test_it_is_used_again_once_it_answers():
    assert not valkey.answers()
    valkey.answered()
    assert not valkey.is_away()
