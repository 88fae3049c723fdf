"""Too large, too deep, too many: refused quickly, and never a server error."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from bookings.tests.factories import make_professional, make_service

pytestmark = pytest.mark.django_db
BIG = "a" * 300_000


@pytest.fixture
def client():
    client = Client(raise_request_exception=False)
    client.force_login(make_professional().user)
    return client


@pytest.mark.parametrize(
    "address", ["/api/v1/auth/login", "/api/v1/patients", "/api/v1/bookings", "/api/v1/settings"]
)
def test_a_body_over_the_limit(client, address):
    for method in (client.post, client.put, client.patch):
        assert method(address, {"name": BIG}, content_type="application/json").status_code in {405, 413}


@pytest.mark.parametrize("address", ["/login", "/doctor/patients/new", "/language", "/doctor/settings/"])
def test_a_form_over_the_limit(client, address):
    assert client.post(address, {"name": BIG}).status_code == 413
    assert Client(raise_request_exception=False).post(address, {"name": BIG}).status_code in {302, 413}


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 40_000, "[" * 50_000 + "]" * 50_000, "9" * 200_000, '"\\ud800"']
)
def test_json_that_is_deep_or_odd(client, text):
    for address in ("/api/v1/auth/login", "/api/v1/patients"):
        answer = client.post(address, text, content_type="application/json")
        assert answer.status_code == 400
        assert answer.json()["errors"]


def test_very_many_fields(client):
    names = "&".join(f"a{n}=" for n in range(20_000))
    assert (
        client.post("/language", names, content_type="application/x-www-form-urlencoded").status_code == 400
    )
    many = json.dumps({f"a{n}": 1 for n in range(15_000)})
    assert client.post("/api/v1/patients", many, content_type="application/json").status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        f"?q={BIG[:8000]}",
        "?page=9999999999999999999999",
        "?page=-1&page_size=1000000",
        "?status=" + "x" * 5000,
        "?from=0001-01-01&to=9999-12-31",
        "?q=%00",
        "?q=%ff%fe",
        "?service=%27%3B--",
    ],
)
def test_odd_questions(client, query):
    slug = make_service(make_professional()).professional.slug
    addresses = (
        "/",
        "/doctor/patients/",
        "/doctor/consultations/",
        "/doctor/agenda/",
        f"/p/{slug}/",
        "/login",
    )
    apis = (
        "bookings",
        "patients",
        "professionals",
        "notifications",
        "availability/slots",
        "booking-requests",
    )
    for address in (*addresses, *(f"/api/v1/{name}" for name in apis)):
        assert client.get(address + query).status_code in {200, 302, 400, 404}, address


def test_long_addresses_and_headers(client):
    assert client.get("/p/" + "a" * 20_000 + "/").status_code == 404
    assert client.get("/b/" + "a" * 20_000 + "/").status_code == 404
    for name in (
        "HTTP_ACCEPT_LANGUAGE",
        "HTTP_USER_AGENT",
        "HTTP_X_REQUEST_ID",
        "HTTP_COOKIE",
        "HTTP_AUTHORIZATION",
    ):
        assert client.get("/api/v1/bookings", **{name: "a=" + BIG}).status_code in {200, 401}
