"""A practice adds, changes and removes its patients."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Patient
from accounts.services import create_user
from bookings import services
from bookings.domain.lengths import valid_name
from bookings.models import Booking
from bookings.tests.factories import make_booking, make_professional, make_service, open_window
from core.actor import Actor
from core.errors import Conflict, Missing, NotAllowed, Refused
from core.models import DataKey, OutboxEvent

pytestmark = pytest.mark.django_db
DOCTOR = Actor("professional")
LUZ = {"name": "Luz Marín", "email": "luz@example.org"}


@pytest.fixture
def practice():
    return make_professional(always_open=True)


def add(practice, **details):
    return services.add_patient(professional=practice, **{**LUZ, "language": "es"} | details)


def change(patient, **changes):
    return services.change_patient(patient_id=patient.pk, actor=DOCTOR, **changes)


def told(topic):
    return [event.payload for event in OutboxEvent.objects.filter(topic=topic)]


def test_somebody_new(practice):
    made = add(practice, name=" Luz   Marín ", phone="+57 300 123 4567", notes="Likes mornings\r\n")
    patient = Patient.objects.get(pk=made.pk)
    assert (patient.name, patient.phone, patient.notes) == ("Luz Marín", "+57 300 123 4567", "Likes mornings")
    assert patient.email_index == Patient.index_of_email(LUZ["email"])
    assert told("PatientAdded") == [{"patient_id": str(made.pk), "professional_id": str(practice.pk)}]


def test_the_same_name_and_email_is_somebody_known(practice):
    known = add(practice)
    with pytest.raises(Conflict) as conflict:
        add(practice, name="LUZ MARÍN", email="Luz@Example.org")
    assert (conflict.value.code, conflict.value.extra) == ("patient_exists", {"patient": str(known.pk)})
    assert add(practice, name="Leo Marín") != known
    assert add(make_professional()).pk != known.pk


def test_people_without_an_email_are_not_taken_for_each_other(practice):
    assert add(practice, email="") != add(practice, email="")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "x", "min_length"),
        ("name", "y" * 121, "max_length"),
        ("name", "Win at www.casino", "link_in_name"),
        ("email", "nobody", "invalid"),
        ("phone", "12", "invalid"),
        ("notes", "x" * 2001, "max_length"),
        ("language", "xx", "unknown_language"),
        ("timezone", "Mars/Base", "unknown_zone"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(practice, field, value, code):
    known = add(practice)
    for verb in (lambda: add(practice, **{field: value}), lambda: change(known, **{field: value})):
        with pytest.raises(Refused) as refused:
            verb()
        assert (refused.value.attr, refused.value.code) == (field, code)
    assert Patient.objects.count() == 1


@pytest.mark.parametrize(
    "name", ["http://x", "Ana www.win.example", "Visit evil.com", "ana@evil.net", "shop.ly now"]
)
def test_names_that_are_links(name):
    with pytest.raises(ValidationError):
        valid_name(name)


@pytest.mark.parametrize(
    "name", ["J.R. Soto", "Dra. Ana Ruiz", "Mª.José", "O'Neil-Smith Jr.", "Ma.Comas", "李小龍"]
)
def test_names_that_are_names(name):
    valid_name(name)


def test_what_is_not_given_stays(practice):
    patient = change(add(practice, phone="+57 300 123 4567"), notes="Allergic to pollen")
    again = Patient.objects.get(pk=patient.pk)
    assert (again.name, again.phone, again.notes) == ("Luz Marín", "+57 300 123 4567", "Allergic to pollen")
    assert len(told("PatientChanged")) == 1
    change(patient, notes="Allergic to pollen")
    assert len(told("PatientChanged")) == 1


def test_a_new_email_and_phone_are_found_and_the_old_are_not(practice):
    patient = change(add(practice, phone="+57 300 123 4567"), email="new@example.org", phone="")
    again = Patient.objects.get(pk=patient.pk)
    assert (again.email_index, again.phone_index) == (Patient.index_of_email("new@example.org"), "")


def test_nobody_becomes_somebody_known(practice):
    known, other = add(practice), add(practice, name="Leo Marín")
    with pytest.raises(Conflict) as conflict:
        change(other, name="Luz Marín")
    assert conflict.value.extra == {"patient": str(known.pk)}
    assert Patient.objects.get(pk=other.pk).name == "Leo Marín"


def booked_by_account(practice, address):
    user = create_user(email=address, password=None, name="Luz Marín")
    return make_booking(make_service(practice, price=0), name="Luz Marín", email=address, user=user).patient


def test_another_address_is_no_longer_the_accounts(practice):
    patient = booked_by_account(practice, "luz@example.org")
    assert patient.user is not None
    assert change(patient, email="LUZ@example.org").user is not None
    assert change(patient, email="other@example.org").user is None


def test_an_address_the_account_has_verified_keeps_it(practice):
    patient = booked_by_account(practice, "luz@example.org")
    patient.user.emailaddress_set.create(email="second@example.org", verified=True)
    assert change(patient, email="second@example.org").user is not None


def test_appointments_to_come_follow_the_new_email(practice):
    service = make_service(practice, price=0)
    past, coming = (make_booking(service, **LUZ) for _n in range(2))
    Booking.objects.filter(pk=past.pk).update(patient_identity="as it was")
    open_window(Booking.objects.get(pk=past.pk), starts_in=-timedelta(days=3))
    change(coming.patient, email="new@example.org")
    identities = dict(Booking.objects.values_list("pk", "patient_identity"))
    assert identities == {past.pk: "as it was", coming.pk: Patient.index_of_email("new@example.org")}
    change(coming.patient, email="")
    assert Booking.objects.get(pk=coming.pk).patient_identity == ""


def test_nobody_gets_the_address_of_somebody_who_is_elsewhere_then(practice):
    elsewhere = make_booking(make_service(make_professional(always_open=True), price=0), **LUZ)
    here = make_booking(make_service(practice, price=0), start=elsewhere.starts_at, email="other@example.org")
    with pytest.raises(Conflict) as conflict:
        change(here.patient, email=LUZ["email"])
    assert (conflict.value.code, conflict.value.attr) == ("patient_busy", "email")
    assert Patient.objects.get(pk=here.patient_id).email == "other@example.org"


def test_whoever_never_had_an_appointment_can_be_removed_with_the_key(practice):
    patient = add(practice)
    services.remove_patient(patient_id=patient.pk, actor=DOCTOR)
    assert not Patient.objects.exists()
    assert DataKey.objects.get().is_destroyed
    assert len(told("PatientRemoved")) == 1


def test_whoever_had_one_stays(practice):
    patient = make_booking(make_service(practice, price=0)).patient
    with pytest.raises(Refused) as refused:
        services.remove_patient(patient_id=patient.pk, actor=DOCTOR)
    assert refused.value.code == "has_bookings"


def test_only_the_practice_says_these_verbs(practice):
    patient = add(practice)
    for actor in (Actor("patient"), Actor("system")):
        with pytest.raises(NotAllowed):
            services.change_patient(patient_id=patient.pk, actor=actor, notes="x")
        with pytest.raises(NotAllowed):
            services.remove_patient(patient_id=patient.pk, actor=actor)


def test_whoever_is_not_there_cannot_be_changed(practice):
    patient = add(practice)
    services.remove_patient(patient_id=patient.pk, actor=DOCTOR)
    with pytest.raises(Missing):
        change(patient, notes="x")
