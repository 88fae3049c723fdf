"""Rows and keys back into the database, in one transaction: all of it, or nothing.

Keys unite: those of the file and those that are there. What is destroyed in either stays destroyed, and of two
envelopes of one key the one of the newer master key counts.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from django.apps import apps

from core.backup.keyfile import KeyFile
from core.backup.postgresql import BackupFailed, environment, let_go, program, require_stopped
from core.models import DataKey

_KEYS = f"public.{DataKey._meta.db_table}"
_COLUMNS = "id, wrapped, created_at, destroyed_at"
_LOST = "VICITA_LOST_KEYS"

_TAKE_FILE = f"""
CREATE TEMPORARY TABLE kept_keys (
    id uuid PRIMARY KEY, wrapped bytea NOT NULL, created_at timestamptz NOT NULL, destroyed_at timestamptz
) ON COMMIT DROP;
COPY pg_temp.kept_keys ({_COLUMNS}) FROM stdin;
"""
_TAKE_THERE = f"""
DO $unite$ BEGIN
    IF to_regclass('{_KEYS}') IS NOT NULL THEN
        INSERT INTO pg_temp.kept_keys AS kept SELECT {_COLUMNS} FROM {_KEYS}
        ON CONFLICT (id) DO UPDATE SET
            destroyed_at = coalesce(kept.destroyed_at, excluded.destroyed_at),
            wrapped = CASE
                WHEN coalesce(kept.destroyed_at, excluded.destroyed_at) IS NOT NULL THEN ''
                WHEN substring(excluded.wrapped, 2, 2) > substring(kept.wrapped, 2, 2) THEN excluded.wrapped
                ELSE kept.wrapped
            END;
    END IF;
END $unite$;
"""  # noqa: S608  (names of our own)
# As PostgreSQL makes it in a new database.
_EMPTY = """
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
ALTER SCHEMA public OWNER TO pg_database_owner;
GRANT USAGE ON SCHEMA public TO PUBLIC;
"""
# Before there is an index, where rows are restored; else over what is there.
_PUT_KEYS = f"INSERT INTO {_KEYS} ({_COLUMNS}) SELECT {_COLUMNS} FROM pg_temp.kept_keys;\n"  # noqa: S608
_PUT_KEYS_OVER = f"""
INSERT INTO {_KEYS} AS there ({_COLUMNS}) SELECT {_COLUMNS} FROM pg_temp.kept_keys
ON CONFLICT (id) DO UPDATE SET wrapped = excluded.wrapped, destroyed_at = excluded.destroyed_at
    WHERE (there.wrapped, there.destroyed_at) IS DISTINCT FROM (excluded.wrapped, excluded.destroyed_at);
"""  # noqa: S608  (names of our own)

_afterwards: list[Callable[[], Any]] = []


def on_restored(again: Callable[[], Any]) -> None:
    """Called when the apps are ready. `again` does what old rows have undone, however they came; idempotent, and cheap
    where there is nothing to do: every start asks."""
    if again not in _afterwards:
        _afterwards.append(again)


def restore_rows(rows: Path, keys: KeyFile | None, *, accept_lost: bool = False) -> None:
    """All rows are those of the file from now on; keys are united. Without a file of keys, those that are there.

    `accept_lost`: rows whose keys are nowhere are taken for erased. Raises BackupFailed.
    """
    require_stopped()

    def write(script: IO[bytes]) -> None:
        _take_keys(script, keys)
        _say(script, _EMPTY)
        _section(script, rows, "pre-data")
        _section(script, rows, "data")
        _say(script, _PUT_KEYS)
        for table, column in _holders():
            _say(script, _note_lost(table, column) if accept_lost else _refuse_lost(table, column))
        _section(script, rows, "post-data")

    _run(write)


def restore_keys(keys: KeyFile) -> None:
    """The keys of the file beside the rows that are there. Raises BackupFailed."""
    require_stopped()

    def write(script: IO[bytes]) -> None:
        _take_keys(script, keys)
        _say(script, _PUT_KEYS_OVER)

    _run(write)


def put_right() -> None:
    """What old rows have undone is done anew, as erasing people."""
    for again in _afterwards:
        again()


def _take_keys(script: IO[bytes], keys: KeyFile | None) -> None:
    _say(script, _TAKE_FILE)
    for line in keys.lines if keys else ():
        script.write(line.encode() + b"\n")
    script.write(b"\\.\n")
    _say(script, _TAKE_THERE)


def _holders() -> list[tuple[str, str]]:
    """Every table and column that leads to a data key."""
    fields = [field for model in apps.get_models() for field in model._meta.concrete_fields]
    return [
        (field.model._meta.db_table, str(field.column)) for field in fields if field.related_model is DataKey
    ]


def _keyless(table: str, column: str) -> str:
    return (
        f"FROM public.{table} AS row WHERE row.{column} IS NOT NULL"
        f" AND NOT EXISTS (SELECT FROM {_KEYS} AS key WHERE key.id = row.{column})"
    )


def _refuse_lost(table: str, column: str) -> str:
    return _where_there_is(
        table,
        f"SELECT count(*) INTO lost {_keyless(table, column)}; "
        f"IF lost > 0 THEN RAISE EXCEPTION '{_LOST} % of {table}', lost; END IF;",
    )


def _note_lost(table: str, column: str) -> str:
    return _where_there_is(
        table,
        f"INSERT INTO {_KEYS} ({_COLUMNS}) SELECT DISTINCT row.{column}, ''::bytea, now(), now() "
        f"{_keyless(table, column)};",
    )


def _where_there_is(table: str, statement: str) -> str:
    """A file of an older version may lack a table."""
    return (
        "DO $look$ DECLARE lost bigint; BEGIN "
        f"IF to_regclass('public.{table}') IS NOT NULL THEN {statement} END IF; END $look$;\n"
    )


def _section(script: IO[bytes], rows: Path, section: str) -> None:
    command = [program("pg_restore"), "--no-owner", "--no-privileges", "--no-comments"]
    command += [f"--section={section}", "--file=-", str(rows)]
    script.flush()
    done = subprocess.run(command, stdout=script, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        raise BackupFailed(f"{rows} cannot be read:\n{done.stderr.decode(errors='replace').strip()}")


def _say(script: IO[bytes], sql: str) -> None:
    script.write(sql.encode())


def _run(write: Callable[[IO[bytes]], None]) -> None:
    """What `write` says, in one transaction; nothing of it when `write` fails."""
    command = [program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    psql = subprocess.Popen(command, env=environment(), stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert psql.stdin is not None  # noqa: S101
    try:
        _say(psql.stdin, "BEGIN;\n")
        write(psql.stdin)
        _say(psql.stdin, "COMMIT;\n")
    except BaseException as error:
        refused = isinstance(error, BrokenPipeError | BackupFailed) and _has_ended(psql)
        if not refused:
            psql.kill()  # before COMMIT: nothing has happened
            psql.communicate()
            raise
    _out, said = psql.communicate()
    if psql.returncode:
        raise BackupFailed(_in_words(said.decode(errors="replace")))
    let_go()


def _has_ended(psql: subprocess.Popen[bytes]) -> bool:
    """It stopped listening, and says why."""
    try:
        return psql.wait(0.5) != 0
    except subprocess.TimeoutExpired:
        return False


def _in_words(said: str) -> str:
    if _LOST in said:
        return (
            "The rows need keys that are neither in the file of keys nor in the database: that file is older than the "
            "rows. Nothing was changed. Take the latest file of keys; or --accept-lost, and whoever's key is nowhere "
            "counts as erased."
        )
    return f"Nothing was restored:\n{said.strip()}"
