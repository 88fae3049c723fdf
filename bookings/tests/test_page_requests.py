"""The practice's page of wishes for a time: only its own, each with the way to an answer."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings import services
from bookings.models import BookingRequest
from bookings.selectors import next_free_slots
from bookings.tests.factories import make_booking, make_professional, make_request, make_service
from bookings.views.requests import ANSWERED_PER_PAGE, MOST_SHOWN
from core.actor import Actor

pytestmark = pytest.mark.django_db
ADDRESS = "/doctor/requests/"
DOCTOR = Actor("professional")


@pytest.fixture
def service():
    return make_service(make_professional(always_open=True), price=0, name="Talk")


@pytest.fixture
def doctor(client, service):
    client.force_login(service.professional.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def text_of(client, address=ADDRESS):
    return client.get(address).content.decode()


def press(client, wish, **data):
    response = client.post(f"{ADDRESS}{wish.pk}/reject", data)
    wish.refresh_from_db()
    return response


def test_who_asks_for_what_and_how_to_reach_them(doctor, service):
    wish = make_request(
        service,
        name="Begoña Muñoz",
        email="begona@example.org",
        phone="+57 300 123 4567",
        message="Dolor de cabeza",
        part_of_day="evening",
        timezone="Europe/Madrid",
    )
    text = text_of(doctor)
    for words in ("Begoña Muñoz", "mailto:begona@example.org", "tel:+573001234567", "Dolor de cabeza"):
        assert words in text
    assert "Any day" in text and "in the evening" in text and "time of Madrid" in text
    assert f"/doctor/new-consultation/?request={wish.pk}" in text


def test_appointments_that_wait_for_an_answer_are_a_link_away(doctor, service):
    assert "#to-answer" not in text_of(doctor)
    make_booking(service)
    assert 'href="/doctor/#to-answer"' in text_of(doctor)
    assert "1 appointment waits for your answer" in text_of(doctor)


def test_declining_keeps_the_reason_and_moves_it_below(doctor, service):
    wish = make_request(service, name="Begoña Muñoz")
    assert press(doctor, wish, reason="Estoy de viaje")["Location"] == ADDRESS
    assert (wish.status, wish.closing_reason) == ("rejected", "Estoy de viaje")
    text = text_of(doctor)
    assert "Nobody waits for a time" in text and "Estoy de viaje" in text


def test_an_accepted_one_leads_to_its_appointment(doctor, service):
    wish = make_request(service)
    start = next_free_slots(service=service, count=1)[0]
    booking = services.accept_request(request_id=wish.pk, service=service, starts_at=start, actor=DOCTOR)
    assert f"/doctor/consultations/{booking.pk}/" in text_of(doctor)


def test_an_answer_that_comes_too_late_is_refused_in_words(doctor, service):
    wish = make_request(service)
    press(doctor, wish)
    press(doctor, wish)
    assert "not possible now" in text_of(doctor)


def test_a_reason_that_is_too_long_is_not_cut_short(doctor, service):
    wish = make_request(service)
    press(doctor, wish, reason="x" * 301)
    assert wish.status == "pending"
    assert "at most 300 characters" in text_of(doctor)


def test_another_professional_sees_and_answers_nothing(client, service):
    wish = make_request(service, name="Begoña Muñoz")
    client.force_login(make_professional().user)
    assert "Begoña" not in text_of(client)
    assert press(client, wish).status_code == 404
    assert wish.status == "pending"


def test_answers_are_never_given_by_a_link(doctor, service):
    assert doctor.get(f"{ADDRESS}{make_request(service).pk}/reject").status_code == 405


def test_answered_ones_come_in_pages(doctor, service):
    for n in range(ANSWERED_PER_PAGE + 1):
        wish = make_request(service, name=f"Person {n}.")
        services.reject_request(request_id=wish.pk, actor=DOCTOR)
    assert "Person 0." not in text_of(doctor)
    assert "Person 0." in text_of(doctor, f"{ADDRESS}?page=2")


def test_a_flood_does_not_drown_the_page(doctor, service):
    for n in range(MOST_SHOWN + 1):
        make_request(service, name=f"Person {n}.")
    text = text_of(doctor)
    assert "Person 0." in text and f"Person {MOST_SHOWN}." not in text
    assert "There are more" in text


def test_every_page_of_the_practice_says_how_many_wait(doctor, service):
    assert 'id="requests-count" class="count" hidden' in text_of(doctor)
    make_request(service)
    make_request()
    for address in (ADDRESS, "/doctor/"):
        assert 'id="requests-count" class="count">1<' in text_of(doctor, address)


def test_the_day_hears_of_a_new_one(doctor, service):
    version = doctor.get("/doctor/").context["version"]
    make_request(service)
    page = doctor.get("/doctor/", {"seen": version})
    assert page.status_code == 200
    assert "1 person looks for a time" in page.content.decode()


def test_a_page_that_has_this_version_gets_nothing(doctor, service):
    version = doctor.get(ADDRESS).context["version"]
    assert doctor.get(ADDRESS, {"seen": version}).status_code == 204
    wish = make_request(service)
    version = doctor.get(ADDRESS, {"seen": version}).context["version"]
    press(doctor, wish)
    assert doctor.get(ADDRESS, {"seen": version}).status_code == 200


def test_the_page_costs_the_same_for_many(doctor, service):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            doctor.get(ADDRESS)
        return len(captured)

    def two():
        services.reject_request(request_id=make_request(service).pk, actor=DOCTOR)
        make_request(service)

    two()
    one = queries()
    for _number in range(4):
        two()
    assert BookingRequest.objects.count() == 10
    assert queries() == one
