"""What the audit must say of every request that the access matrix makes."""

from __future__ import annotations

from accounts.models import Patient
from bookings.models import BookingRequest
from bookings.record_access import has_words
from config.tests.access import Line
from config.tests.access_world import GUEST, PATIENT, RECORD, Answer, World
from core.audit.words import TRAILS
from core.models import AuditEvent, DataKey

# Sent as if something was to be written, and only looking: what is searched for has no place in an address.
LOOKS = {"/api/v1/patients/search", "/api/v1/admin/patients/search", "/doctor/patients/", "/admin/audit/"}


def what_is_missing(world: World, line: Line, person: str, answer: Answer) -> str:
    """Every refusal and every write of somebody who is signed in leaves a row of theirs, and whoever reads a
    patient's name leaves one that says whose."""
    user = world.people[person]
    rows = [row for row in answer.noted if user is None or row.actor_id == user.pk]
    actions = {row.action for row in rows}
    if user is not None and answer.status >= 400 and "refused" not in actions:
        return f"{line}: {answer.status}, and no refusal by {person} in the audit: {answer.noted}"
    is_write = line.method != "get" and line.address not in LOOKS
    if user is not None and answer.status < 400 and is_write and not {"write", "refused"} & actions:
        return f"{line}: {answer.status}, and no write by {person} in the audit: {answer.noted}"
    shown = {name for name in (PATIENT, RECORD["name"]) if name in answer.text}
    named = {subject for row in answer.noted for subject in row.subjects}
    was_made_now = named - {*DataKey.objects.filter(pk__in=named).values_list("pk", flat=True)}
    missing = [name for name in shown if not was_made_now and not named & _keys(world, name)]
    if missing:
        return f"{line}: shows {missing} to {person}, and the audit does not say so"
    return _without_words(line, person, rows) or _personal(world, line, rows)


def _without_words(line: Line, person: str, rows: list[AuditEvent]) -> str:
    """What the practice and staff see of patients is told to them in words made for it."""
    told = {row.route for row in rows if row.subjects and row.action in TRAILS}
    unworded = [] if "patient" in person else [route for route in told if not has_words(route)]
    return f"{line}: no words for patients of {unworded} (bookings/record_access.py)" if unworded else ""


def _personal(world: World, line: Line, rows: list[AuditEvent]) -> str:
    said = " ".join(str([row.facts, row.route, row.object_id, row.request_id]) for row in rows)
    names = (PATIENT, RECORD["name"], world.patient.email, GUEST["email"], "127.0.0.1")
    found = [name for name in names if name in said]
    return f"{line}: the audit says {found}" if found else ""


def _keys(world: World, name: str) -> set[object]:
    """The data keys of whoever is called so."""
    practice = Patient.objects.filter(professional=world.professional).select_related("data_key")
    wishes = BookingRequest.objects.select_related("data_key")
    return {row.data_key_id for row in (*practice, *wishes) if row.name == name}
