"""Patients across practices, as medical administration finds, reads and tidies them."""

from __future__ import annotations

import csv
import io

import pytest
from django.contrib.messages import get_messages

from accounts.models import Patient, Role
from accounts.tests import people
from bookings.models import Booking
from bookings.tests.admin_pages import BOOKINGS, PATIENTS, enter, page_of, queries_of, say, shown
from bookings.tests.factories import make_booking, make_request
from core.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    return enter(client)


def test_lists_and_pages_take_as_many_queries_for_many_rows(admin):
    booking = make_booking(name="Luz Marín", email="luz@people.test")
    patient, practice = booking.patient, booking.professional
    addresses = [
        PATIENTS,
        f"{PATIENTS}?q=luz@people.test",
        f"{PATIENTS}?q=luz&professional={practice.pk}",
        f"{page_of(patient)}change/",
        f"{page_of(patient)}merge/",
    ]
    few = queries_of(admin, *addresses)
    for number in range(6):
        if number < 2:
            make_booking(booking.service, name="Luz Marín", email="luz@people.test")
        make_booking(booking.service, name=f"Person {number}")
        make_request(name=f"Person {number}")
    make_request(booking.service, email="luz@people.test")
    page = shown(admin, PATIENTS)
    assert "Person 4" in page
    assert queries_of(admin, *addresses) == few
    assert max(few) <= 12


def test_what_is_refused_names_nobody_on_the_page_that_comes_next(admin):
    """A message travels in a cookie, and is shown where nobody's record is opened."""
    booking = make_booking(name="Luz Marín", email="luz@people.test")
    form = {"_confirmed": "1", "name": "Luz Marín", "sure": "on"}
    refused = admin.post(f"{page_of(booking.patient)}erase/", form)
    assert (refused.status_code, list(get_messages(refused.wsgi_request))) == (400, [])
    assert "Cancel them first" in refused.content.decode()
    chosen = {"action": "mark_no_show", "_selected_action": [str(booking.pk)], "_confirmed": "1"}
    admin.post(BOOKINGS, chosen)
    home = shown(admin, "/admin/")
    assert booking.reference in home
    assert "Luz" not in home and "luz@people.test" not in home


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("luz@people.test", 1),
        (" LUZ@people.test", 1),
        ("+34 600 000 001", 1),
        ("luz", 0),
        ("Marín", 0),
        ("%", 0),
    ],
)
def test_one_is_found_by_the_whole_address_or_phone(admin, words, count):
    practice = people.professional()
    people.patient(practice, phone="+34600000001")
    people.patient(practice, name="Leo", email="leo@people.test")
    assert admin.get(PATIENTS, {"q": words}, follow=True).context["cl"].result_count == count


def test_by_name_within_one_practice(admin):
    here, there = people.professional(), people.professional()
    people.patient(here, name="Luz Marín", email="a@people.test")
    people.patient(here, name="Leo Sol", email="b@people.test")
    people.patient(there, name="Luz Marín", email="c@people.test")
    page = shown(admin, PATIENTS, q="MARIN", professional=str(here.pk))
    assert "a@people.test" in page
    assert "b@people.test" not in page and "c@people.test" not in page
    seen = AuditEvent.objects.filter(action="read").latest("pk").subjects
    assert seen == [Patient.objects.get(email_index=Patient.index_of_email("a@people.test")).data_key_id]


def test_a_page_shows_appointments_money_requests_and_what_was_merged(admin):
    booking = make_booking(name="Luz Marín", email="luz@people.test", phone="+34600000001")
    make_request(booking.service, email="luz@people.test")
    page = shown(admin, f"{page_of(booking.patient)}change/")
    for words in (
        "Luz Marín",
        "luz@people.test",
        "+34600000001",
        booking.professional.name,
        booking.reference,
        "COP\xa025,000, pending",
        "waiting for an answer",
    ):
        assert words in page
    assert Patient.index_of_email("luz@people.test") not in page


def test_two_records_of_one_person_become_one(admin):
    keep = make_booking(name="Luz Marín", email="luz@people.test").patient
    other = people.patient(keep.professional, name="Luz Marin", email="")
    booking = Booking.objects.get()
    stranger = people.patient(keep.professional, name="Eva Ruiz", email="eva@people.test")
    page = shown(admin, f"{page_of(other)}merge/")
    assert str(keep.pk) in page and str(stranger.pk) not in page
    assert "1" in say(admin, other, "merge", other_id=str(stranger.pk))
    stranger.refresh_from_db()
    assert stranger.merged_into is None, "only who is alike can be chosen"
    say(admin, other, "merge", other_id=str(keep.pk))
    booking.refresh_from_db()
    assert booking.patient == other
    assert "Records that went into this one" in shown(admin, f"{page_of(other)}change/")


def test_somebody_is_erased_once_it_was_asked_twice(admin):
    patient = people.patient(people.professional(), name="Luz Marín", phone="+34600000001")
    for wrong in ({"name": "Luz Marín"}, {"sure": "on"}, {"name": "Eva", "sure": "on"}):
        say(admin, patient, "erase", **wrong)
    patient.refresh_from_db()
    assert patient.erased_at is None
    page = say(admin, patient, "erase", name="luz marin", sure="on")
    assert "The patient is erased" in page
    erased = Patient.objects.get(pk=patient.pk)
    assert erased.erased_at is not None and erased.data_key.is_destroyed
    page = shown(admin, f"{page_of(patient)}change/")
    assert "(erased)" in page and "/erase/" not in page and "/merge/" not in page
    assert "(erased)" in shown(admin, PATIENTS)


def test_who_has_an_appointment_to_come_is_not_erased(admin):
    patient = make_booking(name="Luz Marín").patient
    assert "not over" in say(admin, patient, "erase", name="Luz Marín", sure="on")
    patient.refresh_from_db()
    assert patient.erased_at is None


def test_the_list_flows_out_as_csv(admin):
    practice = people.professional("Dra. Ruiz")
    patient = people.patient(practice, name="=HYPERLINK(1)", phone="+34600000001")
    people.patient(people.professional(), name="Leo", email="leo@people.test")
    answer = admin.get(f"{PATIENTS}export/", {"professional": str(practice.pk)})
    assert answer.streaming
    header, row = csv.reader(io.StringIO(b"".join(answer).decode().removeprefix("\ufeff")))
    assert dict(zip(header, row, strict=True)) | {"created_at": ""} == {
        "name": "'=HYPERLINK(1)",
        "email": "luz@people.test",
        "phone": "'+34600000001",
        "professional": "Dra. Ruiz",
        "language": "es",
        "time_zone": "Europe/Madrid",
        "created_at": "",
    }
    assert AuditEvent.objects.filter(action="patients.exported").count() == 1
    assert AuditEvent.objects.filter(action="read").latest("pk").subjects == [patient.data_key_id]


@pytest.mark.parametrize("role", [Role.IT_ADMIN, Role.AGENT])
def test_they_are_for_nobody_else(client, role):
    patient = people.patient(people.professional())
    enter(client, role)
    for page in ("", "export/", f"{patient.pk}/change/", f"{patient.pk}/merge/"):
        assert client.get(PATIENTS + page).status_code in {403, 302}
    assert client.get(PATIENTS, follow=True).status_code in {403, 404}
