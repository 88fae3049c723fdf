"""The pages of a practice's patients."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Patient
from accounts.services import create_patient
from bookings import services
from bookings.models import Booking
from bookings.tests.factories import make_booking, make_professional, make_service, make_user, open_window
from core.crypto import DecryptError
from core.models import DataKey

pytestmark = pytest.mark.django_db
PATIENTS = "/doctor/patients/"


@pytest.fixture
def practice():
    return make_professional(always_open=True)


@pytest.fixture
def service(practice):
    return make_service(practice, price=0)


@pytest.fixture
def doctor(client, practice):
    client.force_login(practice.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def add(practice, **details):
    return services.add_patient(professional=practice, **{"name": "Luz Marín", "language": "es"} | details)


def page_of(patient):
    return f"{PATIENTS}{patient.pk}/"


def text_of(response):
    return response.content.decode()


def test_a_practice_without_patients_is_told_how_they_come(doctor):
    assert "No patients yet" in text_of(doctor.get(PATIENTS))


def test_the_list_shows_who_comes_next(doctor, practice, service):
    make_booking(service, name="Begoña Muñoz")
    add(practice, name="Ana Gil", phone="+57 300 123 4567")
    text = text_of(doctor.get(PATIENTS))
    assert text.index("Ana Gil") < text.index("Begoña Muñoz")
    assert "+57 300 123 4567" in text
    assert "Next: " in text and "No appointment yet" in text


def test_the_list_costs_the_same_for_many(doctor, service):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            doctor.get(PATIENTS)
        return len(captured)

    make_booking(service)
    one = queries()
    for _number in range(4):
        make_booking(service)
    assert queries() == one


def test_a_search_is_sent_as_a_body_and_kept_in_the_field(doctor, practice):
    add(practice)
    add(practice, name="Leo Gil")
    text = text_of(doctor.post(PATIENTS, {"q": "marin"}))
    assert "Luz Marín" in text and "Leo Gil" not in text
    assert 'value="marin"' in text
    assert "Nobody found" in text_of(doctor.post(PATIENTS, {"q": "nobody"}))


def test_nothing_is_searched_for_by_the_address(doctor, practice):
    add(practice)
    add(practice, name="Leo Gil")
    assert "Leo Gil" in text_of(doctor.get(PATIENTS, {"q": "marin"}))


def test_adding_somebody(doctor):
    typed = {"name": "Luz Marín", "email": "luz@example.org", "language": "es", "notes": "Likes mornings"}
    response = doctor.post(f"{PATIENTS}new", typed)
    patient = Patient.objects.get()
    assert response["Location"] == page_of(patient)
    assert (patient.name, patient.notes) == ("Luz Marín", "Likes mornings")


def test_a_spoilt_key_is_a_key_like_any_other(doctor):
    typed = {"name": "Luz Marín", "language": "es", "key": "spoilt\0"}
    pages = {doctor.post(f"{PATIENTS}new", typed)["Location"] for _tap in range(2)}
    assert pages == {page_of(Patient.objects.get())}


@pytest.mark.parametrize("email", ["", "luz@example.org"])
def test_a_double_tap_adds_one_patient(doctor, email):
    key = doctor.get(f"{PATIENTS}new").context["form"]["key"].value()
    typed = {"name": "Luz Marín", "email": email, "language": "es", "key": str(key)}
    pages = {doctor.post(f"{PATIENTS}new", typed)["Location"] for _tap in range(2)}
    assert pages == {page_of(Patient.objects.get())}


def test_what_was_typed_stays_when_it_cannot_be_kept(doctor):
    typed = {
        "name": "Buy at www.shop",
        "email": "luz@example.org",
        "language": "es",
        "notes": "Likes mornings",
    }
    response = doctor.post(f"{PATIENTS}new", typed)
    assert response.status_code == 400
    assert all(
        words in text_of(response) for words in ("Buy at www.shop", "luz@example.org", "Likes mornings")
    )
    assert not Patient.objects.exists()


def test_somebody_known_is_one_press_away(doctor, practice):
    known = add(practice, email="luz@example.org")
    typed = {"name": "luz marín", "email": "luz@example.org", "language": "es"}
    assert page_of(known) in text_of(doctor.post(f"{PATIENTS}new", typed))
    other = add(practice, name="Luz M", email="luz@example.org")
    assert f"{page_of(other)}merge/{known.pk}" in text_of(doctor.post(page_of(other), typed))


def test_one_patient_with_what_comes_and_what_was(doctor, service):
    past, coming = (make_booking(service, name="Luz Marín", email="luz@example.org") for _n in range(2))
    open_window(Booking.objects.get(pk=past.pk), starts_in=-timedelta(days=2))
    text = text_of(doctor.get(page_of(coming.patient)))
    assert text.index("Coming") < text.index(f"/doctor/consultations/{coming.pk}/")
    assert text.index("Before") < text.index(f"/doctor/consultations/{past.pk}/")
    assert f"/doctor/new-consultation/?patient={coming.patient_id}" in text
    assert "Remove this patient" not in text


def test_contact_and_notes_are_changed_each_by_itself(doctor, practice):
    patient = add(practice, email="luz@example.org", notes="Likes mornings")
    doctor.post(
        page_of(patient), {"name": "Luz Gil", "email": "", "phone": "+57 300 123 4567", "language": "en"}
    )
    doctor.post(f"{page_of(patient)}notes", {"notes": "Likes evenings"})
    now = Patient.objects.get()
    assert (now.name, now.email, now.phone, now.language) == ("Luz Gil", "", "+57 300 123 4567", "en")
    assert now.notes == "Likes evenings"


def test_notes_that_are_too_long_stay_on_the_page(doctor, practice):
    patient = add(practice, notes="Likes mornings")
    response = doctor.post(f"{page_of(patient)}notes", {"notes": "x" * 2001})
    assert response.status_code == 400
    assert "x" * 2001 in text_of(response)
    assert Patient.objects.get().notes == "Likes mornings"


def test_a_zone_that_is_not_offered_is_kept(doctor, practice):
    patient = add(practice, timezone="Asia/Tokyo")
    assert "Asia/Tokyo" in text_of(doctor.get(page_of(patient)))
    doctor.post(page_of(patient), {"name": "Luz", "language": "es", "timezone": "Asia/Tokyo"})
    assert Patient.objects.get().timezone == "Asia/Tokyo"


def test_removing_somebody_who_never_came(doctor, practice):
    patient = add(practice)
    assert "Remove this patient" in text_of(doctor.get(page_of(patient)))
    assert doctor.post(f"{page_of(patient)}remove")["Location"] == PATIENTS
    assert not Patient.objects.exists()


def test_somebody_with_appointments_is_not_removed(doctor, service):
    patient = make_booking(service).patient
    doctor.post(f"{page_of(patient)}remove")
    assert "is kept with them" in text_of(doctor.get(page_of(patient)))


def test_perhaps_the_same_person_is_compared_and_joined(doctor, practice, service):
    keep, other = add(practice, name="luz marin"), make_booking(service, name="Luz Marín").patient
    compare = f"{page_of(keep)}merge/{other.pk}"
    assert compare not in text_of(doctor.get(page_of(keep)))
    assert compare in text_of(doctor.get(page_of(keep), {"names": "1"}))
    text = text_of(doctor.get(compare))
    assert "luz marin" in text and "Luz Marín" in text
    response = doctor.post(compare, {"keep": str(other.pk)})
    assert response["Location"] == page_of(other)
    assert doctor.get(page_of(keep)).status_code == 404


def test_looking_for_the_same_name_says_when_there_is_nobody(doctor, practice):
    patient = add(practice)
    assert "?names=1#duplicates" in text_of(doctor.get(page_of(patient)))
    text = text_of(doctor.get(page_of(patient), {"names": "1"}))
    assert "Nobody else has this name" in text and "?names=1#duplicates" not in text


def test_the_page_of_one_patient_costs_the_same_in_a_large_practice_and_opens_nobody_else(doctor, practice):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert doctor.get(page_of(patient)).status_code == 200
        return len(captured)

    patient = add(practice, email="luz@example.org", phone="300 123 4567")
    alone = queries()
    for number in range(50):
        create_patient(
            professional=practice, name="Luz Marín", email=f"luz{number}@example.org", language="es"
        )
    # A key that does not open: whoever reads one of these names fails.
    DataKey.objects.exclude(pk=patient.data_key_id).update(wrapped=bytes(64))
    assert queries() == alone
    with pytest.raises(DecryptError):
        doctor.get(page_of(patient), {"names": "1"})


def test_many_appointments_to_come_are_shown_by_pages(doctor, service):
    def rows(**page):
        return text_of(doctor.get(page_of(patient), page)).count('href="/doctor/consultations/')

    whose = {"name": "Luz Marín", "email": "luz@example.org"}
    patient = make_booking(service, **whose).patient
    elsewhere = rows() - 1
    for _number in range(11):
        make_booking(service, **whose)
    assert (rows() - elsewhere, rows(coming=2) - elsewhere) == (10, 2)
    link = f'href="{page_of(patient)}?page=1&amp;coming=2"'
    assert link in text_of(doctor.get(page_of(patient)))
    assert link in text_of(doctor.post(f"{page_of(patient)}notes", {"notes": "x" * 2001}))


@pytest.mark.parametrize("opened_first", [0, 1])
def test_joining_says_which_record_would_lose_the_account(doctor, practice, service, opened_first):
    user = make_user(email="luz@example.org")
    user.emailaddress_set.create(email=user.email, verified=True)
    linked = make_booking(service, name="Luz Marín", email=user.email, user=user).patient
    pair = [linked, add(practice, email="luz.m@example.org")]
    pair = pair[opened_first:] + pair[:opened_first]
    text = text_of(doctor.get(f"{page_of(pair[0])}merge/{pair[1].pk}"))
    assert text.count("no longer shows these appointments") == text.count("Better keep the other one.") == 1
    first, second = text.split('id="record-2"')
    assert "Better keep" in (second if pair[0] == linked else first)
    keeping = {str(one.pk): f'value="{one.pk}"><button class="btn block">' in text for one in pair}
    assert keeping == {str(one.pk): one == linked for one in pair}


@pytest.mark.parametrize("email", ["", "LUZ@example.org"])
def test_joining_warns_of_nothing_where_the_account_stays(doctor, practice, service, email):
    user = make_user(email="luz@example.org")
    user.emailaddress_set.create(email=user.email, verified=True)
    linked = make_booking(service, name="Luz Marín", email=user.email, user=user).patient
    other = add(practice, name="Luz M", email=email)
    assert "no longer shows" not in text_of(doctor.get(f"{page_of(other)}merge/{linked.pk}"))


def test_two_accounts_cannot_be_joined(doctor, service):
    pair = []
    for address in ("a@example.org", "b@example.org"):
        user = make_user(email=address)
        user.emailaddress_set.create(email=address, verified=True)
        pair.append(make_booking(service, name="Luz Marín", email=address, user=user).patient)
    compare = f"{page_of(pair[0])}merge/{pair[1].pk}"
    assert "Keep this one" not in text_of(doctor.get(compare))
    assert doctor.post(compare, {"keep": str(pair[0].pk)}).status_code == 400


@pytest.mark.parametrize("path", ["", "notes", "remove", "merge/{own}", "swapped"])
def test_an_outsider_finds_nobody(doctor, practice, path):
    other_practice = make_professional()
    stranger, own = add(other_practice), add(practice)
    url = (
        page_of(own) + f"merge/{stranger.pk}"
        if path == "swapped"
        else page_of(stranger) + path.format(own=own.pk)
    )
    assert (
        doctor.post(url, {"name": "Eve", "language": "es", "notes": "x", "keep": str(own.pk)}).status_code
        == 404
    )
    assert Patient.objects.get(pk=stranger.pk).name == "Luz Marín"
