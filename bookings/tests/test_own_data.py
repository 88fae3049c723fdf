"""A patient takes along what is kept about them, and asks to be erased: at once where nothing has to be kept."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone, translation

from accounts.models import Patient, Role
from accounts.services import create_user, own_erasure
from accounts.services.own_erasure import Fate, erase_own, foretell, keep_record
from accounts.tests import people
from bookings import services
from bookings.letters import TO_PROFESSIONAL
from bookings.models import Booking, BookingPolicy
from bookings.selectors import next_free_slots
from bookings.tests.admin_pages import PATIENTS, enter, page_of, queries_of, say, shown
from bookings.tests.factories import (
    make_booking,
    make_confirmed,
    make_professional,
    make_request,
    make_service,
    make_user,
)
from bookings.tests.members import bought, make_plan
from bookings.tests.past import given_back, paid
from core import outbox
from core.actor import Actor
from core.errors import NotAllowed, Refused
from core.models import AuditEvent
from notifications.models import Message
from notifications.services import mark_read, notify
from notifications.wording import words_of

pytestmark = pytest.mark.django_db
PAGE, PASSWORD = "/me/data", people.PASSWORD
DOCTOR = Actor("professional")


@pytest.fixture
def luz():
    return create_user(email="luz@people.test", password=PASSWORD, name="Luz Marín")


@pytest.fixture
def me(luz):
    client = Client(headers={"accept-language": "en"})
    client.force_login(luz)
    return client


def at(name: str, luz, **details) -> Booking:
    practice = make_professional(always_open=True, name=name)
    return make_confirmed(
        make_service(practice, price=0), user=luz, email=luz.email, name=luz.name, **details
    )


def ended(booking: Booking, days: int = 2) -> Booking:
    """It took place some days ago."""
    moments = ("starts_at", "ends_at", "blocked_from", "blocked_until")
    earlier = {name: F(name) - timedelta(days=days) for name in moments}
    Booking.objects.filter(pk=booking.pk).update(status="completed", **earlier)
    return booking


def cancelled(booking: Booking) -> Booking:
    services.cancel(booking_id=booking.pk, actor=Actor("patient"))
    return booking


def fates(outcomes) -> dict[str, str]:
    return {outcome.record.professional.name: outcome.fate.value for outcome in outcomes}


@pytest.fixture
def practices(luz):
    """One where nothing took place, one with a consultation, one with an appointment to come."""
    return cancelled(at("Nothing", luz)), ended(at("Seen", luz)), at("To come", luz)


# --- The file ------------------------------------------------------------------------------------------


def test_all_that_is_kept_of_the_person_is_in_the_file_and_nothing_of_others(me, luz):
    booking = ended(at("Dra. Ruiz", luz, phone="+34600000001", reason="my left knee"))
    given_back(paid(booking, timezone.now()), timezone.now(), "10")
    make_request(make_service(booking.professional, price=0), user=luz, email=luz.email, name=luz.name)
    booking.patient.notes = "private note of the practice"
    booking.patient.save(update_fields=["notes"])
    other = make_confirmed(make_service(booking.professional, price=0), name="Leo Gil", reason="his back")
    answer = me.get(f"{PAGE}/export")
    assert answer["Content-Disposition"] == 'attachment; filename="vicita.json"'
    text = answer.content.decode()
    told = json.loads(text)
    assert told["account"]["email"] == "luz@people.test"
    assert [record["phone"] for record in told["records"]] == ["+34600000001"]
    (appointment,) = told["appointments"]
    assert appointment["reason"] == "my left knee" and appointment["reference"] == booking.reference
    assert len(appointment["payment"]["given_back"]) == 1
    assert len(told["requests"]) == 1
    for words in ("private note", "Leo", "his back", other.reference):
        assert words not in text
    assert me.get("/api/v1/me/export").json()["appointments"][0]["reason"] == "my left knee"


def test_the_file_says_of_appointments_and_plans_what_was_paid_and_what_went_back(me, luz):
    booking = ended(at("Dra. Ruiz", luz))
    attempt = paid(booking, timezone.now())
    given_back(attempt, timezone.now(), "10")
    attempt.disputes.create(provider_id="d", amount=5, status="lost", closed_at=timezone.now())
    twice = attempt.payment.attempts.create(number=2, reference="TWICE", gateway="sandbox", status="paid")
    given_back(twice, timezone.now(), "25000")
    bought(luz, make_plan(booking.service, price=90000))
    told = me.get("/api/v1/me/export").json()
    (appointment,), (plan,) = told["appointments"], told["plans"]
    assert [float(one["amount"]) for one in appointment["payment"]["given_back"]] == [10]
    assert [float(one["amount"]) for one in appointment["payment"]["taken_by_bank"]] == [5]
    assert (plan["payment"]["state"], plan["payment"]["currency"]) == ("paid", "COP")
    assert (float(plan["payment"]["amount"]), plan["payment"]["given_back"]) == (90000, [])


def test_the_file_says_what_was_sent_to_the_person_and_nothing_of_the_practice(me, luz):
    practice = make_professional(always_open=True, auto_accept=True)
    service = make_service(practice, price=0)
    booking = make_booking(service, user=luz, email=luz.email, name=luz.name)
    outbox.deliver_due()
    later, patient = next_free_slots(service=service, count=5)[4], Actor("patient")
    services.reschedule(booking_id=booking.pk, starts_at=later, actor=patient)
    outbox.deliver_due()
    cancelled(booking)
    BookingPolicy.objects.update(auto_accept=False)
    other = make_booking(service, name="Luz M", email="luz.old@people.test")
    outbox.deliver_due()
    services.merge_patients(keep_id=booking.patient_id, other_id=other.patient_id, actor=DOCTOR)
    make_request(service, user=luz, email=luz.email, name=luz.name)
    make_request(service, email="leo@people.test", name="Leo Gil")
    outbox.deliver_due()
    written = {(one.kind, one.recipient) for one in Message.objects.select_related("data_key")}
    to_practice = {(kind, to) for kind, to in written if to == practice.user.email}
    assert {kind for kind, _to in to_practice} == TO_PROFESSIONAL
    sent = me.get("/api/v1/me/export").json()["messages"]
    hers = {(one["kind"], one["to"]) for one in sent}
    assert hers == written - to_practice - {("request_received", "leo@people.test")}
    assert ("booking_waiting", "luz.old@people.test") in hers
    assert {(one["state"], one["sent_at"]) for one in sent} == {("queued", None)}


def test_the_file_has_notifications_in_the_words_that_were_shown(me, luz):
    shown = notify(user=luz, kind="BOOKING_CONFIRMED", dedupe_key="1", payload={"professional_name": "Gil"})
    mark_read(user=luz, notification_id=shown.pk)
    (told,) = me.get("/api/v1/me/export").json()["notifications"]
    with translation.override(luz.language):
        assert (told["title"], told["message"]) == words_of(shown.kind, shown.payload)
    assert told["kind"] == "BOOKING_CONFIRMED" and told["told_at"] and told["read_at"]


def test_the_file_takes_as_many_queries_for_many_appointments(luz, me, django_assert_max_num_queries):
    booking, costs = at("Dra. Ruiz", luz), set()
    for number in (1, 5):
        for _n in range(number):
            make_booking(booking.service, user=luz, email=luz.email, name=luz.name)
            notify(user=luz, kind="BOOKING_CONFIRMED", dedupe_key=f"{number} {_n}", payload={})
        outbox.deliver_due()
        with django_assert_max_num_queries(20) as asked:
            me.get(f"{PAGE}/export")
        costs.add(len(asked))
    assert len(costs) == 1


# --- Being erased --------------------------------------------------------------------------------------


def test_each_practice_is_foretold_and_then_done(luz, practices):
    assert fates(foretell(luz)) == {"Nothing": "erase", "Seen": "ask", "To come": "settle_first"}
    outcomes = erase_own(user=luz, password=PASSWORD)
    assert fates(outcomes) == {"Nothing": "erased", "Seen": "asked", "To come": "settle_first"}
    assert {outcome.code for outcome in outcomes} == {"", "appointments_to_come"}
    nothing, seen, to_come = (Patient.objects.get(pk=booking.patient_id) for booking in practices)
    assert nothing.erased_at and nothing.data_key.is_destroyed
    assert seen.erased_at is None and seen.erasure_asked_at and seen.name == "Luz Marín"
    assert to_come.erased_at is None and to_come.erasure_asked_at is None
    asked = AuditEvent.objects.get(action="patient.erasure_asked")
    assert (asked.object_id, asked.subjects) == (str(seen.pk), [seen.data_key_id])
    assert fates(erase_own(user=luz, password=PASSWORD)) == {"Seen": "asked", "To come": "settle_first"}
    assert AuditEvent.objects.filter(action="patient.erasure_asked").count() == 1


def test_what_the_practice_wrote_down_may_have_to_be_kept(luz):
    record = cancelled(at("Notes", luz)).patient
    record.notes = "allergic to penicillin"
    record.save(update_fields=["notes"])
    booking = cancelled(at("Of an appointment", luz))
    booking.refresh_from_db()
    booking.notes = "called, could not come"
    booking.save(update_fields=["notes"])
    assert {outcome.fate for outcome in foretell(luz)} == {Fate.ASK}


def test_a_button_pressed_twice_says_the_same_twice(luz, practices, monkeypatch):
    """The second press has read the records before the first one is done."""
    before = own_erasure.records_of(luz)
    assert fates(erase_own(user=luz, password=PASSWORD))["Nothing"] == "erased"
    monkeypatch.setattr(own_erasure, "records_of", lambda user: before)
    assert fates(erase_own(user=luz, password=PASSWORD))["Nothing"] == "erased"
    assert AuditEvent.objects.filter(action="patient.erased").count() == 1


def test_it_is_nobody_else_s_and_needs_the_password(luz, practices):
    with pytest.raises(Refused) as refusal:
        erase_own(user=luz, password="wrong")
    assert refusal.value.code == "wrong_password"
    assert erase_own(user=create_user(email="leo@people.test", password=PASSWORD), password=PASSWORD) == []
    assert not Patient.objects.exclude(erased_at=None).exists()


def test_the_page_asks_twice_and_tells(me, practices):
    page = me.get(PAGE).content.decode()
    assert "Nothing has to be kept: it is erased at once." in page and "the law may want kept" in page
    for wrong in ({"password": PASSWORD}, {"password": "wrong", "sure": "on"}, {"sure": "on"}):
        answer = me.post(PAGE, wrong)
        assert answer.status_code == 400 and b'aria-invalid="true"' in answer.content
    assert not Patient.objects.exclude(erased_at=None).exists()
    page = me.post(PAGE, {"password": PASSWORD, "sure": "on"}, follow=True).content.decode()
    assert "Your record is erased wherever nothing has to be kept." in page
    assert "The administration has your request" in page
    assert "You have asked for it." in page and "Have my data erased" not in page


def test_the_api_says_the_same(me, practices):
    before = {one["practice"]: one["what"] for one in me.get("/api/v1/me/erase").json()["records"]}
    assert before == {"Nothing": "erase", "Seen": "ask", "To come": "settle_first"}
    body = {"password": PASSWORD}
    after = me.post("/api/v1/me/erase", body, content_type="application/json").json()["records"]
    assert {one["practice"]: (one["what"], one["code"]) for one in after} == {
        "Nothing": ("erased", ""),
        "Seen": ("asked", ""),
        "To come": ("settle_first", "appointments_to_come"),
    }
    wrong = me.post("/api/v1/me/erase", {"password": "x"}, content_type="application/json")
    assert wrong.json()["errors"][0] | {"detail": ""} == {
        "code": "wrong_password",
        "attr": "password",
        "detail": "",
    }


# --- What staff do with it -----------------------------------------------------------------------------


def test_staff_see_who_asks_and_erase(client, luz, practices):
    erase_own(user=luz, password=PASSWORD)
    seen = practices[1].patient
    admin = enter(client)
    cards = {str(card.title): (card.count, card.link) for card in admin.get("/admin/").context["cards"]}
    count, link = cards["Patients who ask to be erased"]
    assert count == 1
    assert list(admin.get(link).context["cl"].result_list) == [seen]
    assert "Asks to be erased since" in shown(admin, f"{page_of(seen)}change/")
    say(admin, seen, "erase", name="Luz Marín", sure="on")
    assert admin.get("/admin/").context["cards"] and not admin.get(link).context["cl"].result_list
    assert Patient.objects.get(pk=seen.pk).erased_at


def test_staff_keep_what_has_to_be_kept_and_the_person_may_ask_again(client, luz, practices):
    erase_own(user=luz, password=PASSWORD)
    seen = practices[1].patient
    admin = enter(client)
    assert "The request is answered." in say(admin, seen, "keep")
    assert "/keep/" not in shown(admin, f"{page_of(seen)}change/")
    assert fates(foretell(luz))["Seen"] == "ask"
    assert AuditEvent.objects.get(action="patient.erasure_declined").subjects == [seen.data_key_id]
    with pytest.raises(NotAllowed):
        keep_record(patient_id=seen.pk, by=make_user(role=Role.IT_ADMIN))


def test_who_asked_still_asks_when_their_record_goes_into_another(client, luz, practices):
    erase_own(user=luz, password=PASSWORD)
    seen = practices[1].patient
    asked_at = Patient.objects.get(pk=seen.pk).erasure_asked_at
    other = services.add_patient(professional=seen.professional, name=luz.name, language="es")
    services.merge_patients(keep_id=other.pk, other_id=seen.pk, actor=Actor("professional"))
    found = enter(client).get(f"{PATIENTS}?erasing=asked").context["cl"].result_list
    assert [(record.pk, record.erasure_asked_at) for record in found] == [(other.pk, asked_at)]
    assert Patient.objects.get(pk=seen.pk).erasure_asked_at is None
    assert fates(foretell(luz))["Seen"] == "asked"


def test_the_list_of_who_asks_takes_as_many_queries_for_many(client, luz):
    address = f"{PATIENTS}?erasing=asked"
    admin, costs = enter(client), []
    for number in (1, 4):
        for n in range(number):
            ended(at(f"Practice {number} {n}", luz), days=10 * number + n)
        erase_own(user=luz, password=PASSWORD)
        costs += queries_of(admin, address)
    assert costs[0] == costs[1]
