"""What medical administration does about requests for an appointment."""

from __future__ import annotations

import pytest

from accounts.models import Role
from bookings.models import Booking
from bookings.selectors import next_free_slots
from bookings.tests.admin_pages import REQUESTS, enter, page_of, queries_of, say, say_in_list, shown
from bookings.tests.factories import make_booking, make_professional, make_request, make_service
from core.templatetags.ui import start_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    return enter(client)


@pytest.fixture
def wish():
    return make_request(name="Luz Marín", email="luz@people.test", message="a secret worry")


def state(wish) -> str:
    wish.refresh_from_db()
    return wish.status


def slot_of(service):
    return next_free_slots(service=service, count=9, by_hand=True)[8]


def test_lists_and_pages_take_as_many_queries_for_many_rows(admin, wish):
    addresses = [REQUESTS, f"{page_of(wish)}change/", f"{page_of(wish)}book/"]
    few = queries_of(admin, *addresses)
    for number in range(9):
        make_request(name=f"Person {number}")
    assert "Person 8" in shown(admin, REQUESTS)
    assert queries_of(admin, *addresses) == few
    assert max(few) <= 10


def test_one_tells_its_story_but_not_what_was_written(admin, wish):
    page = shown(admin, f"{page_of(wish)}change/")
    assert "Luz Marín" in page and wish.service.name in page
    assert "a secret worry" not in page


def test_they_are_found_by_the_whole_address_and_by_professional(admin, wish):
    make_request(name="Eva Ruiz")
    for words in (" LUZ@people.test", wish.professional.name):
        page = shown(admin, REQUESTS, q=words)
        assert "Luz Marín" in page and "Eva Ruiz" not in page


def test_turned_into_an_appointment(admin, wish):
    slot = slot_of(wish.service)
    assert f'value="{start_text(slot)}"' in shown(admin, f"{page_of(wish)}book/")
    say(admin, wish, "book", start=start_text(slot))
    assert state(wish) == "accepted"
    assert (wish.booking.starts_at, wish.booking.status) == (slot, "confirmed")
    page = shown(admin, f"{page_of(wish)}change/")
    assert wish.booking.reference in page and f"{page_of(wish)}book/" not in page


def test_with_another_service_paid_at_the_practice(admin, wish):
    other = make_service(wish.professional, duration_minutes=60)
    answer = admin.post(
        f"{page_of(wish)}book/?service={other.pk}",
        {"start": start_text(slot_of(other)), "pays_at_practice": "on"},
    )
    assert answer.status_code == 302
    booking = Booking.objects.get()
    assert (booking.service, booking.pays_at_practice, booking.status) == (other, True, "confirmed")


def test_no_service_of_another_practice(admin, wish):
    foreign = make_service(make_professional(always_open=True), price=0)
    page = shown(admin, f"{page_of(wish)}book/", service=str(foreign.pk))
    assert str(foreign.pk) not in page


def test_a_time_that_is_taken_leads_to_others(admin, wish):
    taken = make_booking(wish.service)
    page = say(admin, wish, "book", start=start_text(taken.starts_at))
    assert 'role="alert"' in page and "The next free times" in page
    assert state(wish) == "pending"


def test_declined_one_by_one_or_together(admin, wish):
    say(admin, wish, "decline", reason="Fully booked")
    assert (state(wish), wish.closing_reason) == ("rejected", "Fully booked")
    others = [make_request(), make_request()]
    page = say_in_list(admin, REQUESTS, "decline", wish, *others)
    assert "2 requests declined" in page and "that is not possible now" in page
    assert {state(other) for other in others} == {"rejected"}
    assert "has been answered" in shown(admin, f"{page_of(wish)}book/")


def test_nobody_writes_them_here_and_it_administration_does_not_read_them(admin, client, wish):
    assert client.get(f"{REQUESTS}add/").status_code == 403
    enter(client, Role.IT_ADMIN)
    for page in ("", f"{wish.pk}/change/", f"{wish.pk}/book/", f"{wish.pk}/decline/"):
        assert client.get(REQUESTS + page).status_code == 403


def test_odd_filters_are_no_server_error(admin):
    for query in ({"status__exact": "none"}, {"created_at_from": "x"}, {"o": "99"}, {"p": "9999"}):
        assert admin.get(REQUESTS, query).status_code in {200, 302}
