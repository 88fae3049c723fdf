"""Whoever owns the database and not the key is found out, and by name."""

from __future__ import annotations

import random
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings, strategies

from core import audit
from core.audit import sealing, verifying
from core.audit.chain import NOTHING, digest_of
from core.audit.codes import mac_of_seal
from core.audit.verifying import PATIENCE
from core.models import AuditEvent, AuditSeal
from core.tests.audit_story import findings, sealed_rows, tamper, write_rows

pytestmark = pytest.mark.django_db

COLUMNS = {
    "at": "at - interval '1 second'",
    "action": "'other'",
    "actor_id": "gen_random_uuid()",
    "role": "'guest'",
    "via": "'page'",
    "route": "'elsewhere'",
    "address": "'::1'",
    "request_id": "'x'",
    "object_type": "'x.y'",
    "object_id": "'7'",
    "subjects": "'{}'",
    "facts": "'{\"number\": 9}'",
    "mac": "'\\x00'",
    "seal_id": "NULL",
}


@pytest.fixture
def rows():
    return sealed_rows(2, 2, 2)


def test_no_column_is_forgotten():
    assert {*COLUMNS} == {field.column for field in AuditEvent._meta.concrete_fields} - {"id"}


@pytest.mark.parametrize("column", COLUMNS)
def test_a_row_that_was_changed(rows, column):
    tamper(f"UPDATE core_auditevent SET {column} = {COLUMNS[column]} WHERE id = %s", [rows[3]])
    (said,) = findings()
    assert f"row {rows[3]} " in said


@pytest.mark.parametrize(
    "column", ["number", "sealed_at", "event_ids", "event_macs", "previous", "digest", "mac"]
)
def test_a_seal_that_was_changed(rows, column):
    other = {
        "number": "9",
        "sealed_at": "now()",
        "event_ids": "event_ids[1:1]",
        "event_macs": "substring(event_macs from 2)",
    }.get(column, "decode(repeat('00', 32), 'hex')")
    tamper(f"UPDATE core_auditseal SET {column} = {other} WHERE number = 2")
    assert any("seal 2 " in said for said in findings())


@pytest.mark.parametrize("which", [0, 2, 5])
def test_a_row_that_is_gone(rows, which):
    tamper("DELETE FROM core_auditevent WHERE id = %s", [rows[which]])
    assert findings() == [f"row {rows[which]} is missing (seal {which // 2 + 1})"]


@pytest.mark.parametrize("number", [1, 2])
def test_a_seal_that_is_gone(rows, number):
    tamper("DELETE FROM core_auditseal WHERE number = %s", [number])
    assert findings()[0] == f"seal {number} is missing"


def test_the_newest_seals_cut_off_with_all_they_closed(rows, tmp_path):
    file = tmp_path / "seals.jsonl"
    file.write_text("".join(seal.as_line() + "\n" for seal in sealing.links()))
    tamper("DELETE FROM core_auditevent WHERE seal_id > 1")
    tamper("DELETE FROM core_auditseal WHERE number > 1")
    assert findings() == []  # nothing inside the database could tell
    assert findings(file=file) == [f"seal {number} was cut off: the file has it" for number in (2, 3)]


def test_rows_that_changed_places(rows):
    tamper("UPDATE core_auditevent SET id = -id WHERE id = ANY(%s)", [[rows[0], rows[4]]])
    tamper("UPDATE core_auditevent SET id = %s WHERE id = %s", [rows[4], -rows[0]])
    tamper("UPDATE core_auditevent SET id = %s WHERE id = %s", [rows[0], -rows[4]])
    said = "\n".join(findings())
    assert f"row {rows[0]} was replaced by another one, or put in another place (seal 1)" in said
    assert f"row {rows[4]} was replaced by another one, or put in another place (seal 3)" in said


def test_seals_that_changed_places(rows):
    for before, after in ((2, 9), (3, 2), (9, 3)):
        tamper("UPDATE core_auditseal SET number = %s WHERE number = %s", [after, before])
    said = findings()
    assert {f"seal {number} was changed, or put in another place" for number in (2, 3)} <= {*said}


