"""Rows are closed in batches, one seal after the other."""

from __future__ import annotations

import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction

from core import audit
from core.audit import chain, sealing
from core.models import AuditEvent, AuditSeal
from core.tests.audit_story import findings, sealed_rows, write_rows

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
def test_each_row_is_in_one_seal_and_each_seal_follows_the_one_before():
    rows = sealed_rows(3, 2)
    first, second = AuditSeal.objects.order_by("number")
    assert (first.number, first.event_ids) == (1, rows[:3])
    assert (second.number, second.event_ids) == (2, rows[3:])
    assert bytes(second.previous) == bytes(first.digest)
    assert set(AuditEvent.objects.values_list("seal", flat=True)) == {1, 2}
    assert sealing.seal_due() == 0
    assert findings() == []


@pytest.mark.django_db
def test_many_rows_make_several_seals(monkeypatch):
    monkeypatch.setattr(sealing, "BATCH", 2)
    write_rows(5)
    assert sealing.seal_due() == 5
    assert [len(seal.event_ids) for seal in AuditSeal.objects.order_by("number")] == [2, 2, 1]


@pytest.mark.django_db(transaction=True)
def test_a_row_that_commits_late_comes_into_the_next_seal(elsewhere):
    with transaction.atomic():
        late = audit.record("thing.late")
        soon = elsewhere(write_rows, 1)
        assert elsewhere(sealing.seal_due) == 1
    assert late.pk < soon[0]
    assert sealing.seal_due() == 1
    assert [seal.event_ids for seal in AuditSeal.objects.order_by("number")] == [soon, [late.pk]]
    assert findings() == []


@pytest.mark.django_db(transaction=True)
def test_one_process_seals_at_a_time(elsewhere):
    write_rows(1)
    with transaction.atomic():
        assert sealing._seal_batch() == 1
        assert elsewhere(sealing.seal_due) == 0
    assert AuditSeal.objects.count() == 1


@pytest.mark.django_db
def test_seals_are_carried_out_once_each_also_after_somebody_died_over_a_line(settings, tmp_path):
    file = tmp_path / "seals.jsonl"
    settings.AUDIT_SEALS_FILE = str(file)
    sealed_rows(1, 1)
    with file.open("a") as torn:
        torn.write('{"number":3,"sea')
    settings.AUDIT_SEALS_FILE = ""
    sealed_rows(1)
    settings.AUDIT_SEALS_FILE = str(file)
    sealed_rows(1)
    assert [seal.number for seal in sealing.anchors(file)] == [1, 2, 3, 4]
    assert findings(file=file) == []


@pytest.mark.django_db
def test_an_export_is_checked_elsewhere_without_anything_of_ours(tmp_path):
    sealed_rows(2, 1)
    out = StringIO()
    call_command("export_audit_seals", stdout=out)
    file = tmp_path / "seals.jsonl"

    def check(text):
        file.write_text(text)
        program = [sys.executable, "-I", str(ROOT / "core/audit/chain.py"), str(file)]
        done = subprocess.run(program, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    assert check(out.getvalue()) == (0, "2 seals of 3 events: as they were made\n")
    code, said = check(out.getvalue().replace('"number":2', '"number":3'))
    assert code == 1
    assert "seal 2 is missing" in said


def test_the_form_of_a_seal_is_what_it_was():
    """Whoever changes it cannot check what was sealed before."""
    at = chain.datetime(2030, 1, 2, 3, 4, 5, 6, tzinfo=chain.UTC)
    digest = chain.digest_of(chain.NOTHING, 1, at, [(7, bytes(range(32)))])
    assert digest.hex() == "d9107ced89900b47284b21f4ba199550ee7750ef397ef83c7e09c183652cf18d"
