"""Links in letters lead to PUBLIC_URL, whatever a request says of where it came in."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from bookings.selectors import next_free_slots
from bookings.tests.factories import make_professional, make_service, make_user
from core.outbox import deliver_due
from notifications.models import Message

pytestmark = pytest.mark.django_db
FORGED = {
    "HTTP_X_FORWARDED_HOST": "evil.example",
    "HTTP_X_FORWARDED_PROTO": "gopher",
    "HTTP_FORWARDED": "host=evil.example",
}


@pytest.fixture(autouse=True)
def _address(settings):
    settings.PUBLIC_URL = "https://vicita.test"
    settings.ALLOWED_HOSTS = ["vicita.test", "testserver"]


def hosts_in_letters() -> set[str]:
    text = "".join(message.text + message.html for message in Message.objects.all())
    assert "evil" not in text
    return set(re.findall(r"https?://([^/\s\"'<]+)", text))


def test_a_host_that_is_not_ours_is_refused():
    assert (
        Client().post("/password/forgot", {"email": make_user().email}, HTTP_HOST="evil.example").status_code
        == 400
    )
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("/password/forgot", {"email": "ana@example.org"}),
        ("/api/v1/auth/forgot-password", {"email": "ana@example.org"}),
        ("/signup", {"email": "new@example.org", "name": "Eva Ruiz", "password": "correct horse battery"}),
        ("/signup", {"email": "ana@example.org", "name": "Eva Ruiz", "password": "correct horse battery"}),
    ],
)
def test_letters_of_accounts(address, body, django_capture_on_commit_callbacks):
    make_user(email="ana@example.org")
    kind = {"content_type": "application/json"} if "/api/" in address else {}
    with django_capture_on_commit_callbacks(execute=True):
        assert Client().post(address, body, **kind, **FORGED).status_code < 400
    assert hosts_in_letters() == {"vicita.test"}


def test_letters_of_bookings(django_capture_on_commit_callbacks):
    service = make_service(make_professional(always_open=True), price=0)
    start = f"{next_free_slots(service=service, count=1)[0]:%Y-%m-%dT%H:%M:%SZ}"
    address = f"/p/{service.professional.slug}/{service.slug}/book?start={start}"
    with django_capture_on_commit_callbacks(execute=True):
        answer = Client().post(address, {"name": "Eva Ruiz", "email": "eva@example.org"}, **FORGED)
    assert answer.status_code == 302
    deliver_due()
    assert hosts_in_letters() == {"vicita.test"}
