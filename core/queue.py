"""Hands work to the workers without depending on them.

Whatever matters is a row in the database that a sweep finds; a task sent here only makes it happen sooner.
So a broker that is down costs seconds, never the request nor the work.
"""

from __future__ import annotations

import logging
from typing import Any

from celery import current_app
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def enqueue(task_name: str, *args: Any) -> None:
    """Sends a task by name, with ids as arguments; a broker out of reach is logged and forgiven."""
    try:
        current_app.send_task(task_name, args=args, retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        log.warning("broker out of reach", extra={"task": task_name, "error": type(error).__name__})
