"""What staff search for stands in no address: nobody reads it in a browser's history or in the logs of a proxy."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from accounts.models import Role
from accounts.tests import people
from bookings.tests.admin_pages import BOOKINGS, PATIENTS, PAYMENTS, REQUESTS, enter
from bookings.tests.factories import make_confirmed, make_professional
from core.models import AuditEvent

pytestmark = pytest.mark.django_db
LUZ, USERS = "luz@people.test", "/admin/accounts/user/"


@pytest.fixture
def admin(client):
    return enter(client)


def search(admin, address: str, words: str = LUZ) -> str:
    """The address that a search by the form of the list leads to."""
    answer = admin.post(address, {"_search": "1", "q": words})
    assert answer.status_code == 302
    return answer["Location"]


def rows_of(admin, address: str) -> list:
    return list(admin.get(address).context["cl"].result_list)


@pytest.mark.parametrize("page", [PATIENTS, BOOKINGS, REQUESTS, PAYMENTS])
def test_it_is_sent_in_a_form_and_stands_sealed_in_the_address(admin, page):
    address = search(admin, page)
    assert address.startswith(page) and "luz" not in address and "people" not in address
    assert address != search(admin, page), "the same words look different each time"
    shown = admin.get(address).content.decode()
    assert f'value="{LUZ}"' in shown
    assert LUZ not in "".join(part for part in shown.split('"') if part.startswith(("?", "/", "export")))


def test_an_address_that_somebody_typed_is_led_to_a_sealed_one(admin):
    answer = admin.get(PATIENTS, {"q": LUZ, "created_at_from": "2026-01-01"})
    assert answer.status_code == 302
    asked = parse_qs(urlsplit(answer["Location"]).query)
    assert asked["created_at_from"] == ["2026-01-01"] and LUZ not in asked["q"]


def test_filters_pages_files_and_verbs_go_on_with_it(admin):
    practice = make_professional(always_open=True)
    for number in range(52):
        people.patient(practice, name="Luz Marín", email=f"luz{number}@people.test")
    other = people.patient(practice, name="Leo", email="leo@people.test")
    address = search(admin, f"{PATIENTS}?professional={practice.pk}&p=2", "marín")
    assert parse_qs(urlsplit(address).query)["professional"] == [str(practice.pk)]
    first, second = rows_of(admin, address), rows_of(admin, f"{address}&p=2")
    assert (len(first), len(second)) == (50, 2) and other not in first + second
    asked = urlsplit(address).query
    assert len(b"".join(admin.get(f"{PATIENTS}export/?{asked}")).splitlines()) == 53
    page = admin.get(address).content.decode()
    token = parse_qs(asked)["q"][0]
    assert f'<input type="hidden" name="q" value="{token}"' in page, "the form of the filters keeps it"


def test_without_words_everybody_is_listed_again(admin):
    patient = people.patient(make_professional(), email=LUZ)
    other = people.patient(make_professional(), email="leo@people.test")
    address = search(admin, PATIENTS)
    assert rows_of(admin, address) == [patient]
    assert set(rows_of(admin, search(admin, address, " "))) == {patient, other}


def test_a_sealed_search_opens_in_its_own_list_alone(admin, client):
    token = search(admin, PATIENTS).partition("?")[2]
    for address in (f"{BOOKINGS}?{token}", f"{PATIENTS}?{token[:-4]}AAAA", f"{PATIENTS}export/?q=~.x"):
        assert admin.get(address).status_code == 400
    enter(client, Role.IT_ADMIN)
    assert client.get(f"{USERS}?{token}").status_code == 400


def test_a_new_secret_key_opens_it_while_the_old_one_is_known(admin, settings):
    patient = people.patient(make_professional(), email=LUZ)
    address, session = search(admin, PATIENTS), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-" * 8, [session]
    assert rows_of(admin, address) == [patient]


def test_searching_is_looking_and_others_may_not(admin, client):
    booking = make_confirmed(email=LUZ)
    before = AuditEvent.objects.count()
    admin.get(search(admin, BOOKINGS))
    row = AuditEvent.objects.order_by("pk")[before:].get()
    assert (row.action, row.subjects) == ("read", [booking.patient.data_key_id])
    enter(client, Role.IT_ADMIN)
    assert client.post(BOOKINGS, {"_search": "1", "q": LUZ}).status_code == 403
