"""What medical administration sees of requests for an appointment."""

from __future__ import annotations

import pytest

from accounts.models import Role
from bookings.tests.factories import make_request, make_user
from bookings.tests.test_admin import shown

pytestmark = pytest.mark.django_db
REQUESTS = "/admin/bookings/bookingrequest/"


@pytest.fixture
def admin(client):
    client.force_login(make_user(role=Role.MEDICAL_ADMIN, is_staff=True))
    return client


def test_they_are_listed_by_name_in_a_constant_number_of_queries(admin, django_assert_num_queries):
    make_request(name="Luz Marín")
    shown(admin, REQUESTS)
    with django_assert_num_queries(7) as few:
        assert "Luz Marín" in shown(admin, REQUESTS)
    for number in range(4):
        make_request(name=f"Person {number}")
    with django_assert_num_queries(len(few)):
        assert "Person 3" in shown(admin, REQUESTS)


def test_one_tells_its_story_but_not_what_was_written(admin):
    wish = make_request(name="Luz Marín", message="a secret worry")
    page = shown(admin, f"{REQUESTS}{wish.pk}/change/")
    assert "Luz Marín" in page and wish.service.name in page
    assert "a secret worry" not in page


def test_they_are_found_by_the_whole_address(admin):
    make_request(name="Luz Marín", email="luz@people.test")
    make_request(name="Eva Ruiz")
    page = shown(admin, REQUESTS, q=" LUZ@people.test")
    assert "Luz Marín" in page and "Eva Ruiz" not in page


def test_nobody_writes_them_here_and_it_administration_does_not_read_them(admin, client):
    assert client.get(f"{REQUESTS}add/").status_code == 403
    client.force_login(make_user(role=Role.IT_ADMIN, is_staff=True))
    assert client.get(REQUESTS).status_code == 403


def test_odd_filters_are_no_server_error(admin):
    for query in ({"status__exact": "none"}, {"created_at__gte": "x"}, {"o": "99"}, {"p": "9999"}):
        assert admin.get(REQUESTS, query).status_code in {200, 302}
