"""Years of an audit: clocks go wrong, its key is changed on purpose, and what was verified need not be read again."""

from __future__ import annotations

import base64
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from core import keys
from core.audit import chain, sealing
from core.audit.in_turn import KEY_CHANGE, PATIENCE
from core.audit.verifying import Verification
from core.models import AuditSeal
from core.tests.audit_story import findings, sealed_rows, tamper, write_rows

pytestmark = pytest.mark.django_db
NEWER = base64.b64encode(b"the newer key of the audit: 32 b").decode()
YEAR = timedelta(days=365)


def read(**options):
    """What is wrong, and what is to be known."""
    one = Verification(**options)
    return list(one.findings()), list(one.notices())


def said_by_the_command(**options) -> str:
    out = StringIO()
    call_command("verify_audit", stdout=out, **options)
    return out.getvalue()


# --- Clocks --------------------------------------------------------------------------------------------


def test_a_row_of_a_clock_that_was_ahead_is_told_once_and_spoils_nothing(time_machine):
    now = timezone.now()
    time_machine.move_to(now + YEAR)
    (row,) = write_rows(1)
    time_machine.move_to(now)
    sealing.seal_due()
    for hours in range(1, 4):
        time_machine.move_to(now + timedelta(hours=hours))
        sealed_rows(2)
    wrong, told = read()
    assert wrong == []
    assert told == [
        f"row {row} is dated after the time of writing ({now + YEAR:%Y-%m-%d %H:%M}): a clock was ahead"
    ]


def test_when_the_clock_of_all_was_ahead_it_is_told_that_it_went_back(time_machine):
    now = timezone.now()
    time_machine.move_to(now + timedelta(hours=48))
    sealed_rows(2)
    time_machine.move_to(now)
    sealed_rows(2, 2)
    assert read() == ([], ["the clock went back at seal 2, by 48.0 hours"])
    assert "To be known: the clock went back" in said_by_the_command()


def test_it_is_not_waited_for_what_is_dated_ahead(time_machine):
    now = timezone.now()
    time_machine.move_to(now + YEAR)
    write_rows(2)
    time_machine.move_to(now)
    wrong, told = read()
    assert wrong == [] and "2 rows (" in told[0]


def test_what_comes_late_is_found_beside_a_clock_that_was_ahead(time_machine):
    now = timezone.now()
    time_machine.move_to(now + YEAR)
    write_rows(1)
    time_machine.move_to(now - 4 * PATIENCE)
    (late,) = write_rows(1)
    tamper("CREATE TEMP TABLE kept AS SELECT * FROM core_auditevent WHERE id = %s", [late])
    tamper("DELETE FROM core_auditevent WHERE id = %s", [late])
    time_machine.move_to(now)
    sealed_rows(2)
    tamper("INSERT INTO core_auditevent SELECT * FROM kept")
    time_machine.move_to(now + PATIENCE)
    sealed_rows(1)
    assert findings() == [f"row {late} is older than its seal 2 allows: inserted?"]


# --- Keys ----------------------------------------------------------------------------------------------


@pytest.fixture
def changed(settings):
    """Two seals of the key that stood alone, one after it got a newer one."""
    sealed_rows(2, 2)
    settings.AUDIT_KEY = f"1:{settings.AUDIT_KEY},2:{NEWER}"
    return sealed_rows(2)


def test_what_the_key_before_made_is_still_ours(changed):
    wrong, told = read()
    assert wrong == []
    assert told == [
        f"key {key} of AUDIT_KEY is needed for seals {span}" for key, span in ((1, "1 to 2"), (2, "3 to 3"))
    ]
    keys.require()


def test_the_newest_writes_in_whatever_order_they_stand(changed, settings):
    old, new = settings.AUDIT_KEY.split(",")
    settings.AUDIT_KEY = f"{new},{old}"
    sealed_rows(1)
    settings.AUDIT_KEY = new
    assert findings(first=3) == []


