"""The database goes away between what was done and its row in the audit: nobody reads that nothing was changed."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from accounts.tests import people
from bookings.tests.factories import make_professional, make_service

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
