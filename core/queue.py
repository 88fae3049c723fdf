"""Hands work to the workers without depending on them.

Whatever matters is a row in the database that a sweep finds; a task sent here only makes it happen sooner.
So a broker that is down costs seconds, never the request nor the work.
"""

from __future__ import annotations

from typing import Any

from celery import current_app

from core import valkey

# Nobody needs to be hurried to what the sweeps did long ago.
EXPIRES_SECONDS = 60


def enqueue(task_name: str, *args: Any) -> None:
    """Sends a task by name, with ids as arguments; a broker out of reach is logged and forgiven."""
    if not valkey.answers():
        return
    try:
        current_app.send_task(task_name, args=args, retry=False, ignore_result=True, expires=EXPIRES_SECONDS)
    except valkey.FAILURES as error:
        valkey.failed(error)