def forge(**changed):
    """A copy of a row, as well as it can be made without the key."""
    columns = [field.column for field in AuditEvent._meta.concrete_fields if field.column != "id"]
    values = ", ".join(changed.get(column, column) for column in columns)
    names = ", ".join(columns)
    copy = f"INSERT INTO core_auditevent ({names}) SELECT {values} FROM core_auditevent ORDER BY id LIMIT 1"
    tamper(copy)
    return AuditEvent.objects.latest("pk").pk


def test_a_row_that_was_inserted(rows):
    row = forge(action="'other'", seal_id="NULL", mac="decode(repeat('ab', 32), 'hex')")
    assert findings() == [f"row {row} was inserted or changed: its code is not ours (not sealed yet)"]
    sealing.seal_due()
    assert findings() == [f"row {row} was changed (seal 4)"]


def test_a_row_that_was_inserted_into_a_seal(rows):
    row = forge(action="'other'", seal_id="2")
    assert f"row {row} was inserted: seal 2, which it names, does not know it" in findings()


@pytest.mark.parametrize("number", [0, -5])
def test_a_row_that_names_a_seal_before_the_first(rows, number):
    row = forge(action="'other'", seal_id=str(number), mac="decode(repeat('ab', 32), 'hex')")
    assert findings() == [f"row {row} was inserted: seal {number}, which it names, does not know it"]
    tamper(
        "INSERT INTO core_auditseal SELECT %s, sealed_at, ARRAY[%s], previous, digest, mac, event_macs"
        " FROM core_auditseal WHERE number = 1",
        [number, row],
    )
    assert findings()[0] == f"seal {number} was inserted: the first one is 1"
    assert f"row {row} was inserted: seal {number}, which it names, does not know it" in findings()


@pytest.mark.parametrize(
    "hand",
    [
        "UPDATE core_auditevent SET at = 'infinity' WHERE seal_id = 2",
        "UPDATE core_auditseal SET sealed_at = 'infinity' WHERE number = 2",
        "UPDATE core_auditseal SET sealed_at = '1900-01-01' WHERE number = 2",
        "UPDATE core_auditseal SET event_ids[1] = -3 WHERE number = 2",
        "UPDATE core_auditseal SET event_ids[1] = NULL WHERE number = 2",
    ],
)
def test_what_nobody_can_read_is_found(rows, hand):
    tamper(hand)
    said = findings()
    assert any("what nobody can read" in line or "seal 2 " in line for line in said), said


def test_a_seal_made_while_the_audit_is_read(rows, tmp_path, monkeypatch):
    def growing(_file):
        yield from list(sealing.links())
        write_rows(1)
        sealing.seal_due()
        yield list(sealing.links())[-1]

    monkeypatch.setattr(verifying, "anchors", growing)
    assert findings(file=tmp_path) == []


def test_a_file_that_is_none(rows, tmp_path):
    with pytest.raises(CommandError, match="is not there"):
        call_command("verify_audit", seals=tmp_path / "gone.jsonl")
    file = tmp_path / "seals.jsonl"
    file.write_text("no seal\n")
    assert findings(file=file) == [f"{file} holds no seal"]


def test_a_copy_of_a_row(rows):
    row = forge(seal_id="NULL")
    assert findings() == [f"row {row} was inserted: it is a copy of row {rows[0]}"]
    sealing.seal_due()
    assert findings() == [f"row {row} was inserted: it is a copy of row {rows[0]}"]


def test_a_row_that_waits_too_long(rows, time_machine):
    time_machine.move_to(timezone.now() - PATIENCE - timedelta(minutes=1))
    (row,) = write_rows(1)
    time_machine.move_to(timezone.now() + 2 * PATIENCE)
    assert findings() == [f"row {row} was inserted: it is not sealed, though later ones are"]


