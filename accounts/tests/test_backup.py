"""Rows and keys are backed up apart. A restored old backup keeps erased people unreadable, and all others readable."""

from __future__ import annotations

import base64
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import connection

from accounts import selectors
from accounts.models import Patient, Professional, Role
from accounts.services import erase_patient
from accounts.tests import people
from accounts.tests.alone import end_other_connections
from core import keys as core_keys
from core.models import AuditEvent, DataKey

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
OTHER = base64.b64encode(b"another master key of 32 bytes!!").decode()
LUZ, LEO = "luz@people.test", "leo@people.test"


@pytest.fixture
def practice():
    return people.professional()


@pytest.fixture
def luz(practice):
    return people.patient(practice, name="Luz Marín", email=LUZ, phone="+34600000001")


@pytest.fixture
def leo(practice):
    return people.patient(practice, name="Leo Paz", email=LEO)


@pytest.fixture
def files(tmp_path):
    return Files(tmp_path)


@pytest.fixture(autouse=True)
def _tables_for_whoever_comes_next():
    end_other_connections()
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.django_migrations')")
        gone = cursor.fetchone() == (None,)
    if gone:
        call_command("migrate", verbosity=0)


class Files:
    def __init__(self, folder):
        self.folder, self.keys = folder, folder / "keys" / "vicita.keys"

    def backup(self):
        """Returns the file of the rows."""
        call_command("backup", rows=self.folder / "rows", keys=self.keys, stdout=StringIO())
        return max((self.folder / "rows").glob("*.dump"))

    def backup_keys(self):
        call_command("backup", keys=self.keys, stdout=StringIO())


def restore(**what):
    call_command("restore", stdout=StringIO(), **what)


def names():
    return sorted(one.name for one in Patient.objects.select_related("data_key"))


def lose_everything():
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    connection.close()
    connection.close_pool()


def test_the_file_of_the_rows_holds_no_key(luz, files):
    rows = files.backup()
    content = rows.read_bytes()
    key = DataKey.objects.get(pk=luz.data_key_id)
    assert bytes(key.wrapped) not in content and bytes(key.wrapped).hex().encode() not in content
    assert bytes(key.wrapped).hex() in files.keys.read_text()
    assert {path.stat().st_mode & 0o777 for path in (rows, files.keys)} == {0o600}


def test_old_rows_beside_today_s_keys_leave_the_erased_unreadable(luz, leo, files):
    old = files.backup()
    erase_patient(patient_id=luz.pk, by=people.user(Role.MEDICAL_ADMIN))
    files.backup_keys()
    lose_everything()
    restore(rows=old, keys=files.keys)
    assert names() == ["", "Leo Paz"]
    erased = Patient.objects.get(pk=luz.pk)
    assert (erased.email, erased.phone, erased.email_index, erased.phone_index) == ("", "", "", "")
    assert erased.erased_at is not None
    practice = Professional.objects.get()
    assert selectors.search_patients(practice, LUZ) == []
    assert [one.name for one in selectors.search_patients(practice, LEO)] == ["Leo Paz"]
    assert AuditEvent.objects.filter(action="backup.restored").count() == 1


def test_not_even_an_old_file_of_keys_brings_them_back(luz, leo, files):
    """The database that is restored over knows better."""
    old = files.backup()
    erase_patient(patient_id=luz.pk, by=people.user(Role.MEDICAL_ADMIN))
    restore(rows=old, keys=files.keys)
    assert names() == ["", "Leo Paz"]


def test_rows_alone_are_read_with_the_keys_that_are_there(luz, files):
    old = files.backup()
    Patient.objects.all().delete()
    restore(rows=old)
    assert names() == ["Luz Marín"]


def test_rows_whose_keys_are_nowhere_are_refused_and_nothing_changes(luz, practice, files):
    files.backup_keys()
    people.patient(practice, name="Leo Paz", email=LEO)
    older_keys = files.keys.read_bytes()
    rows = files.backup()
    files.keys.write_bytes(older_keys)
    lose_everything()
    with pytest.raises(CommandError, match="older than the rows"):
        restore(rows=rows, keys=files.keys)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        assert cursor.fetchone() == (0,)
    restore(rows=rows, keys=files.keys, accept_lost=True)
    assert names() == ["", "Luz Marín"]


def test_second_factors_whose_master_key_is_no_more_are_given_up_only_when_told_so(luz, files, settings):
    staff = people.user(Role.MEDICAL_ADMIN)
    rows, old = files.backup(), settings.FIELD_KEYS
    settings.FIELD_KEYS = f"{old},2:{OTHER}"
    for _step in core_keys.rotate():
        pass
    settings.FIELD_KEYS = f"2:{OTHER}"
    with pytest.raises(CommandError, match="Vicita will not start"):
        restore(rows=rows)
    restore(rows=rows, accept_lost=True)
    assert names() == ["Luz Marín"] and not Authenticator.objects.filter(user=staff).exists()


def test_every_start_erases_anew_whom_rows_have_brought_back(luz, files):
    """However they came back: a physical copy, pg_restore by hand."""
    DataKey.destroy([luz.data_key_id])
    call_command("migrate", verbosity=0)
    assert Patient.objects.get().erased_at is not None


def test_the_keys_alone_can_be_laid_beside_rows(luz, files):
    """As beside a physical copy, whose keys are wrapped by a master key that is no more."""
    files.backup_keys()
    DataKey.objects.update(wrapped=b"\x01\x00\x00" + b"x" * 60)
    restore(keys=files.keys)
    assert names() == ["Luz Marín"]


def test_a_file_that_is_cut_off_or_none_is_refused(luz, files, tmp_path):
    rows = files.backup()
    whole = files.keys.read_text()
    files.keys.write_text(whole[:-80])
    with pytest.raises(CommandError, match="no whole file of keys"):
        restore(rows=rows, keys=files.keys)
    files.keys.write_text(whole)
    rows.write_bytes(rows.read_bytes()[:-2000])
    with pytest.raises(CommandError):
        restore(rows=rows, keys=files.keys)
    assert names() == ["Luz Marín"]


def test_after_it_the_database_is_the_one_that_was(luz, files):
    """Constraints, triggers and sequences with it."""
    before = schema()
    restore(rows=files.backup(), keys=files.keys)
    assert schema() == before
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def schema():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint UNION ALL SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"
            " UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
            " UNION ALL SELECT nspname || pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'public'"
            " UNION ALL SELECT extname FROM pg_extension ORDER BY 1"
        )
        return [name for (name,) in cursor.fetchall()]
