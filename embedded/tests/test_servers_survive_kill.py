"""Killed without warning, a server comes back where it was, with all that was acknowledged."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from embedded.postgres import Postgres
from embedded.valkey import Valkey


def test_postgres_comes_back_on_the_same_socket_with_its_data(home: Path) -> None:
    server = Postgres(home)
    process = server.start()
    url = server.url("postgres")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
    process.kill()
    process.wait()

    process = server.start()
    try:
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT number FROM kept").fetchone() == (1,)
    finally:
        process.kill()
        process.wait()


def test_a_stale_pid_file_that_names_another_program_is_no_obstacle(home: Path) -> None:
    server = Postgres(home)
    server.prepare()
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n")

    process = server.start()

    process.kill()
    process.wait()


def test_the_cluster_sorts_and_folds_spanish_letters_the_same_everywhere(home: Path) -> None:
    server = Postgres(home, options={"fsync": "off"})
    process = server.start()
    try:
        with psycopg.connect(server.url("postgres")) as connection:
            assert connection.execute("SELECT lower('ÁÑ'), upper('éü')").fetchone() == ("áñ", "ÉÜ")
    finally:
        process.kill()
        process.wait()


def test_valkey_comes_back_on_the_same_port_and_asks_for_its_password(home: Path) -> None:
    server = Valkey(home, password="secret")
    process = server.start()
    with redis.Redis.from_url(server.url()) as client:
        client.config_set("appendfsync", "always")
        client.set("kept", "1")
    process.kill()
    process.wait()

    process = server.start()
    try:
        with redis.Redis.from_url(server.url()) as client:
            assert client.get("kept") == b"1"
        stranger = redis.Redis(port=server.port, retry=Retry(NoBackoff(), 0))
        with pytest.raises(redis.AuthenticationError):
            stranger.ping()
    finally:
        process.kill()
        process.wait()
