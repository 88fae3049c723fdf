"""A practice's services by the API."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.models import Service
from bookings.tests.api import api, error_of
from bookings.tests.factories import make_professional, make_service, make_user

pytestmark = pytest.mark.django_db
URL = "/api/v1/services"
VISIT = {"name": "First visit", "duration_minutes": 60, "price": "80.50", "currency": "USD"}


@pytest.fixture
def professional():
    return make_professional()


@pytest.fixture
def client(professional):
    return api(professional.user)


def test_a_service_is_added_with_what_is_usual(client):
    response = client.post(URL, VISIT)
    assert response.status_code == 201
    body = response.json()
    expected = VISIT | {
        "slug": "first-visit",
        "description": "",
        "modality": "video",
        "buffer_before_minutes": 0,
        "buffer_after_minutes": 0,
        "meeting_limit_minutes": 18,
        "is_active": True,
    }
    assert {name: body[name] for name in expected} == expected
    assert client.get(f"{URL}/{body['id']}").json() == body


def test_asked_again_under_the_same_key_nothing_more_is_added(client):
    key = {"HTTP_IDEMPOTENCY_KEY": "a-key-of-the-clients-own"}
    first, again = (client.post(URL, VISIT, **key).json() for _twice in range(2))
    assert first == again
    assert Service.objects.count() == 1
    other = client.post(URL, VISIT | {"name": "Another"}, **key)
    assert (other.status_code, error_of(other)["code"]) == (422, "idempotency_key_reused")


def test_own_services_offered_or_not(client, professional):
    gone = make_service(professional, is_active=False)
    offered = make_service(professional, duration_minutes=60)
    make_service(make_professional())
    found = {}
    for query in ("", "?is_active=true", "?is_active=false"):
        found[query] = [one["id"] for one in client.get(URL + query).json()["results"]]
    both = [str(offered.pk), str(gone.pk)]
    assert found == {"": both, "?is_active=true": both[:1], "?is_active=false": both[1:]}


def test_put_writes_all_of_it_and_patch_what_is_given(client, professional):
    service = make_service(professional, slug="talk", buffer_after_minutes=10, description="Long")
    url = f"{URL}/{service.pk}"
    patched = client.patch(url, {"price": "30000"}).json()
    assert (patched["price"], patched["buffer_after_minutes"]) == ("30000.00", 10)
    put = client.put(url, VISIT).json()
    assert (put["slug"], put["description"], put["buffer_after_minutes"]) == ("talk", "", 0)
    assert error_of(client.put(url, {"name": "Only"}))["code"] == "required"


def test_deleting_takes_it_out_of_the_offer_and_is_undone_by_patch(client, professional):
    url = f"{URL}/{make_service(professional).pk}"
    assert [client.delete(url).status_code for _twice in range(2)] == [204, 204]
    assert client.get(url).json()["is_active"] is False
    assert api().get(f"/api/v1/professionals/{professional.slug}").json()["services"] == []
    assert client.patch(url, {"is_active": True}).json()["is_active"] is True


@pytest.mark.parametrize(
    ("given", "attr", "code"),
    [
        ({"duration_minutes": 481}, "duration_minutes", "max_value"),
        ({"duration_minutes": 12}, "duration_minutes", "step_size"),
        ({"meeting_limit_minutes": 61}, "meeting_limit_minutes", "longer_than_duration"),
        ({"price": "80.501"}, "price", "invalid_amount"),
        ({"price": "80,5"}, "price", "invalid"),
        ({"price": -1}, "price", "min_value"),
        ({"currency": "ZZZ"}, "currency", "unknown_currency"),
        ({"modality": "letter"}, "modality", "invalid_choice"),
        ({"name": " "}, "name", "blank"),
        ({"slug": "taken"}, "slug", "slug_taken"),
    ],
)
def test_every_error_names_its_field(client, professional, given, attr, code):
    make_service(professional, slug="taken")
    response = client.post(URL, VISIT | given)
    assert response.status_code == 400
    error = error_of(response)
    assert (error["attr"], error["code"]) == (attr, code)


def test_another_practices_service_is_not_found(client):
    url = f"{URL}/{make_service(make_professional()).pk}"
    answers = [client.get(url), client.put(url, VISIT), client.patch(url, {}), client.delete(url)]
    assert [answer.status_code for answer in answers] == [404] * 4


def test_only_a_professional_has_services():
    assert api(make_user()).get(URL).status_code == 403
    assert api().post(URL, VISIT).status_code == 401


def test_queries_of_the_list_are_constant(client, professional):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get(URL)
        return len(captured)

    make_service(professional)
    one = queries()
    for _number in range(4):
        make_service(professional)
    assert queries() == one
