"""The database goes away between what was done and its row in the audit: nobody reads that nothing was changed."""

from __future__ import annotations

import json

import pytest
from django.db import OperationalError, connection
from django.test import Client

from accounts.models import Patient
from accounts.tests import people
from bookings.tests.factories import make_professional, make_service
from core.errors import NotAllowed
from live import registry
from live.tests.talk import PATIENCE, talker, tell

pytestmark = pytest.mark.django_db(transaction=True)

# As a server that is shut down says it.
_AWAY = """
CREATE FUNCTION the_audit_is_away() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN RAISE EXCEPTION 'shutting down' USING ERRCODE = '57P01'; END$$;
CREATE TRIGGER away BEFORE INSERT ON core_auditevent FOR EACH ROW WHEN (NEW.action IN ('read', 'write', 'refused'))
EXECUTE FUNCTION the_audit_is_away();
"""


@pytest.fixture
def audit_away():
    with connection.cursor() as cursor:
        cursor.execute(_AWAY)
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION the_audit_is_away CASCADE")


@pytest.fixture
def ana():
    """A professional's browser, which shows server errors as the product does."""
    practice = make_professional(always_open=True)
    client = Client(raise_request_exception=False, headers={"accept-language": "en"})
    client.force_login(practice.user)
    client.practice = practice
    return client


def test_a_page_says_that_it_may_have_been_saved(ana, audit_away):
    service = make_service(ana.practice, name="Check-up", is_active=True)
    answer = ana.post(f"/doctor/services/{service.pk}/remove")
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "Please look before you try again" in page and "may have been saved" in page
    assert "nothing was changed" not in page and not answer.has_header("Retry-After")
    service.refresh_from_db()
    assert not service.is_active, "it was"


def test_the_api_says_so_with_a_code_of_its_own(ana, audit_away):
    body = {"name": "Luz Marín", "email": "luz@people.test"}
    answer = ana.post("/api/v1/patients", body, content_type="application/json")
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["code"]) == (503, "maybe_saved")
    assert not answer.has_header("Retry-After")
    assert ana.practice.patients.exists()


def test_of_what_was_only_read_or_refused_nothing_was_changed(ana, audit_away):
    patient = people.patient(ana.practice)
    for answer in (
        ana.get(f"/api/v1/patients/{patient.pk}"),
        ana.post("/api/v1/patients", {}, content_type="application/json"),
        ana.post("/api/v1/patients/search", {"q": "luz"}, content_type="application/json"),
    ):
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["code"], answer["Retry-After"]) == (503, "busy", "5")


# --- On a live connection ------------------------------------------------------------------------------


@registry.handles("test.renames")
def renames(connection, payload):
    patient = Patient.objects.get()
    patient.name = "Luz Marín"
    patient.save(update_fields=["name"])
    connection.reply("test.renamed", {"name": patient.name})


@registry.handles("test.reads")
def reads(connection, payload):
    connection.reply("test.name", {"name": Patient.objects.get().name})


@registry.handles("test.denies")
def denies(connection, payload):
    raise NotAllowed(code="not_yours_to_do")


@registry.handles("test.loses_the_database")
def loses_the_database(connection, payload):
    connection.reply("test.half", {})
    raise OperationalError("terminating connection")


def test_a_live_event_is_answered_as_honestly_and_the_connection_stays(ana, audit_away):
    """Nobody can tell from an event that it only reads."""
    people.patient(ana.practice, name="Luz")
    codes = {
        "test.renames": "maybe_saved",
        "test.reads": "maybe_saved",
        "test.denies": "busy",
        "test.loses_the_database": "busy",
    }

    async def story():
        client = talker(session=ana.session.session_key)
        await client.connect()
        await client.hear("hello")
        for event, code in codes.items():
            await client.say(event)
            said = json.loads((await client.receive_output(timeout=PATIENCE))["text"])
            heard = (said["event"], said["payload"]["event"], said["payload"]["code"])
            assert heard == ("error", event, code)
            await client.say("ping")
            said = json.loads((await client.receive_output(timeout=PATIENCE))["text"])
            assert said["event"] == "pong", "no answer that is not noted goes out"
        await client.disconnect()

    tell(story)
    assert Patient.objects.get().name == "Luz Marín", "it was done"
