"""Wrong or missing keys are refused where a process starts."""

from __future__ import annotations

import base64
import runpy

import pytest
from celery import signals
from django.core.management import CommandError, call_command

import config.celery  # noqa: F401  (its processes listen)
from accounts.tests import people
from core import audit, keys
from core.audit import sealing
from core.models import DataKey

pytestmark = pytest.mark.django_db(transaction=True)

OTHER = base64.b64encode(b"another master key of 32 bytes!!").decode()


def refusal() -> str:
    with pytest.raises(keys.WrongKeys) as refused:
        keys.require()
    return str(refused.value)


@pytest.fixture
def patient():
    return people.patient(people.professional())


@pytest.mark.parametrize("name", ["FIELD_KEYS", "BLIND_INDEX_KEY", "AUDIT_KEY"])
@pytest.mark.parametrize("value", ["", "no key", "1:short"])
def test_a_key_that_is_missing_or_none_is_named_with_the_way_to_a_new_one(settings, name, value):
    setattr(settings, name, value)
    said = refusal()
    assert name in said and "head -c 32 /dev/urandom | base64" in said


def test_a_new_installation_starts_with_whatever_keys_it_made(settings):
    settings.FIELD_KEYS, settings.BLIND_INDEX_KEY = f"7:{OTHER}", OTHER
    keys.require()


def test_the_right_keys_are_not_remarked_upon(patient):
    people.user(two_step=True)
    keys.require()


def test_a_missing_master_key_is_named_by_its_id(patient, settings):
    settings.FIELD_KEYS = f"2:{OTHER}"
    said = refusal()
    assert "id 1" in said and "data keys" in said and OTHER not in said


def test_another_installation_s_master_key_is_recognised(patient, settings):
    settings.FIELD_KEYS = f"1:{OTHER}"
    said = refusal()
    assert "not the one" in said and OTHER not in said


def test_second_factors_need_their_master_key_too(settings):
    people.user(two_step=True)
    assert not DataKey.objects.exists()
    settings.FIELD_KEYS = f"3:{OTHER}"
    assert "second factors" in refusal()


def test_another_blind_index_key_is_recognised(patient, settings):
    settings.BLIND_INDEX_KEY = OTHER
    assert "BLIND_INDEX_KEY is not the one" in refusal()


def test_an_id_stands_for_one_key(settings):
    settings.FIELD_KEYS = f"{settings.FIELD_KEYS},1:{OTHER}"
    said = refusal()
    assert "names key 1 twice" in said and OTHER not in said


def test_another_audit_key_is_recognised(settings):
    audit.record("thing.done")
    sealing.seal_due()
    keys.require()
    settings.AUDIT_KEY = OTHER
    said = refusal()
    assert "AUDIT_KEY is not the one" in said and OTHER not in said


def test_whoever_is_erased_says_nothing_of_the_keys(patient, settings):
    DataKey.destroy([patient.data_key_id])
    settings.FIELD_KEYS = f"2:{OTHER}"
    keys.require()


def test_each_master_key_in_use_is_found_by_one_step_in_the_index(
    patient, settings, django_assert_num_queries
):
    for number in range(5):
        people.patient(patient.professional, name=f"Person {number}", email=f"p{number}@people.test")
    settings.FIELD_KEYS = f"{settings.FIELD_KEYS},2:{OTHER}"
    DataKey.create()
    (data_keys, *_others) = keys.registered()
    with django_assert_num_queries(3):
        assert data_keys.in_use() == {1, 2}


def test_migrating_refuses_wrong_keys(patient, settings):
    """Every start begins with it."""
    settings.FIELD_KEYS = f"2:{OTHER}"
    with pytest.raises(CommandError, match="lacks the master key with id 1"):
        call_command("migrate", verbosity=0)


@pytest.mark.parametrize("module", ["config.asgi", "config.wsgi"])
def test_no_web_server_starts_with_wrong_keys(patient, settings, module):
    settings.BLIND_INDEX_KEY = OTHER
    with pytest.raises(keys.WrongKeys, match="BLIND_INDEX_KEY"):
        runpy.run_module(module)


@pytest.mark.filterwarnings("ignore:DjangoFixup")  # it misses the worker itself
@pytest.mark.parametrize("begins", [signals.worker_init, signals.beat_init], ids=["worker", "beat"])
def test_neither_worker_nor_beat_starts_with_wrong_keys(patient, settings, begins):
    """Celery goes on after whatever else its listeners raise."""
    settings.BLIND_INDEX_KEY = OTHER
    with pytest.raises(SystemExit, match="BLIND_INDEX_KEY"):
        begins.send(sender=None)


def test_a_newer_key_of_the_audit_stands_beside_the_one_before(settings):
    one = settings.AUDIT_KEY
    audit.record("thing.done")
    sealing.seal_due()
    settings.AUDIT_KEY = f"1:{one},2:{OTHER}"
    keys.require()
    audit.record("thing.done")
    sealing.seal_due()
    for enough in (f"2:{OTHER}", f"2:{OTHER},1:{one}"):
        settings.AUDIT_KEY = enough
        keys.require()
    settings.AUDIT_KEY = one
    assert "AUDIT_KEY is not the one" in refusal()
