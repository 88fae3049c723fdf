"""IT administration searches the audit: whatever its size, with the same few questions."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import audit_search, services
from accounts.audit_search import Criteria
from accounts.models import Role
from accounts.tests import people
from core import audit
from core.models import AuditEvent

pytestmark = pytest.mark.django_db
PAGE = "/admin/audit/"


@pytest.fixture
def it_admin(client):
    admin = people.user(Role.IT_ADMIN, email="it@people.test")
    client.force_login(admin)
    return admin


def fill(number: int, **columns: str) -> None:
    """Many events at once, as SQL says them."""
    said = {
        "at": "now() - n * interval '1 second'",
        "action": "'read'",
        "actor_id": "gen_random_uuid()",
        "role": "'professional'",
        "via": "'page'",
        "route": "'doctor_today'",
        "address": "'192.0.2.' || n % 250",
        "request_id": "md5(n::text)",
        "object_type": "''",
        "object_id": "md5((n % 1000)::text)",
        "subjects": "ARRAY[gen_random_uuid()]",
        "facts": "'{}'",
        "mac": "''",
    } | columns
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO core_auditevent ({', '.join(said)})"
            f" SELECT {', '.join(said.values())} FROM generate_series(1, {number}) AS n"
        )


def times(answer):
    return [row.event.pk for row in answer.context["rows"]]


def found(client, **asked):
    answer = client.get(PAGE, asked, follow=True)
    assert answer.status_code == 200
    return [row.event for row in answer.context["rows"]]


def test_by_account_action_thing_way_request_and_address(client, it_admin):
    somebody = people.user(email="ana@people.test")
    trail = audit.Trail("api", who=lambda: audit.Who(somebody.pk, "patient"), address="192.0.2.7")
    trail.request_id = "12345678"
    with audit.acting(trail):
        event = audit.record("account.deactivated", object=somebody)
    fill(3)
    for asked in (
        {"account": "ANA@people.test"},
        {"account": str(somebody.pk)},
        {"action": "account.deactivated"},
        {"object_id": str(somebody.pk)},
        {"via": "api"},
        {"request_id": "12345678"},
        {"address": "192.0.2.7", "role": "patient"},
    ):
        assert [one.pk for one in found(client, **asked)] == [event.pk], asked


def test_by_days_of_whoever_looks_the_last_one_included(client, it_admin):
    fill(1, at="timestamptz '2026-03-01 23:30+00'", action="'then'")
    client.cookies["tz"] = "America/Bogota"  # 18:30 on the first
    assert [event.action for event in found(client, since="2026-03-01", until="2026-03-01")] == ["then"]
    client.cookies["tz"] = "Europe/Madrid"  # 0:30 on the second
    assert not found(client, since="2026-03-01", until="2026-03-01")


def test_by_a_patients_id_those_merged_into_it_too(client, it_admin):
    practice = people.professional()
    kept, other = people.patient(practice), people.patient(practice, name="Luz Marina")
    services.absorb_duplicate(keep=kept, other=other)
    keys = [row.data_key_id for row in (kept, other) if row.data_key_id]
    seen = [audit.record("patient.changed", subjects=[key]) for key in keys]
    fill(3)
    assert {event.pk for event in found(client, patient=str(kept.pk))} == {event.pk for event in seen}


def test_who_did_it_is_said_by_e_mail_and_what_in_words(client, it_admin):
    client.post("/account/password", {})  # anything: a write
    said = client.get(PAGE).content.decode()
    assert "it@people.test" in said
    assert "Se cambió algo" in said or "Something was changed" in said


def test_an_account_that_is_not_there_is_said_so(client, it_admin):
    answer = client.get(PAGE, {"account": "nobody@people.test"})
    assert answer.status_code == 400
    assert answer.context["form"].errors["account"]


@pytest.mark.parametrize("query", ["until=9999-12-31", "since=0001-01-01", "action=%00"])
@pytest.mark.parametrize("page", ["/admin/audit/", "/admin/audit/export"])
def test_what_nobody_can_look_for_is_said_to_be_a_mistake(client, it_admin, page, query):
    assert client.get(f"{page}?{query}").status_code == 400


def test_searching_leaves_an_event_with_ids_and_no_address_of_anybody(client, it_admin):
    somebody = people.user(email="ana@people.test")
    found(client, account="ana@people.test", role="patient")
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.actor_id) == ("audit.searched", it_admin.pk)
    assert event.facts == {"filters": "account role", "account": str(somebody.pk)}


def test_an_e_mail_stands_in_no_address(client, it_admin):
    ana = people.user(email="ana@people.test")
    answer = client.post(PAGE, {"account": "Ana@people.test", "action": "read", "since": "2026-01-02"})
    assert answer["Location"] == f"{PAGE}?account={ana.pk}&action=read&since=2026-01-02"
    page = client.get(answer["Location"])
    assert 'value="ana@people.test"' in page.content.decode()
    assert "ana" not in page.context["query"]
    answer = client.get(PAGE, {"account": "ana@people.test"})
    assert answer["Location"] == f"{PAGE}?account={ana.pk}"
    assert client.post(PAGE, {"account": "nobody@people.test"}).status_code == 400


def test_turning_pages_shows_each_event_once_also_those_of_one_moment(client, it_admin):
    fill(120, at="timestamptz '2026-03-01 12:00+00'", action="'then'")
    asked, seen = {"action": "then"}, []
    while True:
        answer = client.get(PAGE, asked)
        seen += times(answer)
        if not (older := answer.context["older"]):
            break
        asked["before"] = older
    assert len(seen) == len({*seen}) == 120
    assert seen == sorted(seen, reverse=True)


def test_the_page_of_an_event_shows_all_that_its_request_left(client, it_admin):
    fill(2, request_id="'same-request'")
    fill(2)
    event = AuditEvent.objects.filter(request_id="same-request").latest("id")
    answer = client.get(f"{PAGE}{event.pk}/")
    assert [row.event.request_id for row in answer.context["rows"]] == ["same-request"] * 2
    assert client.get(f"{PAGE}{event.pk + 1000}/").status_code == 404


def test_the_file_flows_out_with_a_line_for_each_event_and_is_noted(client, it_admin):
    fill(1200, action="'then'")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        lines = b"".join(client.get(f"{PAGE}export", {"action": "then"}).streaming_content).splitlines()
    assert len(lines) == 1201
    assert len([query for query in asked.captured_queries if "accounts_user" in query["sql"]]) < 6
    assert AuditEvent.objects.latest("id").action == "audit.exported"


def test_ten_or_ten_thousand_events_cost_the_same_queries(client, it_admin):
    fill(10)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    fill(10_000)
    with CaptureQueriesContext(connection) as many:
        client.get(PAGE)
    assert len(many) == len(few) <= 9
    counts = [query["sql"] for query in many.captured_queries if "COUNT(*)" in query["sql"]]
    assert all("LIMIT" in sql for sql in counts)


def test_every_filter_is_served_by_an_index():
    fill(10_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE core_auditevent")
    practice = people.professional()
    record = people.patient(practice)
    now = timezone.now()
    for criteria in (
        Criteria(),
        Criteria(account=uuid4()),
        Criteria(patient=record.pk),
        Criteria(action="keys.rotated"),
        Criteria(object_id="1234"),
        Criteria(request_id="12345678"),
        Criteria(address="203.0.113.9"),
        Criteria(since=now - timedelta(minutes=5), until=now, role="it_admin"),
    ):
        plan = audit_search.search(criteria)[:51].explain()
        assert "Seq Scan" not in plan, (criteria.named(), plan)


def test_the_state_of_sealing_stands_on_top(client, it_admin):
    fill(2)
    state = client.get(PAGE).context["sealing"]
    assert (state.last, state.unsealed >= 2, state.is_more) == (None, True, False)


def test_medical_administration_is_refused_and_that_is_noted(client):
    medical = people.user(Role.MEDICAL_ADMIN)
    client.force_login(medical)
    for address in (PAGE, f"{PAGE}1/", f"{PAGE}export"):
        assert client.get(address).status_code == 403
    refused = AuditEvent.objects.filter(action="refused", actor_id=medical.pk)
    assert {*refused.values_list("route", flat=True)} == {
        "admin:audit",
        "admin:audit_event",
        "admin:audit_export",
    }
