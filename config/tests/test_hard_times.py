"""Odd requests and a busy database get an answer in words, in pages, API and WebSocket."""

from __future__ import annotations

import http.client
import json
import threading
from urllib.parse import urlsplit

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client

from accounts.models import User
from bookings.access import token_of
from bookings.models import Booking
from bookings.tests.factories import make_booking
from live.tests.talk import talker, tell

NO_KEYS = ["\x00aaaaaaaaaaaaaa", "../etc/passwd", "a" * 65, "Ñ"]


@pytest.fixture
def curious() -> Client:
    return Client(raise_request_exception=False, headers={"accept-language": "en"})


def error_of(response):
    body = response.json()
    assert set(body) == {"type", "errors"} and set(body["errors"][0]) == {"code", "detail", "attr"}
    return body["type"], body["errors"][0]["code"]


@pytest.mark.django_db
@pytest.mark.parametrize("key", NO_KEYS)
@pytest.mark.parametrize("path", ["/", "/login", "/api/v1/professionals", "/health"])
def test_a_session_cookie_that_cannot_be_ours_is_nobody(curious, key, path):
    assert curious.get(path, headers={"cookie": f"sessionid={key}"}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_such_a_cookie_is_nobody_to_the_websocket(transactional_db):
    codes = []

    async def story():
        client = talker(session="\\000aaaaaaaaaaaaaa")
        assert await client.connect()
        codes.append(await client.closing())

    tell(story)
    assert codes == [4401]


@pytest.fixture
def locked_booking(transactional_db):
    """Somebody else holds its row, and nobody waits longer than a moment."""
    booking = make_booking()
    held, let_go = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Booking.objects.select_for_update().get(pk=booking.pk)
            held.set()
            let_go.wait(60)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(30)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
    yield booking
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")
    let_go.set()
    holder.join()


def test_a_lock_held_too_long_is_503_in_the_api(locked_booking, curious):
    url = f"/api/v1/manage/{token_of(locked_booking)}/cancel"
    answer = curious.post(url, {}, content_type="application/json")
    assert (answer.status_code, *error_of(answer)) == (503, "server_error", "busy")
    assert answer["Retry-After"] == "5" and "very busy" in answer.json()["errors"][0]["detail"]


def test_a_lock_held_too_long_is_a_503_page(locked_booking, curious):
    answer = curious.post(f"/b/{token_of(locked_booking)}/cancel")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "We are very busy right now." in answer.content.decode()


@pytest.mark.parametrize("path", ["/", "/api/v1/bookings"])
def test_so_is_a_database_that_is_away(path, curious, db):
    """Even where a middleware asks it: whoever is signed in is looked up before the view."""
    user = User.objects.create_user("ana@example.test", "correct horse battery")
    curious.force_login(user)

    def refuse(execute, *args):
        raise OperationalError

    with connection.execute_wrapper(refuse):
        answer = curious.get(path)
    assert answer.status_code == 503


@pytest.mark.parametrize("path", ["/api/v1/professionals", "/api/v1/nowhere-at-all"])
def test_a_mistake_of_ours_has_the_one_shape(path, curious, db, monkeypatch):
    def mistake(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("core.middleware.VisitorZone.__call__", mistake)
    answer = curious.get(path)
    assert (answer.status_code, *error_of(answer)) == (500, "server_error", "error")
    assert answer.json()["errors"][0]["detail"] == "Something went wrong. Please try again."


@pytest.mark.parametrize("path", ["/api/v1/auth/login", "/login"])
def test_a_body_in_chunks_is_refused_in_words(ws_server, path):
    server = http.client.HTTPConnection(urlsplit(ws_server).netloc)
    body = iter([json.dumps({"email": "a@example.test", "password": "x"}).encode()])
    server.request("POST", path, body, {"Content-Type": "application/json"}, encode_chunked=True)
    answer = server.getresponse()
    text = answer.read()
    server.close()
    assert answer.status == 411
    if path.startswith("/api/"):
        assert json.loads(text)["errors"][0]["code"] == "length_required"
