"""Early pytest plugin (`-p embedded.pytest_plugin`): throw-away services for the run (see `throwaway`).

The workers of pytest-xdist inherit the environment, and each takes a Redis database of its own.
"""

import os
from collections.abc import Generator
from urllib.parse import urlsplit

import pytest

from embedded.throwaway import Throwaway


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Before pytest-django reads the settings: they need all this in the environment."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    arguments = early_config.known_args_namespace
    if worker:
        _take_redis_database(int(worker.removeprefix("gw")) + 1)
    elif not (arguments.help or arguments.version):
        services = Throwaway()
        early_config.add_cleanup(services.stop)
        os.environ.update(services.start())
    return (yield)


def _take_redis_database(number: int) -> None:
    if url := os.environ.get("REDIS_URL"):
        os.environ["REDIS_URL"] = urlsplit(url)._replace(path=f"/{number}").geturl()
