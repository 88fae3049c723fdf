"""Every error has one shape, the right status and the reader's language."""

from __future__ import annotations

import json

import pytest
from django.conf import settings as django_settings

from bookings.tests.api import api, error_of
from bookings.tests.factories import make_professional, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def url():
    return f"/api/v1/professionals/{make_professional().slug}/bookings"


NO_OBJECTS = [b"", b"{", b"nul", b"[]", b'"text"', b"7", b"null", b"\xff\xfe", b'{"a": NaN}', b"[" * 100_000]
HALF_A_CHARACTER = b'{"language": "\\ud800"}'


@pytest.mark.parametrize("body", [*NO_OBJECTS, HALF_A_CHARACTER])
def test_bodies_that_are_no_object(url, body):
    response = api().generic("POST", url, body, content_type="application/json")
    assert response.status_code == 400
    error_of(response)


def test_too_large_a_body_is_413(url):
    body = json.dumps({"reason": "x" * django_settings.DATA_UPLOAD_MAX_MEMORY_SIZE})
    response = api().generic("POST", url, body, content_type="application/json")
    assert (response.status_code, error_of(response)["code"]) == (413, "too_large")


@pytest.mark.parametrize("charset", ["bz2_codec", "nonsense"])
def test_odd_charsets(url, charset):
    response = api().generic("POST", url, b"{}", content_type=f"application/json; charset={charset}")
    assert response.status_code == 400
    error_of(response)


def test_another_kind_of_body_is_415(url):
    response = api().generic("POST", url, b"a=b", content_type="application/x-www-form-urlencoded")
    assert response.status_code == 415
    error_of(response)


def test_another_method_is_405(url):
    response = api().put(url)
    assert (response.status_code, error_of(response)["code"]) == (405, "method_not_allowed")


def test_nobody_is_401():
    response = api().get("/api/v1/bookings")
    assert (response.status_code, error_of(response)["code"]) == (401, "not_authenticated")
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_bad_token_is_401():
    response = api(authorization="Bearer nonsense").get("/api/v1/professionals")
    assert response.status_code == 401
    error_of(response)


@pytest.mark.parametrize("path", ["nothing", "bookings/not-a-uuid", "bookings/", "professionals/a/b/c"])
def test_an_unknown_path_is_404_in_the_same_shape(path):
    for method in ("get", "post"):
        response = getattr(api(), method)(f"/api/v1/{path}")
        assert (response.status_code, error_of(response)["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("language", "words"), [("en", "This field is required."), ("es", "Este campo es requerido.")]
)
def test_words_are_in_the_readers_language(url, language, words):
    response = api(**{"accept-language": language}).post(url, {}, format="json")
    assert error_of(response)["detail"] == words
    assert response["Content-Language"] == language


def test_a_page_that_does_not_exist_is_404():
    assert api().get("/api/v1/professionals?page=99").status_code == 404
    assert api().get("/api/v1/professionals?page=nul%00").status_code == 404


@pytest.mark.parametrize(
    "query",
    ["status=odd", "from=soon", "to=2026-02-31", "service=7", "patient=%00", "status=confirmed&status=%00"],
)
def test_filters_with_odd_values_are_400(query):
    response = api(make_user()).get(f"/api/v1/bookings?{query}")
    assert response.status_code == 400
    error_of(response)


def test_public_writes_of_one_address_are_counted(url, settings):
    settings.PUBLIC_WRITE_RATE = "3/h"
    answers = [api().post(url, {}, format="json") for _n in range(4)]
    assert [answer.status_code for answer in answers] == [400, 400, 400, 429]
    assert error_of(answers[-1])["code"] == "throttled"
    assert int(answers[-1]["Retry-After"]) > 0
    assert api().post(url, {}, REMOTE_ADDR="192.0.2.7", format="json").status_code == 400


def test_without_the_cache_nobody_is_refused(url, settings):
    settings.CACHES = django_settings.CACHES | {
        "default": django_settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    }
    assert api().post(url, {}, format="json").status_code == 400


def test_options_and_head_are_answered():
    client = api(make_user())
    assert client.options("/api/v1/bookings").status_code == 200
    assert client.head("/api/v1/bookings").status_code == 200
