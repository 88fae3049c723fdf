"""Another time for a booking, by its private link: which times are offered, and when none is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from allauth.account.models import EmailAddress

from bookings.access import token_of
from bookings.models import BookingEvent, BookingPolicy
from bookings.tests.factories import make_booking, make_confirmed, make_professional, make_service, make_user

pytestmark = pytest.mark.django_db

FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
LATER = "2026-11-25T15:00:00Z"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(FRIDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def service():
    return make_service(make_professional(auto_accept=True), price=0, duration_minutes=60)


@pytest.fixture
def text_of(client):
    def get(booking, path="move", **query):
        address = f"/b/{token_of(booking)}/{path}"
        response = client.get(address, query, headers={"accept-language": "en"})
        assert response.status_code == 200
        return response.content.decode()

    return get


def move(client, booking, start=LATER, **more):
    return client.post(f"/b/{token_of(booking)}/move", {"start": start} | more)


def make_account():
    user = make_user(email="julia@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def change(service, **policy):
    BookingPolicy.objects.filter(professional=service.professional).update(**policy)


def test_it_is_in_no_way_of_itself_and_its_own_time_is_no_other(text_of, service):
    text = text_of(make_confirmed(service, start=TUESDAY), day="2026-11-24")
    assert "?start=2026-11-24T14:30:00Z" in text
    assert "?start=2026-11-24T15:30:00Z" in text
    assert "?start=2026-11-24T15:00:00Z" not in text


def test_the_length_that_was_booked_counts(text_of, service):
    booking = make_confirmed(service, start=TUESDAY)
    service.duration_minutes = 240
    service.save()
    assert "?start=2026-11-25T21:00:00Z" in text_of(booking, day="2026-11-25")


def test_the_link_works_after_the_move(client, text_of, service):
    booking = make_confirmed(service, start=TUESDAY)
    assert move(client, booking)["Location"] == f"/b/{token_of(booking)}/"
    assert "Wednesday, November 25" in text_of(booking, "")
    client.post(f"/b/{token_of(booking)}/cancel")
    assert "You cancelled this appointment" in text_of(booking, "")


def test_why_may_be_said(client, text_of, service):
    booking = make_confirmed(service, start=TUESDAY)
    assert 'name="reason"' in text_of(booking, start=LATER)
    move(client, booking, reason="Tengo un examen")
    booking.refresh_from_db()
    assert booking.move_reason == "Tengo un examen"


def test_too_many_words_are_kept_and_named(client, service):
    booking = make_confirmed(service, start=TUESDAY)
    response = move(client, booking, reason="x" * 301)
    assert response.status_code == 400
    assert "x" * 301 in response.content.decode()
    booking.refresh_from_db()
    assert booking.starts_at == TUESDAY


def test_it_says_whether_the_professional_is_asked_again(text_of, service):
    booking = make_confirmed(service, start=TUESDAY)
    assert "The new time holds at once" in text_of(booking, start=LATER)
    change(service, auto_accept=False)
    assert "will be asked to accept the new time" in text_of(booking, start=LATER)


def test_a_practice_for_its_patients_knows_this_one(client, text_of, service):
    booking = make_confirmed(service, start=TUESDAY)
    change(service, patients_only=True)
    assert f"?start={LATER}" in text_of(booking, day="2026-11-25")
    assert move(client, booking).status_code == 302


def test_a_practice_that_takes_nobody_online_says_so(text_of, service):
    booking = make_confirmed(service, start=TUESDAY)
    change(service, allow_public_booking=False)
    text = text_of(booking)
    assert "Please ask the practice for another time" in text
    assert "?start=" not in text
    assert "Move the appointment</a>" not in text_of(booking, "")


def test_what_has_begun_is_not_moved(text_of, service, now):
    booking = make_confirmed(service, start=TUESDAY)
    now.move_to(TUESDAY)
    assert "Only an appointment that is still ahead can be moved" in text_of(booking)


def test_the_owner_does_not_see_times_at_which_they_are_busy(client, text_of, service):
    user = make_account()
    booking = make_confirmed(service, start=TUESDAY, user=user, email=user.email)
    elsewhere = make_service(make_professional(), price=0)
    make_booking(elsewhere, start=datetime(2026, 11, 25, 15, 0, tzinfo=UTC), email=user.email)
    assert f"?start={LATER}" in text_of(booking, day="2026-11-25")
    client.force_login(user)
    assert f"?start={LATER}" not in text_of(booking, day="2026-11-25")
    assert "?start=2026-11-25T15:30:00Z" in text_of(booking, day="2026-11-25")


def test_the_history_tells_the_owner_from_the_link(client, service):
    user = make_account()
    booking = make_confirmed(service, start=TUESDAY, user=user, email=user.email)
    move(client, booking)
    client.force_login(user)
    move(client, booking, start="2026-11-26T15:00:00Z")
    moves = BookingEvent.objects.filter(booking=booking, verb="reschedule")
    assert list(moves.values_list("actor_id", flat=True)) == [None, user.pk]


def test_what_is_not_paid_yet_is_paid_first(text_of):
    booking = make_booking(make_service(make_professional()), start=TUESDAY)
    assert "It has to be paid first" in text_of(booking)


def test_a_month_beyond_the_horizon_leads_back(text_of, service):
    text = text_of(make_confirmed(service, start=TUESDAY), month="2999-12")
    assert "Bookings are open until" in text
    assert 'href="?day=2026-11-20"' in text
