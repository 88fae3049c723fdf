"""What medical administration sees of bookings and money."""

from __future__ import annotations

import pytest

from accounts.models import Role
from bookings.tests.factories import make_booking, make_user

pytestmark = pytest.mark.django_db

BOOKINGS = "/admin/bookings/booking/"
PAYMENTS = "/admin/payments/payment/"


@pytest.fixture
def admin(client):
    client.force_login(make_user(role=Role.MEDICAL_ADMIN, is_staff=True))
    return client


def shown(admin, address, **query):
    return admin.get(address, query).content.decode()


def test_bookings_are_listed_by_name_in_a_constant_number_of_queries(admin, django_assert_num_queries):
    make_booking(name="Luz Marín")
    shown(admin, BOOKINGS)
    with django_assert_num_queries(7) as few:
        assert "Luz Marín" in shown(admin, BOOKINGS)
    for number in range(4):
        make_booking(name=f"Person {number}")
    with django_assert_num_queries(len(few)):
        assert "Person 3" in shown(admin, BOOKINGS)


def test_payments_are_listed_in_a_constant_number_of_queries(admin, django_assert_num_queries):
    make_booking()
    shown(admin, PAYMENTS)
    with django_assert_num_queries(8) as few:
        assert "25" in shown(admin, PAYMENTS)
    for _ in range(4):
        make_booking()
    with django_assert_num_queries(len(few)):
        shown(admin, PAYMENTS)


def test_one_booking_tells_its_story_but_not_why_the_patient_comes(admin):
    booking = make_booking(name="Luz Marín", reason="a secret worry")
    page = shown(admin, f"{BOOKINGS}{booking.pk}/change/")
    assert booking.reference in page
    assert "Luz Marín" in page
    assert booking.events.get().verb in page
    assert "a secret worry" not in page


@pytest.mark.parametrize("words", ["luz@people.test", " LUZ@people.test"])
def test_bookings_are_found_by_the_whole_address(admin, words):
    booking = make_booking(email="luz@people.test")
    other = make_booking()
    page = shown(admin, BOOKINGS, q=words)
    assert booking.reference in page
    assert other.reference not in page


def test_bookings_are_found_by_reference_and_professional(admin):
    booking, other = make_booking(), make_booking()
    for words in (booking.reference, booking.professional.name):
        page = shown(admin, BOOKINGS, q=words)
        assert booking.reference in page
        assert other.reference not in page
    assert shown(admin, BOOKINGS, q="%_\\' odd").count(booking.reference) == 0


@pytest.mark.parametrize("address", [BOOKINGS, PAYMENTS])
def test_odd_filters_are_no_server_error(admin, address):
    for query in ({"status": "none"}, {"starts_at__gte": "x"}, {"o": "99"}, {"p": "9999"}):
        assert admin.get(address, query).status_code in {200, 302, 400}
