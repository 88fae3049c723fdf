"""The API describes itself rightly, and its documentation works under the strict policy of contents."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from core.api import views

pytestmark = pytest.mark.xdist_group("schema")  # one process describes the API, once


@pytest.fixture(scope="module")
def schema():
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", stdout=out)
    return json.loads(out.getvalue())


def operations(schema):
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_every_operation_has_a_name_of_its_own(schema):
    names = [operation["operationId"] for _path, _method, operation in operations(schema)]
    assert len(names) == len(set(names)) > 25


def test_paths_have_no_trailing_slash(schema):
    assert all(path.startswith("/api/v1/") and not path.endswith("/") for path in schema["paths"])


def test_enumerations_have_names_that_mean_something(schema):
    names = {name for name, part in schema["components"]["schemas"].items() if "enum" in part}
    assert {"BookingStatus", "MeetingStatus", "Modality", "PaymentStatus", "SeatRole"} <= names
    assert not [name for name in names if name[-6:-3] == "Enum"]


def test_the_schema_is_served_and_written_once_however_often_anybody_asks(monkeypatch):
    first = ask_for_schema()
    assert (first.status_code, first["Content-Type"]) == (200, "application/json; charset=utf-8")
    assert "/api/v1/bookings" in first.json()["paths"]
    monkeypatch.setattr(SchemaGenerator, "get_schema", None)
    assert ask_for_schema().content == first.content


def test_of_many_who_ask_first_one_writes(monkeypatch):
    views._written.cache_clear()
    made, write = [], SchemaGenerator.get_schema
    monkeypatch.setattr(
        SchemaGenerator, "get_schema", lambda *a, **options: made.append(1) or write(*a, **options)
    )
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _n: ask_for_schema().content, range(8)))
    assert len(made) == 1 and len(set(answers)) == 1


def ask_for_schema():
    return Client().get("/api/v1/schema", headers={"accept": "application/json"})


def test_the_docs_page_needs_nothing_inline():
    page = Client().get("/api/v1/docs")
    html = page.content.decode()
    assert "<style" not in html
    assert " style=" not in html
    assert "<script>" not in html
    assert "unsafe" not in page["Content-Security-Policy"]
    script = Client().get("/api/v1/docs?script=")
    assert script["Content-Type"].startswith("application/javascript")


@pytest.mark.e2e
def test_the_docs_page_shows_the_api(page, ws_server):
    page.goto(f"{ws_server}/api/v1/docs")
    page.get_by_text("/api/v1/availability/slots").first.wait_for()
