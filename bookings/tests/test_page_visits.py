"""Times of a visit are those of the place, whoever looks from wherever; of a call everybody reads their own."""

from __future__ import annotations

import pytest

from accounts.services import create_user
from bookings.access import token_of
from bookings.tests.factories import make_confirmed, make_professional, make_service, utc

pytestmark = pytest.mark.django_db
NOW = utc(2026, 11, 20, 12)
MONDAY = utc(2026, 11, 23, 14)  # 09:00 in Bogota, 15:00 in Madrid


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def visit():
    return make_service(make_professional(step_minutes=240), modality="in_person", price=0)


@pytest.fixture
def from_madrid(client):
    client.cookies["tz"] = "Europe/Madrid"
    client.cookies["django_language"] = "en"
    return client


def page(client, address: str) -> str:
    return client.get(address).content.decode()


def test_times_to_choose_are_those_of_the_place(from_madrid, visit):
    address = f"/p/{visit.professional.slug}/{visit.slug}/?day=2026-11-23"
    shown = page(from_madrid, address)
    assert "09:00" in shown and "15:00" not in shown
    assert "where the practice is" in shown and 'name="tz"' not in shown
    call = make_service(visit.professional, price=0)
    shown = page(from_madrid, f"/p/{visit.professional.slug}/{call.slug}/?day=2026-11-23")
    assert "15:00" in shown and 'name="tz"' in shown


def test_the_profile_says_whose_time_the_next_free_one_is(from_madrid, visit):
    shown = page(from_madrid, f"/p/{visit.professional.slug}/")
    assert "09:00" in shown and "(Bogota)" in shown.replace("Bogotá", "Bogota")


def test_the_private_link_and_the_own_list_agree(from_madrid, visit):
    user = create_user(email="juan@example.org", password=None, name="Juan Pérez", timezone="Europe/Madrid")
    booking = make_confirmed(visit, start=MONDAY, email=user.email, name=user.name, user=user)
    assert "09:00" in page(from_madrid, f"/b/{token_of(booking)}/")
    from_madrid.force_login(user, backend="accounts.backends.AccountBackend")
    mine = page(from_madrid, "/me/")
    assert "09:00" in mine and "Times of Madrid" in mine
