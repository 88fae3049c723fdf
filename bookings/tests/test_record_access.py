"""A patient reads who saw or changed their data, in plain words, from the audit."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone, translation

from accounts import services as accounts
from accounts.models import Role
from accounts.tests import people
from bookings import services
from bookings.access import token_of
from bookings.audited import ACTIONS
from bookings.record_access import by_day, routes_with_words, told, verbs_with_words
from bookings.selectors.record_access import accesses_to, names_of
from bookings.tests.factories import make_confirmed, make_professional, make_request, make_service, make_user
from core import audit
from core.actor import Actor

pytestmark = pytest.mark.django_db
PAGE = "/me/record-access"
# Nobody but the clock does this.
BY_ITSELF = {
    "booking.expired",
    "booking.settled",
    "booking.revived",
    "booking_request.expired",
    "membership.started",
    "membership.taken_up",
    "membership.cancelled",
}
# About the practice, not about a patient.
OF_PRACTICE = {
    "policy.changed",
    "plan.added",
    "plan.changed",
    "plan.offered",
    "plan.withdrawn",
    "plan.removed",
    "patients.exported",
    "bookings.exported",
    "statistics.exported",
}


def signed_in(user) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def luz():
    return accounts.create_user(email="luz@people.test", password=people.PASSWORD, name="Luz Marín")


@pytest.fixture
def booking(luz):
    practice = make_professional(always_open=True, name="Dra. Ana Ruiz")
    service = make_service(practice, price=0)
    return make_confirmed(service, user=luz, email=luz.email, name=luz.name)


def read_by(user):
    """(who, what) of each event, the latest first."""
    with translation.override("en"):
        events = list(accesses_to(user))
        return [(one.who, one.what) for one in told(events, names_of(events))]


def test_a_professional_opens_the_record_and_the_patient_reads_so(luz, booking):
    ana = signed_in(booking.professional.user)
    ana.get("/doctor/patients/")
    ana.get(f"/doctor/patients/{booking.patient_id}/")
    ana.get(f"/doctor/consultations/{booking.pk}/")
    assert read_by(luz) == [
        ("Dra. Ana Ruiz", "opened your appointment"),
        ("Dra. Ana Ruiz", "opened your record"),
        ("Dra. Ana Ruiz", "saw your name in a list of patients"),
    ]


def test_a_verb_is_told_once_as_what_was_done(luz, booking):
    path = f"/doctor/bookings/{booking.pk}/cancel"
    signed_in(booking.professional.user).post(path, {"reason": "ill"})
    assert read_by(luz) == [("Dra. Ana Ruiz", "cancelled your appointment")]


def test_staff_are_named_with_what_they_are(luz, booking):
    eva = make_user(role=Role.MEDICAL_ADMIN, name="Eva Gil", is_staff=True)
    signed_in(eva).get(f"/admin/accounts/patient/{booking.patient_id}/change/")
    page = signed_in(luz).get(PAGE).content.decode()
    assert "Eva Gil" in page and "medical administration" in page and "opened your record" in page


def test_what_the_person_does_and_what_happens_by_itself_is_not_listed(luz, booking):
    before = read_by(luz)
    signed_in(luz).get("/me/")
    signed_in(luz).get(PAGE)
    audit.record("booking.expired", subjects=[booking.patient.data_key_id])
    assert read_by(luz) == before


def test_somebody_with_the_private_link_is_called_so(luz, booking):
    Client().get(f"/b/{token_of(booking)}/")
    assert read_by(luz)[0] == ("Whoever has your private link", "opened your appointment")


def test_records_of_every_practice_merged_ones_and_requests_count(luz, booking):
    other = make_professional(always_open=True)
    elsewhere = people.patient(other, user=luz, email=luz.email, name=luz.name)
    duplicate = services.add_patient(
        professional=booking.professional, name="Luz M", email=luz.email, language="es"
    )
    request = make_request(make_service(other, price=0), user=luz, email=luz.email, name=luz.name)
    keys = [row.data_key_id for row in (elsewhere, duplicate, request) if row.data_key_id]
    services.merge_patients(keep_id=booking.patient_id, other_id=duplicate.pk, actor=Actor("professional"))
    who = audit.Who(other.user_id, "professional")
    events = [audit.record("patient.changed", subjects=[key], who=who) for key in keys]
    assert {event.pk for event in events} <= {*accesses_to(luz).values_list("pk", flat=True)}


def test_nobody_reads_it_of_others(luz, booking):
    signed_in(booking.professional.user).get(f"/doctor/patients/{booking.patient_id}/")
    assert read_by(make_user()) == []
    page = signed_in(make_user()).get(PAGE).content.decode()
    assert "Nobody but you yet" in page
    assert Client().get(PAGE).status_code == 302


def test_days_are_the_visitors_and_what_is_done_again_is_told_once(luz, booking):
    who = audit.Who(booking.professional.user_id, "professional")
    start = timezone.now().replace(hour=22, minute=30) + timedelta(days=1)
    for minutes in (0, 30, 90):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            audit.record("patient.changed", subjects=[booking.patient.data_key_id], who=who)
    events = list(accesses_to(luz)[:3])
    with timezone.override("Etc/UTC"):
        days = by_day(told(events, names_of(events)))
    assert [[access.times for access in of_day] for _day, of_day in days] == [[1], [2]]
    with timezone.override("Europe/Madrid"):
        assert len(by_day(told(events, names_of(events)))) <= 2


def test_the_api_says_the_same_in_pages(luz, booking):
    ana = booking.professional.user
    signed_in(ana).get(f"/doctor/patients/{booking.patient_id}/")
    answer = signed_in(luz).get("/api/v1/me/record-access", {"page_size": 1}).json()
    assert answer["results"][0] | {"at": ""} == {
        "at": "",
        "who": "Dra. Ana Ruiz",
        "role": "professional",
        "what": "opened your record",
    }
    assert answer["count"] == 1


def test_few_or_many_events_cost_the_same_queries(luz, booking, django_assert_max_num_queries):
    client, key, costs = signed_in(luz), booking.patient.data_key_id, set()
    for number in (2, 40):
        for _n in range(number):
            audit.record("patient.changed", subjects=[key], who=audit.Who(make_user().pk, "professional"))
        with django_assert_max_num_queries(10) as asked:
            client.get(PAGE)
        costs.add(len(asked))
    assert len(costs) == 1


def test_every_verb_about_a_patient_has_words_for_the_patient():
    about_patients = set(ACTIONS) - BY_ITSELF - OF_PRACTICE | {"patient.erasure_declined"}  # of accounts
    assert verbs_with_words() == about_patients


def test_words_are_about_pages_that_there_are():
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert {route for route in routes_with_words() if not route.startswith("meeting.")} <= names