def test_when_nobody_seals_it_is_said(time_machine):
    time_machine.move_to(timezone.now() - 2 * PATIENCE)
    (row,) = write_rows(1)
    time_machine.move_to(timezone.now() + 3 * PATIENCE)
    (said,) = findings()
    assert said.startswith(f"row {row} waits for its seal since")


def test_the_whole_chain_made_anew_without_the_key(rows, tmp_path):
    file = tmp_path / "seals.jsonl"
    file.write_text("".join(seal.as_line() + "\n" for seal in sealing.links()))
    tamper("DELETE FROM core_auditevent WHERE id = %s", [rows[1]])
    previous = NOTHING
    for seal in AuditSeal.objects.order_by("number"):
        left = AuditEvent.objects.filter(seal=seal).order_by("pk").values_list("pk", "mac")
        events = [(number, bytes(mac)) for number, mac in left]
        digest = digest_of(previous, seal.number, seal.sealed_at, events)
        tamper(
            "UPDATE core_auditseal SET event_ids = %s, event_macs = %s, previous = %s, digest = %s WHERE number = %s",
            [[pk for pk, _ in events], b"".join(mac for _, mac in events), previous, digest, seal.number],
        )
        previous = digest
    made = [f"seal {number} was not made with the key of the application" for number in (1, 2, 3)]
    assert findings() == made
    # Nor does the key help whoever cannot write the file.
    for seal in AuditSeal.objects.all():
        mac = mac_of_seal(bytes(seal.digest))
        tamper("UPDATE core_auditseal SET mac = %s WHERE number = %s", [mac, seal.number])
    assert findings() == []
    assert findings(file=file) == [f"seal {number} is not the one in the file" for number in (1, 2, 3)]


def test_the_command_says_each_and_fails(rows, settings, tmp_path):
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert out.getvalue().endswith("6 rows, 3 seals: as they were written.\n")
    tamper("DELETE FROM core_auditevent WHERE id = %s", [rows[0]])
    out = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_audit", stdout=out)
    assert stopped.value.code == 1
    assert f"row {rows[0]} is missing (seal 1)" in out.getvalue()


def test_older_rows_may_go_when_their_time_is_over(rows):
    tamper("DELETE FROM core_auditevent WHERE seal_id = 1")
    tamper("DELETE FROM core_auditseal WHERE number = 1")
    assert findings(first=2) == []


def test_another_key_is_no_key_of_ours(rows, settings):
    settings.AUDIT_KEY = settings.BLIND_INDEX_KEY
    assert len(findings()) == 6 + 3


@given(seed=strategies.integers(0, 2**32))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_hand_on_any_row_is_found(rows, seed):
    """One change somewhere, each undone again."""
    chance = random.Random(seed)
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT before")
    row, other = chance.sample(rows, 2)
    column = chance.choice(sorted(COLUMNS))
    hands = [
        lambda: tamper("DELETE FROM core_auditevent WHERE id = %s", [row]),
        lambda: tamper(f"UPDATE core_auditevent SET {column} = {COLUMNS[column]} WHERE id = %s", [row]),
        lambda: forge(seal_id=str(chance.choice([1, 2, 3, "NULL"]))),
        lambda: tamper(
            "UPDATE core_auditevent a SET facts = b.facts, mac = b.mac FROM core_auditevent b"
            " WHERE a.id = %s AND b.id = %s",
            [row, other],
        ),
    ]
    chance.choice(hands)()
    assert findings()
    with connection.cursor() as cursor:
        cursor.execute("ROLLBACK TO before")


def test_a_row_of_another_installation_is_none_of_ours(settings):
    """Its key is another one."""
    ours, settings.AUDIT_KEY = settings.AUDIT_KEY, settings.BLIND_INDEX_KEY
    row = audit.record("thing.done", subjects=[uuid4()]).pk
    settings.AUDIT_KEY = ours
    sealing.seal_due()
    assert findings() == [f"row {row} was changed (seal 1)"]
