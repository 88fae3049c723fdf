"""A practice enters an appointment: what, when, for whom. No name in an address, nothing typed is lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Patient
from accounts.services import find_or_create_patient
from bookings import services
from bookings.models import Booking
from bookings.services.booking import PatientDetails
from bookings.tests.factories import (
    PATIENT,
    make_booking,
    make_professional,
    make_request,
    make_service,
    utc,
)

pytestmark = pytest.mark.django_db

ADDRESS = "/doctor/new-consultation/"
# A Monday. The practice works from Monday to Friday, 9:00 to 17:00 in Bogotá (14:00 to 22:00 UTC).
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TUESDAY = utc(2026, 11, 24, 15, 0)
SUNDAY = utc(2026, 11, 29, 16, 0)
EVA = {"name": "Eva Ruiz", "email": "eva@example.org", "phone": "", "language": "es", "reason": "Tos"}


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def professional():
    return make_professional()


@pytest.fixture
def service(professional):
    return make_service(professional, price=0, name="Revisión")


@pytest.fixture
def doctor(client, professional):
    client.force_login(professional.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def known(professional):
    return find_or_create_patient(
        professional=professional,
        name="Begoña Muñoz",
        email="begona@example.org",
        phone="+34 600 111 222",
        language="es",
        timezone="",
    )


def at(start=TUESDAY, **ids):
    query = {name: str(getattr(row, "pk", row)) for name, row in ids.items()}
    query |= {"start": f"{start:%Y-%m-%dT%H:%M:%SZ}"} if start else {}
    return f"{ADDRESS}?{'&'.join(f'{name}={value}' for name, value in query.items())}"


def enter(client, address, **typed):
    return client.post(address, {"key": str(uuid4()), "book": "1"} | typed)


def text_of(response):
    return response.content.decode()


def test_first_what_is_booked(doctor, professional, service):
    make_service(professional, name="Terapia")
    text = text_of(doctor.get(ADDRESS))
    assert "Revisión" in text
    assert "Terapia" in text


def test_the_only_service_is_chosen_already(doctor, service):
    text = text_of(doctor.get(ADDRESS))
    assert f"start=2026-11-23T14:00:00Z&amp;service={service.pk}" in text


def test_a_time_of_the_agenda_says_which_services_fit(doctor, professional, service):
    make_service(professional, name="Larga", duration_minutes=480)
    make_booking(service, start=TUESDAY + timedelta(hours=1))
    text = text_of(doctor.get(at()))
    assert text.count("Another appointment stands in the way") == 0
    assert text.count("It lies outside your hours.") == 1


def test_without_services_it_says_what_to_do(doctor):
    assert "No services yet" in text_of(doctor.get(ADDRESS))


def test_a_time_typed_by_hand_keeps_the_rest(doctor, service, known):
    query = {"service": service.pk, "patient": known.pk, "date": "2026-11-29", "time": "11:00"}
    location = doctor.get(ADDRESS, query)["Location"]
    assert f"patient={known.pk}" in location
    assert location.endswith("start=2026-11-29T16:00:00Z")


def test_somebody_new_is_booked_and_confirmed_at_once(doctor, service):
    response = enter(doctor, at(service=service), **EVA)
    booking = Booking.objects.get()
    assert response["Location"] == f"/doctor/consultations/{booking.pk}/"
    assert (booking.patient.name, booking.reason, booking.starts_at) == ("Eva Ruiz", "Tos", TUESDAY)
    assert (booking.status, booking.channel) == ("confirmed", "manual")


def test_the_same_form_sent_twice_books_once(doctor, service):
    key = str(uuid4())
    answers = [enter(doctor, at(service=service), key=key, **EVA) for _time in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Booking.objects.count() == 1


def test_a_patient_is_found_by_name_and_picked_without_a_name_in_the_address(doctor, service, known):
    found = doctor.post(at(service=service), {"q": "begona", "search": "1", "reason": "Tos"})
    text = text_of(found)
    assert found.status_code == 200
    assert "Begoña Muñoz" in text
    assert f"patient={known.pk}" in text
    assert "Tos</textarea>" in text
    picked = doctor.post(at(service=service, patient=known), {"pick": str(known.pk), "reason": "Tos"})
    assert "Tos</textarea>" in text_of(picked)
    enter(doctor, at(service=service, patient=known), reason="Tos")
    assert Booking.objects.get().patient == known
    assert Patient.objects.count() == 1


def test_a_search_keeps_what_was_typed_of_somebody_new(doctor, service):
    text = text_of(doctor.post(at(service=service), EVA | {"q": "nobody", "search": "1"}))
    assert "Nobody of that name" in text
    assert 'value="Eva Ruiz"' in text


def test_another_practices_patients_are_not_found(doctor, service):
    make_booking(make_service(make_professional(), price=0), name="Ana Ajena")
    assert "Ana Ajena" not in text_of(doctor.post(at(service=service), {"q": "Ana", "search": "1"}))


@pytest.mark.parametrize("of_another", ["patient", "service", "request"])
def test_what_is_another_practices_is_not_there(doctor, service, of_another):
    booking = make_booking(make_service(make_professional(), price=0))
    strange = {"patient": booking.patient, "service": booking.service, "request": booking}[of_another]
    assert doctor.get(at(**{"service": service, of_another: strange})).status_code == 404


def test_what_is_missing_is_told_and_the_rest_stays(doctor, service):
    response = enter(doctor, at(service=service), **EVA | {"name": "", "phone": "abc"})
    text = text_of(response)
    assert response.status_code == 400
    assert "enter the name of somebody new" in text
    assert 'value="eva@example.org"' in text
    assert "Tos</textarea>" in text


def test_what_is_owed_is_asked_for_by_a_link(doctor, professional):
    response = enter(doctor, at(service=make_service(professional, price=25000)), **EVA)
    assert Booking.objects.get().status == "pending_payment"
    assert "has been sent a link to pay" in text_of(doctor.get(response["Location"]))


def test_without_e_mail_it_is_paid_at_the_practice(doctor, professional):
    service, nameless = make_service(professional, price=25000), EVA | {"email": ""}
    refused = enter(doctor, at(service=service), **nameless)
    assert refused.status_code == 400
    assert "mark it as paid at the practice" in text_of(refused)
    enter(doctor, at(service=service), pays_at_practice="on", **nameless)
    assert Booking.objects.get().status == "confirmed"


def test_of_a_patient_on_record_without_e_mail_the_same_is_told(doctor, professional, known):
    Patient.objects.update(email_index="")
    known.email, known.email_index = "", ""
    known.save()
    refused = enter(doctor, at(service=make_service(professional, price=25000), patient=known))
    assert "mark it as paid at the practice" in text_of(refused)


def test_outside_the_hours_it_takes_a_tick(doctor, service):
    assert "It lies outside your hours." in text_of(doctor.get(at(SUNDAY, service=service)))
    refused = enter(doctor, at(SUNDAY, service=service), **EVA)
    assert "Please tick this" in text_of(refused)
    assert 'value="Eva Ruiz"' in text_of(refused)
    enter(doctor, at(SUNDAY, service=service), outside_hours="on", **EVA)
    assert Booking.objects.get().starts_at == SUNDAY


def test_all_that_is_missing_is_told_at_once(doctor, professional):
    response = enter(doctor, at(SUNDAY, service=make_service(professional, price=25000)), phone="abc")
    assert set(response.context["form"].errors) == {"name", "email", "phone", "language", "outside_hours"}
    summary = text_of(response).split('class="error-summary"')[1].split("</div>")[0]
    assert summary.count("<li>") == 5


def test_a_lost_race_offers_the_next_free_times_and_keeps_what_was_typed(doctor, service):
    make_booking(service, start=TUESDAY)
    refused = enter(doctor, at(service=service), **EVA)
    text = text_of(refused)
    assert refused.status_code == 409
    assert "The next free times" in text
    assert "start=2026-11-24T15:30:00Z" in text
    assert 'value="Eva Ruiz"' in text
    again = doctor.post(at(TUESDAY + timedelta(minutes=30), service=service), EVA | {"another": "1"})
    assert again.status_code == 200
    assert 'value="Eva Ruiz"' in text_of(again)


def test_the_patients_other_appointments_are_not_given_away(doctor, service):
    make_booking(make_service(make_professional(), price=0), start=TUESDAY, email=EVA["email"])
    text = text_of(enter(doctor, at(service=service), **EVA))
    assert "This time is not available." in text
    assert "The next free times" in text


@pytest.fixture
def wish(service):
    return services.request_booking(
        service=service,
        patient=PatientDetails(name="Eva Ruiz", email="eva@example.org", language="es"),
        message="Solo los jueves",
        preferred_from=datetime(2026, 12, 3).date(),
        actor=PATIENT,
    )


def test_a_wish_is_shown_and_turned_into_a_booking(doctor, service, wish):
    text = text_of(doctor.get(at(None, request=wish)))
    assert "Solo los jueves" in text
    assert "start=2026-12-03T14:00:00Z" in text
    response = enter(doctor, at(request=wish, service=service))
    booking = Booking.objects.get()
    assert response["Location"] == f"/doctor/consultations/{booking.pk}/"
    wish.refresh_from_db()
    assert (wish.status, wish.booking) == ("accepted", booking)
    assert booking.patient.name == "Eva Ruiz"


@pytest.mark.parametrize(
    ("part_of_day", "opened"), [("afternoon", "Afternoon"), ("evening", "Evening"), ("any", "Morning")]
)
def test_a_wish_opens_its_part_of_the_day_and_marks_its_days(client, part_of_day, opened):
    professional = make_professional(always_open=True)
    client.force_login(professional.user)
    service = make_service(professional, price=0, duration_minutes=15)
    asked = {"preferred_from": date(2026, 12, 3), "preferred_until": date(2026, 12, 4)}
    wish = make_request(service, part_of_day=part_of_day, **asked)
    response = client.get(at(None, request=wish), headers={"accept-language": "en"})
    assert response.context["opened"].name == opened
    marked = [day.date.day for week in response.context["weeks"] for day in week if day.wished]
    assert marked == [3, 4]
    assert text_of(response).count(", asked for") == 2


def test_a_wish_that_was_answered_leads_back_to_the_wishes(doctor, service, wish):
    services.reject_request(request_id=wish.pk, actor=PATIENT.__class__("professional"))
    assert doctor.get(at(request=wish))["Location"] == "/doctor/requests/"


def test_a_search_costs_the_same_whatever_the_history(doctor, service, known):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            doctor.post(at(service=service), {"q": "begona", "search": "1"})
        return len(captured)

    one = queries()
    for _number in range(3):
        make_booking(service, name="Begoña Muñoz")
    assert queries() == one