def test_without_the_old_key_what_it_made_is_read_no_more_and_the_rest_is(changed, settings):
    settings.AUDIT_KEY = f"2:{NEWER}"
    assert len(findings()) == 2 + 4
    assert read(first=3) == ([], [])


def test_processes_may_take_the_newer_key_one_after_the_other(changed, settings):
    both = settings.AUDIT_KEY
    settings.AUDIT_KEY = both.split(",")[0]
    sealed_rows(2)
    settings.AUDIT_KEY = both
    sealed_rows(1)
    assert findings() == []


def test_a_key_that_was_followed_long_ago_writes_nothing_any_more(changed, settings, time_machine):
    both = settings.AUDIT_KEY
    time_machine.move_to(timezone.now() + KEY_CHANGE + timedelta(hours=1))
    settings.AUDIT_KEY = both.split(",")[0]
    (row,) = sealed_rows(1)
    (waits,) = write_rows(1)
    settings.AUDIT_KEY = both
    assert findings() == [
        "seal 4 was made with key 1, long after a newer one had come",
        f"row {row} was written with key 1, long after a newer one had come (seal 4)",
        f"row {waits} was written with key 1, long after a newer one had come (not sealed yet)",
    ]


@pytest.mark.parametrize("column", ["action", "mac"])
def test_a_hand_on_a_row_of_the_old_key_is_found(changed, column):
    value = "'other'" if column == "action" else "'\\x00'"
    row = AuditSeal.objects.get(number=1).event_ids[0]
    tamper(f"UPDATE core_auditevent SET {column} = {value} WHERE id = %s", [row])
    assert len(findings()) == 1


@pytest.mark.parametrize("value", ["1:{key},1:{key}", "0:{key}", "1:{key},2:short", "{key},2:{key}", "1:"])
def test_what_are_no_keys_is_refused(settings, value):
    settings.AUDIT_KEY = value.format(key=NEWER)
    with pytest.raises(keys.WrongKeys, match="AUDIT_KEY") as refused:
        keys.require()
    assert NEWER not in str(refused.value)


# --- From a seal that was verified before ----------------------------------------------------------------


def test_from_a_seal_on_nothing_before_it_is_read(tmp_path):
    rows = sealed_rows(2, 2, 2)
    tamper("UPDATE core_auditevent SET action = 'other' WHERE id = %s", [rows[0]])
    assert len(findings()) == 1
    assert findings(first=2) == []
    assert said_by_the_command(first=3).endswith("2 rows, 1 seals: as they were written.\n")


def test_the_first_one_follows_the_one_before_it(tmp_path):
    sealed_rows(2, 2, 2)
    file = tmp_path / "seals.jsonl"
    file.write_text("".join(seal.as_line() + "\n" for seal in sealing.links()))
    other = "decode(repeat('00', 32), 'hex')"
    tamper(f"UPDATE core_auditseal SET digest = {other} WHERE number = 1")
    said = ["seal 2 does not follow the one before it"]
    assert findings(first=2) == said
    assert findings(first=2, file=file) == []
    tamper(f"UPDATE core_auditseal SET previous = {other} WHERE number = 2")
    assert said[0] in findings(first=2, file=file)


def test_an_export_is_checked_from_a_seal_on_too(tmp_path, capsys):
    sealed_rows(2, 2, 2)
    seals = list(sealing.links())
    whole, end = tmp_path / "whole.jsonl", tmp_path / "end.jsonl"
    whole.write_text("".join(seal.as_line() + "\n" for seal in seals))
    end.write_text("".join(seal.as_line() + "\n" for seal in seals[1:]))
    assert chain.main([str(whole), "--from", "2"]) == chain.main([str(end), "--from", "2"]) == 0
    assert chain.main([str(end)]) == 1
    assert "2 seals of 4 events: as they were made" in capsys.readouterr().out
    broken = [seals[1].as_line().replace(seals[1].previous.hex(), "00" * 32), seals[2].as_line()]
    whole.write_text("\n".join([seals[0].as_line(), *broken]))
    assert chain.main([str(whole), "--from", "2"]) == 1
