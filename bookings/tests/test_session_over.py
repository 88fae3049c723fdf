"""A button pressed after the session has ended: the sign-in leads back to a page, and says that nothing was done."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

pytestmark = pytest.mark.django_db

PRESSED = "/doctor/bookings/00000000-0000-0000-0000-000000000000/accept"


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/doctor/consultations/?page=2", "/doctor/consultations/?page=2"),
        ("https://elsewhere.example/doctor/", "/doctor/"),
        ("http://testserver//elsewhere.example/", "/doctor/"),
        ("", "/doctor/"),
    ],
)
def test_the_sign_in_leads_back_to_the_page_of_the_button(client, referer, back):
    response = client.post(PRESSED, headers={"referer": referer, "accept-language": "en"})
    address = urlsplit(response["Location"])
    assert parse_qs(address.query)["next"] == [back]
    text = client.get(response["Location"], headers={"accept-language": "en"}).content.decode()
    assert "what you pressed was not done" in text


def test_a_page_that_was_asked_for_is_led_back_to_without_a_word(client):
    response = client.get("/doctor/?day=2026-11-24")
    assert parse_qs(urlsplit(response["Location"]).query)["next"] == ["/doctor/?day=2026-11-24"]
    assert "not done" not in client.get(response["Location"]).content.decode()
