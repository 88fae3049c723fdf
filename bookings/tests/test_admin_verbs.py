"""The verbs of a booking as medical administration says them: those that its state allows, each asked about first."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bookings import services
from bookings.models import Booking, BookingEvent
from bookings.selectors import next_free_slots
from bookings.tests.admin_pages import BOOKINGS, enter, page_of, say, say_in_list, shown, who_is_in
from bookings.tests.factories import (
    make_booking,
    make_confirmed,
    make_professional,
    make_service,
    open_window,
)
from core.actor import Actor
from core.templatetags.ui import start_text
from payments.models import Payment, Refund
from payments.sandbox import services as company
from payments.sandbox.models import SandboxCheckout
from payments.services import open_checkout, sync_payment

pytestmark = pytest.mark.django_db
VERBS = ("accept", "reject", "cancel", "mark-no-show", "finish", "reschedule")


@pytest.fixture
def admin(client):
    return enter(client)


@pytest.fixture
def waiting() -> Booking:
    return make_booking(make_service(make_professional(always_open=True), price=0))


def state(booking: Booking) -> str:
    booking.refresh_from_db()
    return booking.status


def offered(admin, booking: Booking) -> set[str]:
    page = shown(admin, f"{page_of(booking)}change/")
    return {verb for verb in VERBS if f"{page_of(booking)}{verb}/" in page}


def paid(booking: Booking) -> Booking:
    payment = Payment.objects.get(subject_id=booking.pk)
    open_checkout(payment_id=payment.pk, return_url="http://localhost/back")
    checkout = SandboxCheckout.objects.get(reference__startswith=payment.reference)
    company.pay(checkout_id=checkout.pk)
    sync_payment(payment_id=payment.pk)
    booking.refresh_from_db()
    return booking


def test_only_what_the_table_allows_is_offered(admin, waiting):
    assert offered(admin, waiting) == {"accept", "reject", "cancel", "reschedule"}
    assert offered(admin, make_booking()) == {"cancel"}
    confirmed = make_confirmed()
    assert offered(admin, confirmed) == {"cancel", "reschedule"}
    open_window(confirmed, starts_in=timedelta(minutes=-25))
    assert offered(admin, confirmed) == {"cancel", "mark-no-show"}
    services.cancel(booking_id=confirmed.pk, actor=Actor("staff"))
    assert offered(admin, confirmed) == set()


def test_a_look_at_the_question_does_nothing(admin, waiting):
    for verb in ("accept", "reject", "cancel"):
        assert waiting.reference in shown(admin, f"{page_of(waiting)}{verb}/")
    assert state(waiting) == "waiting_for_professional"


def test_accepted_for_the_professional(admin, waiting):
    assert "1 appointment changed" in say(admin, waiting, "accept")
    assert state(waiting) == "confirmed"
    event = BookingEvent.objects.latest("pk")
    assert (event.actor_kind, event.actor_id) == ("staff", who_is_in(admin).pk)


def test_declined_with_a_reason(admin, waiting):
    say(admin, waiting, "reject", reason="Fully booked")
    assert state(waiting) == "rejected"
    assert waiting.closing_reason == "Fully booked"


def test_cancelling_says_what_goes_back_and_gives_it_back(admin, settings):
    settings.EMBEDDED, settings.PAYMENT_GATEWAYS = True, ["sandbox"]
    booking = paid(make_booking())
    assert "COP\xa025,000 goes back" in shown(admin, f"{page_of(booking)}cancel/")
    say(admin, booking, "cancel", reason="The practice is closed")
    assert (state(booking), booking.cancelled_by) == ("cancelled", "staff")
    assert Refund.objects.get().amount == 25000
    assert "No money goes back" in shown(admin, f"{page_of(make_booking())}cancel/")


def test_after_a_refund_in_part_cancelling_gives_back_the_rest(admin, settings):
    settings.EMBEDDED, settings.PAYMENT_GATEWAYS = True, ["sandbox"]
    booking = paid(make_booking())
    form = {"amount": "5000", "why": "late start", "once": "6f2d9c9e-5a55-4b6e-9d0f-3f3e4f4c2b11"}
    say(admin, Payment.objects.get(), "refund", **form)
    assert "COP\xa020,000 goes back" in shown(admin, f"{page_of(booking)}cancel/")
    say(admin, booking, "cancel")
    assert sorted(refund.amount for refund in Refund.objects.all()) == [5000, 20000]


def test_a_reason_that_is_too_long_stays_in_the_form(admin, waiting):
    answer = admin.post(f"{page_of(waiting)}reject/", {"_confirmed": "1", "reason": "x" * 301})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "at most 300 characters" in page and "x" * 301 in page
    assert state(waiting) == "waiting_for_professional"


def test_no_show_and_taken_place(admin):
    absent = open_window(make_confirmed(), starts_in=timedelta(minutes=-25))
    say(admin, absent, "mark-no-show")
    assert state(absent) == "no_show"
    visit = make_confirmed(make_service(make_professional(always_open=True), price=0, modality="in_person"))
    open_window(visit, starts_in=timedelta(minutes=-25))
    assert "finish" in offered(admin, visit)
    say(admin, visit, "finish")
    assert state(visit) == "completed"


def test_many_at_once_with_an_error_for_each_that_cannot_be(admin, waiting):
    confirmed = make_confirmed()
    page = say_in_list(admin, BOOKINGS, "accept", waiting, confirmed)
    assert "1 appointment changed" in page
    assert f"{confirmed.reference}: " in page and "that is not possible now" in page
    assert state(waiting) == "confirmed"


def test_many_at_once_are_asked_about_first(admin, waiting):
    form = {"action": "cancel", "_selected_action": [str(waiting.pk)]}
    page = admin.post(BOOKINGS, form).content.decode()
    assert waiting.reference in page and "cannot be undone" in page
    assert state(waiting) == "waiting_for_professional"


# --- Another time ----------------------------------------------------------------------------------


def test_moved_to_one_of_the_free_times(admin, waiting):
    page = shown(admin, f"{page_of(waiting)}reschedule/")
    slot = next_free_slots(service=waiting.service, count=9, by_hand=True, moving=waiting.pk)[8]
    assert f'value="{start_text(slot)}"' in page
    assert f'value="{start_text(waiting.starts_at)}"' not in page, "where it is already"
    say(admin, waiting, "reschedule", start=start_text(slot), reason="The professional is away")
    assert state(waiting) == "waiting_for_professional"
    assert (waiting.starts_at, waiting.move_reason) == (slot, "The professional is away")


def test_a_time_that_is_taken_leads_to_the_next_free_ones(admin, waiting):
    taken = make_booking(waiting.service)
    page = say(admin, waiting, "reschedule", start=start_text(taken.starts_at))
    assert 'role="alert"' in page and "The next free times" in page
    assert waiting.starts_at != taken.starts_at


@pytest.mark.parametrize("start", ["", "x", "2020-01-01T00:00:00Z"])
def test_a_start_that_is_none_moves_nothing(admin, waiting, start):
    before = waiting.starts_at
    assert 'role="alert"' in say(admin, waiting, "reschedule", start=start)
    assert state(waiting) and waiting.starts_at == before


def test_days_are_leafed_through(admin, waiting):
    day = (waiting.starts_at + timedelta(days=20)).date().isoformat()
    page = shown(admin, f"{page_of(waiting)}reschedule/", **{"from": day, "day": day})
    assert f'value="{day}T12:00:00Z"' in page
    for odd in ({"from": "x"}, {"from": "9999-12-31"}, {"day": "0001-01-01"}):
        shown(admin, f"{page_of(waiting)}reschedule/", **odd)


def test_what_is_over_is_not_moved(admin):
    over = open_window(make_confirmed(), starts_in=timedelta(minutes=-25))
    assert "cannot be moved any more" in shown(admin, f"{page_of(over)}reschedule/")
