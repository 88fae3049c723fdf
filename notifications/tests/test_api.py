"""`GET notifications` and `POST notifications/{id}/read`."""

import pytest
from django.test import override_settings
from rest_framework.test import APIClient

from accounts.models import User
from notifications.models import Notification
from notifications.services import notify

pytestmark = pytest.mark.django_db
LIST = "/api/v1/notifications"


def person(name):
    return User.objects.create_user(f"{name}@example.com", language="en")


def client_of(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def tell(user, key):
    return notify(user=user, kind="BOOKING_CONFIRMED", dedupe_key=key, payload={"professional_name": "Gil"})


@pytest.fixture
def alice():
    return person("alice")


@pytest.fixture
def charlie():
    return person("charlie")


def test_a_user_reads_their_own_newest_first(alice, charlie):
    tell(alice, "1")
    newest = tell(alice, "2")
    tell(charlie, "3")
    body = client_of(alice).get(LIST).json()
    assert body["count"] == 2
    assert body["results"][0] == {
        "id": str(newest.pk),
        "kind": "BOOKING_CONFIRMED",
        "title": "Appointment confirmed",
        "message": "Gil has accepted your request.",
        "payload": {"professional_name": "Gil"},
        "read_at": None,
        "created_at": body["results"][0]["created_at"],
    }


def test_unread_leaves_out_what_was_read(alice):
    client = client_of(alice)
    read, unread = tell(alice, "1"), tell(alice, "2")
    answer = client.post(f"{LIST}/{read.pk}/read")
    assert answer.status_code == 200 and answer.json()["read_at"]
    assert [row["id"] for row in client.get(LIST, {"unread": "true"}).json()["results"]] == [str(unread.pk)]
    assert [row["id"] for row in client.get(LIST, {"unread": "false"}).json()["results"]] == [str(read.pk)]


def test_reading_twice_keeps_the_first_time(alice):
    notification = tell(alice, "1")
    client = client_of(alice)
    first = client.post(f"{LIST}/{notification.pk}/read").json()
    assert client.post(f"{LIST}/{notification.pk}/read").json() == first


def test_another_users_notification_does_not_exist(alice, charlie):
    notification = tell(alice, "1")
    answer = client_of(charlie).post(f"{LIST}/{notification.pk}/read")
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["code"] == "not_found"
    assert Notification.objects.get().read_at is None
    assert client_of(charlie).get(LIST).json()["count"] == 0


def test_nobody_reads_without_signing_in():
    assert APIClient().get(LIST).status_code in {401, 403}


def test_a_long_list_costs_two_queries(alice, django_assert_num_queries):
    for number in range(12):
        tell(alice, str(number))
    with django_assert_num_queries(2):
        assert client_of(alice).get(LIST).json()["count"] == 12


def test_words_are_in_the_users_language_not_the_requests(alice):
    tell(alice, "1")
    with override_settings(LANGUAGE_CODE="es"):
        body = client_of(alice).get(LIST, headers={"Accept-Language": "es"}).json()
    assert body["results"][0]["title"] == "Appointment confirmed"
