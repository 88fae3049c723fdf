"""Who saw or changed a patient's data, in that patient's own words: from the audit, whose rows speak in routes.

Docs: docs/audit.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from core.models import AuditEvent

Words = str | Promise

_LIST = _("saw your name in a list of patients")
_ACCOUNTS = _("saw your name in a list of accounts")
_ACCOUNT = _("opened your account")
_DAY = _("saw your name in a list of appointments")
_RECORD = _("opened your record")
_APPOINTMENT = _("opened your appointment")
_REQUESTS = _("saw your request for an appointment")
_LOOKUP = _("saw your name while looking for a patient")
_MEETING = _("opened the room of your appointment")
_PAYMENT = _("saw your name beside a payment")
_RECEIPT = _("saw the receipt of a payment of yours")
_MEMBERS = _("saw your name among the members of a plan")
_ASKED = _("filled in a form with your e-mail")
_FILE = _("took your data along in a file")
_AUDIT = _("saw your e-mail in the log of who did what")
_LETTERS = _("saw messages that were sent to you")

# What each page, endpoint or command that shows a patient's data shows of it (`AuditEvent.route`).
_SAW: dict[Words, frozenset[str]] = {
    _LIST: frozenset({"doctor_patients", "api_patients", "api_admin_patients"}),
    _LOOKUP: frozenset(
        {
            "new_consultation",
            "doctor_patient_new",
            "api_patients_search",
            "api_admin_patients_search",
        }
    ),
    _RECORD: frozenset(
        {
            "doctor_patient",
            "doctor_patient_notes",
            "doctor_patient_remove",
            "doctor_patient_merge",
            "api_patient",
            "api_patient_merge",
            "api_admin_patient",
        }
    ),
    _DAY: frozenset(
        {
            "doctor_today",
            "doctor_agenda",
            "consultations",
            "doctor_accept",
            "doctor_reject",
            "doctor_cancel",
            "doctor_no_show",
            "doctor_complete",
            "api_bookings",
            "api_waiting_bookings",
            "api_meetings",
            "api_admin_bookings",
        }
    ),
    _APPOINTMENT: frozenset(
        {
            "consultation",
            "consultation_move",
            "consultation_cancel",
            "manage",
            "manage_pay",
            "manage_cancel",
            "manage_move",
            "manage_calendar",
            "paid",
            "api_booking",
            "api_cancel",
            "api_reschedule",
            "api_reject",
            "api_no_show",
            "api_accept",
            "api_payment",
            "api_manage",
            "api_manage_cancel",
            "api_manage_reschedule",
            "api_manage_payment",
            "api_admin_booking",
        }
    ),
    _REQUESTS: frozenset(
        {
            "doctor_requests",
            "doctor_request_reject",
            "api_requests",
            "api_request",
            "api_request_accept",
            "api_request_reject",
        }
    ),
    _PAYMENT: frozenset(
        {
            "doctor_payments",
            "doctor_payment",
            "doctor_payment_refund",
            "api_payments",
            "api_payment_of_practice",
            "api_payment_refund",
        }
    ),
    _RECEIPT: frozenset(
        {
            "manage_receipt",
            "manage_receipt_pdf",
            "my_receipt",
            "my_receipt_pdf",
            "doctor_receipt",
            "api_payment_receipt",
        }
    ),
    _FILE: frozenset({"doctor_payments_csv", "api_payments_export"}),
    _ASKED: frozenset({"book", "request_time", "api_guest_booking", "api_guest_request"}),
    _MEMBERS: frozenset({"doctor_plan", "api_plan_members"}),
    _MEETING: frozenset(
        {
            "video_room",
            "end_for_both",
            "guest_room",
            "api_join",
            "api_start",
            "api_end",
            "api_meeting_status",
            "meeting.join",
            "meeting.leave",
            "meeting.heartbeat",
            "meeting.signal",
        }
    ),
}
_BY_ROUTE: dict[str, Words] = {route: words for words, routes in _SAW.items() for route in routes}
# The lists of the admin: by the name of the rows, then the kind of page.
_ADMIN_ROWS: dict[str, tuple[Words, Words]] = {
    "accounts_patient": (_LIST, _RECORD),
    "accounts_user": (_ACCOUNTS, _ACCOUNT),
    "bookings_booking": (_DAY, _APPOINTMENT),
    "bookings_bookingrequest": (_REQUESTS, _REQUESTS),
    "bookings_membership": (_MEMBERS, _MEMBERS),
    "payments_payment": (_PAYMENT, _PAYMENT),
    "payments_refund": (_PAYMENT, _PAYMENT),
    "notifications_message": (_LETTERS, _LETTERS),
}
_ADMIN_PAGES: dict[str, Words] = {
    "admin:audit": _AUDIT,
    "admin:audit_event": _AUDIT,
    "admin:audit_export": _FILE,
}
_ADMIN_LISTS = frozenset({"changelist", "add"})
# Through what only a private link opens: whoever has it.
_LINKS = frozenset(route for route in _BY_ROUTE if route.startswith(("manage", "api_manage", "guest_room")))

# Verbs of the domain, as they concern the patient.
_DID: dict[str, Words] = {
    "booking.booked": _("booked an appointment for you"),
    "booking.accepted": _("accepted your appointment"),
    "booking.rejected": _("declined your appointment"),
    "booking.rescheduled": _("moved your appointment"),
    "booking.cancelled": _("cancelled your appointment"),
    "booking.started": _("began the meeting with you"),
    "booking.put_back": _("left the meeting to which only one side came"),
    "booking.finished": _("completed your appointment"),
    "booking.marked_no_show": _("noted that you did not come"),
    "booking.changed": _("wrote notes or a reason into your appointment"),
    "booking_request.made": _("asked for an appointment for you"),
    "booking_request.accepted": _("answered your request with an appointment"),
    "booking_request.rejected": _("declined your request for an appointment"),
    "booking_request.withdrawn": _("withdrew your request for an appointment"),
    "membership.asked_for": _("chose a plan for you"),
    "membership.let_go": _("closed a membership of yours that was not paid"),
    "patient.added": _("added you as a patient"),
    "patient.changed": _("changed your details"),
    "patient.merged": _("joined two records of yours"),
    "patient.removed": _("removed your record"),
    "patient.erasure_declined": _("decided that your record has to be kept"),
}
_SAW_SOMETHING, _DID_SOMETHING = _("saw data of yours"), _("worked with data of yours")

_ROLES: dict[str, Words] = {
    Role.PROFESSIONAL: _("professional"),
    Role.AGENT: _("patient support"),
    Role.MEDICAL_ADMIN: _("medical administration"),
    Role.IT_ADMIN: _("IT administration"),
    Role.PATIENT: _("patient"),
}
_NOBODY_KNOWN, _BY_LINK = _("Somebody who was not signed in"), _("Whoever has your private link")
_OPERATOR = _("The technical operation of this site")


@dataclass(frozen=True)
class Access:
    """Somebody did the same thing `times` times on one day, last `at`. `role` is '' where `who` says it all."""

    at: datetime
    who: str
    role: str
    what: str
    times: int = 1


def told(events: Iterable[AuditEvent], names: Mapping[UUID, str]) -> list[Access]:
    """Each event in words; `names`: of the accounts who did it."""
    return [Access(event.at, *_who(event, names), what_of(event)) for event in events]


def by_day(accesses: Iterable[Access]) -> list[tuple[date, list[Access]]]:
    """Days of the active time zone, as they come; what was done again is told once, when it was done last."""
    days = groupby(accesses, key=lambda access: timezone.localdate(access.at))
    return [(day, _once(of_day)) for day, of_day in days]


def what_of(event: AuditEvent) -> str:
    """What was done, as the end of a sentence that begins with who."""
    words = _DID.get(event.action) or _by_route(event.route)
    if words is None and event.action.endswith(".exported"):
        words = _FILE
    return str(words or (_SAW_SOMETHING if event.action == "read" else _DID_SOMETHING))


def has_words(route: str) -> bool:
    """Whether a page or endpoint is told of in words of its own."""
    return _by_route(route) is not None


def routes_with_words() -> frozenset[str]:
    return frozenset(_BY_ROUTE)


def verbs_with_words() -> frozenset[str]:
    return frozenset(_DID)


def _by_route(route: str) -> Words | None:
    if not route.startswith("admin:"):
        return _BY_ROUTE.get(route)
    if route in _ADMIN_PAGES:
        return _ADMIN_PAGES[route]
    app, _line, rest = route.removeprefix("admin:").partition("_")
    model, _line, page = rest.partition("_")
    if page == "export":
        return _FILE
    rows = _ADMIN_ROWS.get(f"{app}_{model}")
    return rows[page not in _ADMIN_LISTS] if rows else None


def _who(event: AuditEvent, names: Mapping[UUID, str]) -> tuple[str, str]:
    """Name and role; a role alone where the account has no name (any more)."""
    if event.actor_id is None:
        if event.role == "operator":
            return str(_OPERATOR), ""
        return str(_BY_LINK if event.route in _LINKS else _NOBODY_KNOWN), ""
    role = str(_ROLES.get(event.role, event.role))
    name = names.get(event.actor_id)
    return (name, role) if name else (capfirst(role), "")


def _once(accesses: Iterable[Access]) -> list[Access]:
    """The latest of those that say the same, and how many there are."""
    latest: dict[tuple[str, str, str], Access] = {}
    for access in accesses:
        key = (access.who, access.role, access.what)
        first = latest.get(key, access)
        latest[key] = Access(first.at, *key, times=first.times + (key in latest))
    return list(latest.values())
