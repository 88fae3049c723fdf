"""What medical administration sees of bookings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role
from bookings import services
from bookings.models import Booking
from bookings.tests.admin_pages import BOOKINGS, PAYMENTS, enter, page_of, queries_of, shown
from bookings.tests.factories import (
    make_booking,
    make_confirmed,
    make_professional,
    make_service,
    open_window,
)
from core.actor import Actor
from core.models import AuditEvent
from payments.models import Payment

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    return enter(client)


def test_lists_and_pages_take_as_many_queries_for_many_rows(admin):
    booking = make_booking(name="Luz Marín")
    payment = Payment.objects.get()
    addresses = [
        BOOKINGS,
        f"{BOOKINGS}?q=luz@example.org",
        f"{BOOKINGS}?q=Ana&status__exact=pending_payment",
        f"{page_of(booking)}change/",
        PAYMENTS,
        f"{PAYMENTS}?q={booking.reference}",
        f"{page_of(payment)}change/",
    ]
    few = queries_of(admin, *addresses)
    for number in range(9):
        make_booking(name=f"Person {number}")
    assert "Person 8" in shown(admin, BOOKINGS)
    assert queries_of(admin, *addresses) == few
    assert max(few) <= 15


@pytest.mark.parametrize("query", ["status__exact=%00", "professional=%00", "modality__exact=a%00b"])
def test_what_the_database_cannot_be_asked_for_is_a_mistake_of_whoever_asks(admin, query):
    assert admin.get(f"{BOOKINGS}?{query}").status_code == 400
    assert admin.get(f"{BOOKINGS}export/?{query}").status_code == 400


@pytest.mark.parametrize("ticked", ["no id", "\x00"])
def test_a_row_that_cannot_be_is_none_to_tick(admin, ticked):
    assert admin.post(BOOKINGS, {"action": "cancel", "_selected_action": [ticked]}).status_code == 400


def test_times_are_those_of_the_practice_which_is_named(admin):
    service = make_service(make_professional(always_open=True, zone="Asia/Tokyo"), price=0)
    booking = make_confirmed(service)
    wall = booking.starts_at.astimezone(service.professional.zone)
    for page in (shown(admin, BOOKINGS), shown(admin, f"{page_of(booking)}change/")):
        assert f"{wall:%H:%M}</time> (Tokyo)" in page
    booked = booking.created_at.astimezone(service.professional.zone)
    assert f"{booked:%H:%M}</time> (Tokyo)" in page


def test_one_booking_tells_its_story_but_not_why_the_patient_comes(admin):
    booking = make_booking(name="Luz Marín", reason="a secret worry")
    services.cancel(booking_id=booking.pk, actor=Actor("staff"), reason="a private matter")
    page = shown(admin, f"{page_of(booking)}change/")
    for words in (booking.reference, "Luz Marín", "Booked", "Cancelled → cancelled", "· staff"):
        assert words in page
    assert Payment.objects.get().reference in page
    assert "secret worry" not in page and "private matter" not in page


def test_who_of_the_staff_did_what_is_named(admin):
    booking = make_booking(make_service(make_professional(always_open=True), price=0))
    admin.post(f"{page_of(booking)}accept/", {"_confirmed": "1"})
    page = shown(admin, f"{page_of(booking)}change/")
    assert "Accepted → confirmed" in page and "Marta Staff" in page


def test_who_was_in_the_room(admin):
    booking = open_window(make_confirmed())
    assert "Nobody has been in the room" in shown(admin, f"{page_of(booking)}change/")


@pytest.mark.parametrize("words", ["luz@people.test", " LUZ@people.test", "+57 300 123-4567"])
def test_they_are_found_by_the_whole_address_or_phone(admin, words):
    booking = make_booking(email="luz@people.test", phone="+57 300 1234567")
    other = make_booking()
    page = shown(admin, BOOKINGS, q=words)
    assert booking.reference in page
    assert other.reference not in page


def test_they_are_found_by_reference_and_professional(admin):
    booking, other = make_booking(), make_booking()
    for words in (booking.reference, booking.reference[:8].lower(), booking.professional.name.upper()):
        page = shown(admin, BOOKINGS, q=words)
        assert booking.reference in page
        assert other.reference not in page
    assert shown(admin, BOOKINGS, q="%_\\' odd").count(booking.reference) == 0


def test_by_name_only_within_one_practice(admin):
    booking = make_booking(name="Luz Marín")
    other = make_booking(name="Luz Marín")
    assert booking.reference not in shown(admin, BOOKINGS, q="marin")
    page = shown(admin, BOOKINGS, q="marin", professional=str(booking.professional_id))
    assert booking.reference in page and other.reference not in page


def test_who_is_not_shown_was_not_seen(admin):
    booking = make_booking(name="Luz Marín")
    other = make_booking(booking.service, name="Eva Ruiz")
    shown(admin, BOOKINGS, q="marin", professional=str(booking.professional_id))
    seen = AuditEvent.objects.filter(action="read").latest("pk").subjects
    assert booking.patient.data_key_id in seen
    assert other.patient.data_key_id not in seen


def test_filters_by_state_modality_professional_and_days(admin):
    today, later = make_confirmed(), make_confirmed()
    open_window(today, starts_in=timedelta(minutes=1))
    open_window(later, starts_in=timedelta(days=40))
    day = timezone.localdate(today.starts_at).isoformat()
    for query in (
        {"starts_at_from": day, "starts_at_until": day},
        {"professional": str(today.professional_id)},
        {
            "professional": str(today.professional_id),
            "status__exact": "confirmed",
            "modality__exact": "video",
        },
    ):
        page = shown(admin, BOOKINGS, **query)
        assert today.reference in page
        assert later.reference not in page


@pytest.mark.parametrize(
    "query",
    [
        {"status__exact": "none"},
        {"starts_at_from": "x"},
        {"starts_at_until": "9999-99-99"},
        {"professional": "x"},
        {"o": "99"},
        {"p": "9999"},
        {"q": "", "status__exact": ""},
    ],
)
@pytest.mark.parametrize("address", [BOOKINGS, PAYMENTS])
def test_odd_filters_are_no_server_error(admin, address, query):
    assert admin.get(address, query).status_code in {200, 302, 400}


def test_the_list_flows_out_as_csv_and_the_audit_knows_whose(admin):
    booking, other = make_booking(name="=Luz()"), make_booking()
    answer = admin.get(f"{BOOKINGS}export/", {"q": booking.reference})
    assert answer.streaming
    text = b"".join(answer).decode()
    assert booking.reference in text and other.reference not in text
    assert "'=Luz()" in text
    assert AuditEvent.objects.filter(action="bookings.exported").count() == 1
    assert AuditEvent.objects.filter(action="read").latest("pk").subjects == [booking.patient.data_key_id]


@pytest.mark.parametrize("role", [Role.IT_ADMIN, Role.AGENT, Role.PROFESSIONAL, None])
def test_they_are_for_nobody_else(client, role):
    booking = make_booking()
    if role:
        enter(client, role)
    status = {Role.IT_ADMIN: 403, None: 302}.get(role, 302)
    for page in (
        "",
        "export/",
        f"{booking.pk}/change/",
        f"{booking.pk}/cancel/",
        f"{booking.pk}/reschedule/",
    ):
        assert client.get(BOOKINGS + page).status_code == status
    assert Booking.objects.get().status == "pending_payment"
