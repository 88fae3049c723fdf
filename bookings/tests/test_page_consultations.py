"""The list of a practice's bookings: groups in plain words, days, service, patient; a constant number of queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bookings import services
from bookings.tests.factories import (
    make_booking,
    make_confirmed,
    make_professional,
    make_service,
    open_window,
)
from core.actor import Actor

pytestmark = pytest.mark.django_db
DOCTOR = Actor("professional")


@pytest.fixture
def professional():
    return make_professional(always_open=True)


@pytest.fixture
def service(professional):
    return make_service(professional, price=0)


@pytest.fixture
def listed(client, professional):
    client.force_login(professional.user)

    def names(**query):
        response = client.get("/doctor/consultations/", query, headers={"accept-language": "en"})
        assert response.status_code == 200
        return [booking.patient.name for booking, _join in response.context["rows"]]

    return names


def over(booking):
    return open_window(booking, starts_in=-timedelta(days=1))


def test_what_comes_is_shown_soonest_first(listed, service):
    for name in ("Ana", "Berta", "Carla"):
        make_booking(service, name=name)
    assert listed() == ["Ana", "Berta", "Carla"]
    assert listed(order="latest") == ["Carla", "Berta", "Ana"]


def test_each_booking_is_in_the_group_that_people_would_look_in(listed, professional, service):
    visit = make_service(professional, price=0, modality="in_person")
    make_booking(make_service(professional, price=25000), name="Unpaid")
    make_booking(service, name="Waiting")
    make_confirmed(service, name="Confirmed")
    over(make_confirmed(visit, name="Not closed"))
    done = open_window(make_confirmed(visit, name="Done"), starts_in=-timedelta(days=2))
    services.finish(booking_id=done.pk, actor=DOCTOR)
    services.cancel(booking_id=make_booking(service, name="Cancelled").pk, actor=DOCTOR)
    assert set(listed(group="coming")) == {"Unpaid", "Waiting", "Confirmed"}
    assert listed(group="to_answer") == ["Waiting"]
    assert listed(group="unpaid") == ["Unpaid"]
    assert listed(group="to_close") == ["Not closed"]
    assert listed(group="done") == ["Done"]
    assert listed(group="off") == ["Cancelled"]
    assert len(listed(group="all")) == 6
    assert listed(group="nonsense") == listed(group="coming")


def test_days_are_the_practices_own_and_both_included(listed, service):
    booking = make_confirmed(service, name="Ana")
    # 23:30 in Bogotá is the next day in UTC.
    evening = timezone.localtime(timezone.now(), service.professional.zone).replace(hour=23, minute=30)
    booking.starts_at, booking.ends_at = evening, evening + timedelta(minutes=20)
    booking.blocked_from, booking.blocked_until = booking.starts_at, booking.ends_at
    booking.save()
    day = evening.date()
    assert listed(group="all", first=day, last=day) == ["Ana"]
    assert listed(group="all", first=day + timedelta(days=1)) == []
    assert listed(group="all", last=day - timedelta(days=1)) == []


def test_narrowed_to_a_service_and_to_a_patient(listed, professional, service):
    ana = make_booking(service, name="Ana")
    make_booking(make_service(professional, price=0), name="Berta")
    assert listed(service=service.pk) == ["Ana"]
    assert listed(patient=ana.patient_id) == ["Ana"]


def test_a_patient_of_another_practice_is_not_there(client, professional):
    stranger = make_booking().patient_id
    client.force_login(professional.user)
    assert client.get("/doctor/consultations/", {"patient": stranger}).status_code == 404


def test_days_the_wrong_way_round_are_told(client, professional):
    client.force_login(professional.user)
    query = {"first": "2026-12-02", "last": "2026-12-01"}
    response = client.get("/doctor/consultations/", query, headers={"accept-language": "en"})
    assert "The last day lies before the first." in response.content.decode()


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "nonsense"])
def test_days_nobody_can_reckon_with_are_told(client, professional, day):
    client.force_login(professional.user)
    response = client.get("/doctor/consultations/", {"first": day, "last": day})
    assert response.status_code == 200
    assert set(response.context["form"].errors) == {"first", "last"}


def test_other_practices_bookings_are_not_in_the_list(listed):
    make_booking(name="Somebody")
    assert listed(group="all") == []


def test_the_next_page_keeps_the_filters(client, professional, service, monkeypatch):
    monkeypatch.setattr("bookings.views.consultations.PER_PAGE", 2)
    for _number in range(3):
        make_booking(service)
    client.force_login(professional.user)
    query = {"group": "to_answer", "service": service.pk}
    text = client.get("/doctor/consultations/", query).content.decode()
    assert f"?group=to_answer&amp;service={service.pk}&amp;page=2" in text


def test_an_empty_list_says_what_will_appear(client, professional):
    client.force_login(professional.user)
    text = client.get("/doctor/consultations/", headers={"accept-language": "en"}).content.decode()
    assert "Nothing ahead" in text


def test_the_list_costs_the_same_for_many(client, professional, service):
    client.force_login(professional.user)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get("/doctor/consultations/")
        return len(captured)

    make_booking(service)
    one = queries()
    for _number in range(4):
        make_booking(service)
    assert queries() == one
