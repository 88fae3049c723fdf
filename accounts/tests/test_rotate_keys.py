"""What older master keys wrapped goes over to the newest, beside whoever reads, writes and erases."""

from __future__ import annotations

import base64
import time
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import psycopg
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from accounts.models import Patient, Role
from accounts.tests import people
from accounts.tests.alone import end_other_connections
from core import keys
from core.models import AuditEvent, DataKey

pytestmark = pytest.mark.django_db(transaction=True)

OTHER = base64.b64encode(b"another master key of 32 bytes!!").decode()


@pytest.fixture
def both(settings):
    """Once called, there is a newer master key beside the old one, as after a restart with both."""

    def add():
        settings.FIELD_KEYS = f"{settings.FIELD_KEYS},2:{OTHER}"
        connect_as("vicita key 2")
        end_other_connections()

    yield add
    connect_as("vicita key 1")


def connect_as(name):
    connection.close()
    connection.close_pool()
    connection.settings_dict["OPTIONS"]["application_name"] = name


def only_the_new(settings):
    settings.FIELD_KEYS = f"2:{OTHER}"


def rotated(*arguments):
    said = StringIO()
    call_command("rotate_keys", *arguments, stdout=said)
    return said.getvalue()


def counts():
    return [what.counts() for what in keys.registered()]


def patients(number):
    practice = people.professional()
    return [people.patient(practice, name=f"Person {n}", email=f"p{n}@people.test") for n in range(number)]


def test_after_it_the_old_key_is_needed_for_nothing(settings, both):
    patients(3)
    staff = people.user(Role.IT_ADMIN)
    codes = RecoveryCodes.activate(staff).get_unused_codes()
    both()
    said = rotated()
    assert "data keys: 3 done, 0 left" in said and "second factors: 2 done, 0 left" in said
    assert "Nothing is under key 1 any more" in said
    only_the_new(settings)
    keys.require()
    assert {one.name for one in Patient.objects.all()} == {"Person 0", "Person 1", "Person 2"}
    app = Authenticator.objects.get(user=staff, type=Authenticator.Type.TOTP)
    assert app.wrap().validate_code(people.code_now())
    recovery = Authenticator.objects.get(user=staff, type=Authenticator.Type.RECOVERY_CODES)
    assert recovery.wrap().get_unused_codes() == codes


def test_the_check_changes_nothing_and_says_what_is_left(settings, both):
    patients(2)
    both()
    DataKey.create()
    with pytest.raises(CommandError, match="Still needed besides key 2: 1"):
        rotated("--check")
    assert counts()[0] == {1: 2, 2: 1}


def test_it_leaves_a_line_in_the_audit(both):
    patients(2)
    both()
    rotated()
    event = AuditEvent.objects.get(action="keys.rotated")
    assert event.facts == {"newest": 2, "moved": 2}


def test_cut_off_after_any_batch_it_goes_on_with_what_is_left(settings, both):
    patients(5)
    both()
    for step in keys.rotate(batch=2):
        if step.done:
            break
    assert counts()[0] == {1: 3, 2: 2}
    assert [step.done for step in keys.rotate(batch=2) if step.name == "data keys"] == [0, 2, 3]
    only_the_new(settings)
    assert len({one.name for one in Patient.objects.all()}) == 5


def test_run_again_it_has_nothing_to_do(both):
    patients(1)
    both()
    rotated()
    before = bytes(DataKey.objects.get().wrapped)
    rotated()
    assert bytes(DataKey.objects.get().wrapped) == before


def test_wrong_keys_rotate_nothing(settings):
    patients(1)
    settings.FIELD_KEYS = f"2:{OTHER}"
    with pytest.raises(CommandError, match="id 1"):
        rotated()


def test_nothing_goes_over_to_a_key_that_a_running_process_lacks(settings, both):
    patients(1)
    both()
    with elsewhere_connected("vicita key 1"), pytest.raises(CommandError, match="Restart them"):
        rotated()
    assert counts()[0] == {1: 1}


def test_a_destroyed_key_stays_destroyed_whoever_holds_the_row_first(both):
    """The row is looked at again once it is free: what was destroyed meanwhile is not brought back."""
    (patient,) = patients(1)
    both()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            DataKey.destroy([patient.data_key_id])
            rotation = pool.submit(in_a_thread, list, keys.rotate())
            wait_until_somebody_waits()
        rotation.result(40)
    assert DataKey.objects.get().is_destroyed


def test_beside_writers_nothing_is_lost(settings, both):
    """New patients, names written, keys destroyed and two rotations, all at once."""
    known = patients(12)
    both()

    def write(number):
        one = known[number]
        if number % 3 == 0:
            DataKey.destroy([one.data_key_id])
        else:
            patient = Patient.objects.select_related("data_key").get(pk=one.pk)
            patient.name = f"Renamed {number}"
            patient.save(update_fields=["name"])
            DataKey.create()

    def turn():
        for _step in keys.rotate(batch=1):
            pass

    with ThreadPoolExecutor(4) as pool:
        turns = [pool.submit(in_a_thread, turn) for _ in range(2)]
        writes = [pool.submit(in_a_thread, write, number) for number in range(12)]
        for job in (*turns, *writes):
            job.result(30)
    only_the_new(settings)
    names = [one.name for one in Patient.objects.select_related("data_key").order_by("email_index")]
    assert sorted(names) == sorted(f"Renamed {n}" if n % 3 else "" for n in range(12))
    assert counts()[0] == {2: 16}


def in_a_thread(function, *arguments):
    try:
        return function(*arguments)
    finally:
        connections.close_all()


class elsewhere_connected:
    """Another process, as the database sees it."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        parameters = {**connection.get_connection_params()}
        wanted = {key: parameters[key] for key in ("dbname", "user", "host", "port") if key in parameters}
        self.other = psycopg.connect(**wanted, application_name=self.name)

    def __exit__(self, *_):
        self.other.close()


def wait_until_somebody_waits():
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            # A transaction sees who is there as it first looked, unless it says that it wants to look again.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone():
                return
        time.sleep(0.01)
    raise AssertionError("Nobody waited.")
