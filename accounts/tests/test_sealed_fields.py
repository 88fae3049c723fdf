"""`core.fields`, tried on a patient: the first model with sealed fields."""

from __future__ import annotations

import base64
import os

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Patient
from accounts.tests import people
from core.crypto import DecryptError, blind_index, parse_keys
from core.models import DataKey

pytestmark = pytest.mark.django_db

OTHER_KEY = base64.b64encode(b"another master key of 32 bytes!!").decode()


@pytest.fixture
def patient() -> Patient:
    made = people.patient(people.professional(), name="Luz Marín", phone="+34600000001")
    return Patient.objects.get(pk=made.pk)


def sealed(patient: Patient) -> bytes:
    """The name as the database holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM accounts_patient WHERE id = %s", [patient.pk])
        return bytes(cursor.fetchone()[0])


def write(sql: str, *values: object) -> None:
    """What somebody with access to the database, but not to the keys, could do."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_patient SET {sql}", values)


def test_text_comes_back_as_it_was(patient):
    for text in ("Ñandú 😀\nand more", "", "x" * 10_000):
        patient.name = text
        patient.save(update_fields=["name"])
        assert Patient.objects.get(pk=patient.pk).name == text


def test_the_same_text_is_sealed_differently_each_time(patient):
    before = sealed(patient)
    patient.name = "Luz Marín"
    patient.save(update_fields=["name"])
    assert sealed(patient) != before
    assert b"Luz" not in sealed(patient)


def test_a_value_moved_to_another_row_does_not_open(patient):
    """Not even together with its data key: the place decides."""
    other = people.patient(patient.professional, name="Leo", email="leo@people.test")
    write("name = %s WHERE id = %s", sealed(patient), other.pk)
    write("data_key_id = NULL WHERE id = %s", patient.pk)
    write("data_key_id = %s WHERE id = %s", patient.data_key_id, other.pk)
    with pytest.raises(DecryptError, match="moved from its row"):
        assert Patient.objects.get(pk=other.pk).name


def test_a_value_moved_to_another_column_does_not_open(patient):
    write("phone = name WHERE id = %s", patient.pk)
    moved = Patient.objects.get(pk=patient.pk)
    assert moved.name == "Luz Marín"
    with pytest.raises(DecryptError):
        assert moved.phone


def test_an_altered_value_does_not_open(patient):
    write("name = set_byte(name, 20, get_byte(name, 20) # 1) WHERE id = %s", patient.pk)
    with pytest.raises(DecryptError):
        assert Patient.objects.get(pk=patient.pk).name


@pytest.mark.parametrize(("key_id", "says"), [(1, "wrong key"), (2, "Master key 1 is not in FIELD_KEYS")])
def test_the_wrong_master_key_is_a_clear_error_and_shows_nothing(patient, settings, key_id, says):
    settings.FIELD_KEYS = f"{key_id}:{OTHER_KEY}"
    with pytest.raises(DecryptError, match=says):
        assert Patient.objects.get(pk=patient.pk).name


def test_a_newer_master_key_seals_and_the_older_still_opens(patient, settings):
    settings.FIELD_KEYS = f"{settings.FIELD_KEYS},2:{OTHER_KEY}"
    assert Patient.objects.get(pk=patient.pk).name == "Luz Marín"
    newer = people.patient(patient.professional, name="Leo", email="leo@people.test")
    assert int.from_bytes(bytes(newer.data_key.wrapped)[1:3], "big") == 2


@pytest.mark.parametrize("text", ["", "1", "1:short", "one:" + OTHER_KEY, "70000:" + OTHER_KEY])
def test_bad_keys_are_refused_without_being_repeated(text):
    with pytest.raises(ImproperlyConfigured) as refused:
        parse_keys(text)
    assert OTHER_KEY not in str(refused.value)


def test_a_destroyed_data_key_leaves_nothing_to_read(patient):
    assert DataKey.destroy([patient.data_key_id]) == 1
    erased = Patient.objects.select_related("data_key").get(pk=patient.pk)
    assert (erased.name, erased.email, erased.phone) == ("", "", "")


def test_a_key_is_destroyed_once_and_leaves_a_note_of_it(patient):
    DataKey.destroy([patient.data_key_id])
    key = DataKey.objects.get(pk=patient.data_key_id)
    assert (bytes(key.wrapped), key.is_destroyed) == (b"", True)
    assert DataKey.destroy([patient.data_key_id, None]) == 0


@pytest.mark.parametrize("half", [{"wrapped": b""}, {"destroyed_at": timezone.now()}])
def test_the_database_knows_no_half_destroyed_key(patient, half):
    with pytest.raises(IntegrityError), transaction.atomic():
        DataKey.objects.filter(pk=patient.data_key_id).update(**half)


def test_an_erased_person_cannot_be_written_again_by_mistake(patient):
    DataKey.destroy([patient.data_key_id])
    erased = Patient.objects.get(pk=patient.pk)
    erased.name = "Somebody"
    with pytest.raises(ValueError, match="no data key"):
        erased.save(update_fields=["name"])


@pytest.mark.parametrize("lookup", ["name", "name__icontains", "name__in", "name__isnull", "name__gt"])
def test_filtering_a_sealed_field_is_refused(patient, lookup):
    with pytest.raises(FieldError):
        list(Patient.objects.filter(**{lookup: "Luz Marín"}))


@pytest.mark.parametrize("value", ["clear text", b"bytes"])
def test_a_bulk_update_writes_no_clear_text(patient, value):
    with pytest.raises(TypeError):
        Patient.objects.update(name=value)


def test_rows_made_together_are_sealed_too(patient):
    made = Patient(professional=patient.professional, data_key=DataKey.create(), name="Together")
    Patient.objects.bulk_create([made])
    assert Patient.objects.get(pk=made.pk).name == "Together"


def test_saving_what_was_not_read_keeps_it(patient):
    patient.language = "en"
    patient.save()
    again = Patient.objects.get(pk=patient.pk)
    assert (again.name, again.language) == ("Luz Marín", "en")


def test_deferred_fields_open_when_they_are_read(patient):
    assert Patient.objects.defer("name").get(pk=patient.pk).name == "Luz Marín"
    assert Patient.objects.only("language").get(pk=patient.pk).email == "luz@people.test"


def test_a_list_of_sealed_names_takes_one_query(patient, django_assert_num_queries):
    for number in range(5):
        people.patient(patient.professional, name=f"Person {number}", email=f"p{number}@people.test")
    with django_assert_num_queries(1):
        names = {one.name for one in Patient.objects.select_related("data_key")}
    assert len(names) == 6


def test_equality_search_goes_by_the_blind_index(patient, settings):
    index = Patient.index_of_email(" LUZ@people.test ")
    assert Patient.objects.get(email_index=index) == patient
    assert len(index) == 32 and blind_index("luz@people.test", "another purpose") != index
    settings.BLIND_INDEX_KEY = base64.b64encode(os.urandom(32)).decode()
    assert Patient.index_of_email("luz@people.test") != index
