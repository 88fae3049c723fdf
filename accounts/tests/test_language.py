from __future__ import annotations

import pytest

from accounts.tests import people

pytestmark = pytest.mark.django_db


def choose(client, language, wanted="/login"):
    return client.post("/language", {"language": language, "next": wanted})


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_pages_speak_the_chosen_language_on_this_device(client, language):
    assert choose(client, language)["Location"] == "/login"
    assert f'<html lang="{language}"' in client.get("/login").content.decode()


def test_the_person_is_remembered_too(client):
    user = people.user(language="es")
    client.force_login(user)
    choose(client, "en")
    user.refresh_from_db()
    assert user.language == "en"


@pytest.mark.parametrize("language", ["xx", "", "de", "../etc", "en\x00", "x" * 5000])
def test_an_unknown_language_changes_nothing(client, language):
    user = people.user(language="es")
    client.force_login(user)
    assert choose(client, language).status_code == 400
    user.refresh_from_db()
    assert user.language == "es"
    assert "django_language" not in client.cookies


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_next_leads_only_to_our_own_pages(client, wanted):
    assert choose(client, "en", wanted)["Location"] == "/"


def test_reading_a_page_changes_no_language(client):
    assert client.get("/language?language=en").status_code == 405
