"""What every kind of answer says to the browser: pages, API, files, errors, the admin."""

from __future__ import annotations

import pytest
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.test import Client
from django.urls import include, path

from bookings.access import token_of
from bookings.tests.factories import make_confirmed, make_professional, make_user

pytestmark = pytest.mark.django_db


def broken(request: HttpRequest) -> None:
    raise RuntimeError("ours")


def odd(request: HttpRequest) -> None:
    raise SuspiciousOperation("theirs")


urlpatterns = [path("", include("config.urls")), path("broken", broken), path("odd", odd)]
urlpatterns += [path("api/broken", broken), path("api/odd", odd)]
handler403, handler404, handler500 = "core.web.forbidden", "core.web.not_found", "core.web.server_error"


@pytest.fixture
def client(settings, tmp_path):
    settings.ROOT_URLCONF = __name__
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "a.svg").write_text("<svg/>")
    return Client(raise_request_exception=False)


ANSWERS = {
    "/": 200,
    "/login": 200,
    "/me/": 302,
    "/nowhere": 404,
    "/broken": 500,
    "/odd": 400,
    "/health": 200,
    "/static/a.svg": 200,
    "/admin/": 302,
    "/api/v1/professionals": 200,
    "/api/v1/docs": 200,
    "/api/v1/bookings": 401,
    "/api/v1/nowhere": 404,
    "/api/broken": 500,
    "/api/odd": 400,
}


@pytest.mark.parametrize("address", ANSWERS)
def test_every_kind_of_answer_is_guarded(client, address):
    answer = client.get(address)
    assert answer.status_code == ANSWERS[address]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in answer["Permissions-Policy"]
    assert answer["X-Request-ID"]
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert ("unsafe" in policy) == address.startswith("/admin/")
    assert not [name for name in answer.headers if name.startswith("Access-Control-")]


def test_nobody_chooses_the_id_of_a_request(client):
    """What a patient reads of who opened their record goes by it."""
    answer = client.get("/health", headers={"x-request-id": "chosen-by-somebody"})
    assert len(answer["X-Request-ID"]) == 32


@pytest.mark.parametrize("method", ["post", "put", "delete", "trace", "propfind"])
def test_refused_methods_are_guarded_too(client, method):
    answer = client.generic(method.upper(), "/")
    assert answer.status_code == 405
    assert answer["X-Frame-Options"] == "DENY" and "default-src 'none'" in answer["Content-Security-Policy"]


def test_a_forged_form_and_a_foreign_host_get_guarded_answers(client):
    forged = Client(enforce_csrf_checks=True).post("/login", {"login": "x"})
    foreign = client.get("/", headers={"host": "evil.example"})
    assert (forged.status_code, foreign.status_code) == (403, 400)
    for answer in (forged, foreign):
        assert answer["X-Frame-Options"] == "DENY" and answer["Content-Security-Policy"]


def test_other_sites_may_not_call_the_api_from_a_browser(client):
    asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    for answer in (
        client.options("/api/v1/bookings", headers=asked),
        client.get("/api/v1/professionals", headers=asked),
        client.options("/login", headers=asked),
    ):
        assert not [name for name in answer.headers if name.startswith("Access-Control-")]


def test_with_https_everything_leads_there_and_stays_there(client, settings):
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    client = Client()
    led = client.get("/login?next=/me/")
    assert (led.status_code, led["Location"]) == (301, "https://testserver/login?next=/me/")
    assert "max-age=31536000; includeSubDomains" in client.get("/", secure=True)["Strict-Transport-Security"]


class TestCopies:
    """Back, on a shared computer, after signing out, must ask us again."""

    def keeps_none(self, answer):
        assert {"private", "no-store"} <= {word.strip() for word in answer["Cache-Control"].split(",")}

    @pytest.mark.parametrize(
        "address", ["/", "/me/", "/doctor/", "/doctor/patients/", "/nowhere", "/account/"]
    )
    def test_of_what_a_signed_in_person_sees(self, client, address):
        client.force_login(make_professional().user)
        self.keeps_none(client.get(address))

    def test_of_the_admin(self, client):
        client.force_login(make_user(role="it_admin", is_staff=True))
        for address in ("/admin/", "/admin/accounts/user/", "/admin/nowhere/"):
            self.keeps_none(client.get(address))

    def test_of_private_links(self, client):
        token = token_of(make_confirmed())
        for address in (f"/b/{token}/", f"/b/{token}/calendar.ics", f"/b/{token}/room/", "/b/none/"):
            self.keeps_none(client.get(address))
        for address in ("/password/reset/1-x", "/email/confirm/x:y", "/join/x", "/unlock/x"):
            self.keeps_none(client.get(address))

    def test_of_what_the_api_says(self, client):
        for address in ("/api/v1/bookings", "/api/v1/professionals", "/api/v1/nowhere"):
            self.keeps_none(client.get(address))

    def test_pages_for_everybody_may_be_kept_by_the_browser(self, client):
        assert not client.get("/").has_header("Cache-Control")
