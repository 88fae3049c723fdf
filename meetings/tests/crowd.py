from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from core.errors import DomainError


def at_once(*functions: Callable[[], Any]) -> list[Any]:
    """Runs the functions at the same moment, each in a thread; answers, or the refusal each one met."""
    barrier = Barrier(len(functions))

    def run(function: Callable[[], Any]) -> Any:
        try:
            barrier.wait(30)
            return function()
        except DomainError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(functions)) as pool:
        return list(pool.map(run, functions))
