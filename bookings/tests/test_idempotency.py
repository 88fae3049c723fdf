"""Asked again under the same key, a booking is made once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models.functions import Now

from bookings.models import Booking
from bookings.selectors import next_free_slots
from bookings.tests.api import api, error_of
from bookings.tests.factories import make_professional, make_service
from core.idempotency import forget_old
from core.models import IdempotencyKey

KEY = "5f0a3c1e-3b1a-4e0e-9f43-2f1f8b1e7a01"


@pytest.fixture(autouse=True)
def _no_limit(settings):
    settings.PUBLIC_WRITE_RATE = "100000/s"


def wish(service, n=0, **more):
    start = next_free_slots(service=service, count=n + 1)[n]
    return {
        "service": service.slug,
        "start": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "name": "Eva Ruiz",
        "email": "eva@example.org",
    } | more


def ask(service, wanted, key=KEY):
    url = f"/api/v1/professionals/{service.professional.slug}/bookings"
    return api(**{"idempotency-key": key} if key else {}).post(url, wanted, format="json")


@pytest.fixture
def service():
    return make_service(make_professional(always_open=True), price=0)


@pytest.mark.django_db
def test_the_second_answer_is_about_the_first_booking(service):
    wanted = wish(service)
    first, second = ask(service, wanted), ask(service, wanted)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert first.json()["manage_token"] == second.json()["manage_token"]
    assert "Idempotency-Replayed" not in first and second["Idempotency-Replayed"] == "true"
    assert Booking.objects.count() == 1


@pytest.mark.django_db
def test_another_request_under_the_same_key_is_refused(service):
    ask(service, wish(service))
    response = ask(service, wish(service, n=3))
    assert response.status_code == 422 and error_of(response)["code"] == "idempotency_key_reused"
    assert Booking.objects.count() == 1


@pytest.mark.django_db
def test_what_was_refused_may_be_asked_again_under_the_same_key(service):
    refused = ask(service, wish(service, start="2020-01-01T10:00:00Z"))
    assert refused.status_code == 400
    assert ask(service, wish(service)).status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["short", "x" * 129, "with spaces between them"])
def test_a_key_that_another_might_use_too_is_refused(service, key):
    response = ask(service, wish(service), key)
    assert response.status_code == 400 and error_of(response)["code"] == "invalid_idempotency_key"
    assert not Booking.objects.exists()


@pytest.mark.django_db
def test_a_key_belongs_to_who_asks(service):
    wanted = wish(service)
    ask(service, wanted)
    again = api(service.professional.user, **{"idempotency-key": KEY})
    response = again.post(
        f"/api/v1/professionals/{service.professional.slug}/bookings", wanted, format="json"
    )
    assert response.status_code == 409


@pytest.mark.django_db
def test_the_row_tells_nothing_of_who_asked_and_is_forgotten_after_two_days(service):
    ask(service, wish(service))
    row = IdempotencyKey.objects.get()
    assert KEY not in row.digest and len(row.fingerprint) == 64
    assert forget_old() == 0
    IdempotencyKey.objects.update(created_at=Now() - timedelta(hours=49))
    assert forget_old() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_make_one_booking(service):
    wanted, key = wish(service), str(uuid4())

    def one(_n):
        try:
            return ask(service, wanted, key)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert Booking.objects.count() == 1
