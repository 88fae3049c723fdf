"""The people and things that the access matrix asks about, and how one of them asks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from allauth.usersessions.models import UserSession
from django.apps import apps
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import ProfessionalPhoto, RegistrationToken, User
from accounts.services import create_user
from bookings import services
from bookings.access import token_of
from bookings.models import Booking
from bookings.selectors import next_free_slots
from bookings.tests.factories import (
    PASSWORD,
    make_booking,
    make_confirmed,
    make_professional,
    make_request,
    make_service,
    make_time_off,
    make_user,
    open_window,
)
from bookings.tests.members import make_plan
from config.tests.access import Line
from core.models import AuditEvent
from notifications.models import Notification
from notifications.services import notify
from payments.models import Payment, Refund, RefundStatus
from payments.services import open_checkout

BACKEND = "accounts.backends.AccountBackend"

QUERIES = {
    "/api/v1/availability/why": "?professional=<slug>&service=<service_slug>&start=<start>",
    "/api/v1/availability/slots": "?professional=<slug>&from=2030-01-01&to=2030-01-02",
    "/api/v1/plans of_practice": "?professional=<slug>",
    "/p/<slug>/<service_slug>/book": "?start=<start>",
    "/doctor/consultations/<booking_id>/move": "?start=<start>",
}
PATIENT = "Juan Pérez del Río"  # as the practice knows him
RECORD = {"name": "Eva Ruiz", "language": "es"}
GUEST = {"name": "Eva Ruiz", "email": "eva@example.org"}
IN_TWO_YEARS = str(timezone.localdate() + timedelta(days=730))
OFFER = {"name": "First visit", "duration_minutes": 60, "price": "80", "currency": "USD"}
PLAN = {"name": "Monthly support", "price": "80", "currency": "COP"}


class World:
    """One professional with one patient, their bookings in several states, and everybody else."""

    written: frozenset[tuple[str, int]] = frozenset()  # up to the last answer
    at_admin_door: int | None = None  # what the admin's sign-in answers to the one who asks here

    def __init__(self) -> None:
        self.professional = make_professional(always_open=True)
        self.patient = create_user(email="juan@example.org", password=PASSWORD, name="Juan Pérez")
        self.free = make_service(self.professional, price=0)
        self.people: dict[str, User | None] = {
            "nobody": None,
            "own_patient": self.patient,
            "other_patient": make_user(),
            "own_professional": self.professional.user,
            "other_professional": make_professional().user,
            "agent": make_user(role="agent"),
            "medical_admin": make_user(role="medical_admin", is_staff=True),
            "it_admin": make_user(role="it_admin", is_staff=True),
            "new_it_admin": User.objects.create_user("new@example.org", role="it_admin", is_staff=True),
        }
        him = {"email": self.patient.email, "name": PATIENT, "user": self.patient}
        self.bookings: dict[str, Booking] = {
            "running": open_window(make_confirmed(self.free, **him)),
            "waiting": make_booking(self.free, **him),
            "unpaid": make_booking(make_service(self.professional, price=25000), **him),
        }
        self.request = make_request(self.free)
        self.time_off = make_time_off(self.professional)
        self.session = UserSession.objects.create(user=self.patient, session_key="elsewhere", ip="127.0.0.1")
        RegistrationToken.objects.create(expires_at=timezone.now() + timedelta(days=1))
        photo = ProfessionalPhoto.objects.create(professional=self.professional, content=b"", digest="0" * 64)
        self.digest = photo.digest
        self.record, self.duplicate = (
            services.add_patient(professional=self.professional, name="Eva Ruiz", language="es")
            for _n in "12"
        )
        notify(
            user=self.patient,
            kind="booking_confirmed",
            dedupe_key="x",
            payload={"booking_id": str(self.bookings["waiting"].pk)},
        )
        self.payment = Payment.objects.get(subject_type="booking")
        open_checkout(payment_id=self.payment.pk, return_url="http://localhost/back")
        refund = {"amount": 1, "reason": "declined", "due_at": timezone.now(), "status": RefundStatus.FAILED}
        Refund.objects.create(attempt=self.payment.attempts.get(), **refund)
        cheaper = make_service(self.professional, price=25000)
        self.bookings["paid"] = make_booking(make_service(self.professional, price=30000), **him)
        self.paid = _pay(self.bookings["paid"])
        self.plan, sold = (make_plan(cheaper) for _n in "12")
        self.membership = services.subscribe(user=self.patient, plan_id=sold.pk)
        self.start = f"{next_free_slots(service=self.free, count=9)[8]:%Y-%m-%dT%H:%M:%SZ}"

    def client(self, person: str) -> Client:
        client, user = Client(), self.people[person]
        if user is not None:
            client.force_login(user, backend=BACKEND)
        return client

    def path(self, line: Line) -> str:
        """The address of a line, about what is in this world."""
        known = self._known | self._known_by(line)
        query = QUERIES.get(f"{line.address} {line.about}", QUERIES.get(line.address, ""))
        written = line.address + query
        return re.sub(r"<(\w+)>", lambda name: str(known[name[1]]), written)

    @cached_property
    def _known(self) -> dict[str, Any]:
        return {
            "request_id": self.request.pk,
            "patient_id": self.record.pk,
            "other_id": self.duplicate.pk,
            "professional_id": self.professional.pk,
            "table": "weeks",
            "slug": self.professional.slug,
            "digest": self.digest,
            "session_id": self.session.pk,
            "pk": 1,
            "service_slug": self.free.slug,
            "service_id": self.free.pk,
            "block_id": self.professional.blocks.earliest("weekday").pk,
            "time_off_id": self.time_off.pk,
            "plan_id": self.plan.pk,
            "membership_id": self.membership.pk,
            "weekday": 1,
            "checkout_id": self.payment.attempts.get().provider_ref,
            "notification_id": Notification.objects.get().pk,
            "provider": "sandbox",
            "mail_id": uuid4(),
            "number": 0,
            "uidb36": "1",
            "key": "x-y",
            "start": self.start,
            "content_type_id": 1,
            "url": "nowhere",
            "event_id": AuditEvent.objects.earliest("id").pk,
        }

    def _known_by(self, line: Line) -> dict[str, Any]:
        booking = self.bookings.get(line.about, self.bookings["waiting"])
        has_link = line.about or "/manage/" in line.address
        return {
            "booking_id": booking.pk,
            "token": token_of(booking) if has_link else "nonsense",
            "app_label": line.about,
            "payment_id": (self.paid if line.about == "paid" else self.payment).pk,
            "object_id": self._row_in_admin(line.address) if line.address.startswith("/admin/") else "",
        }

    def _row_in_admin(self, address: str) -> Any:
        """Some row of the model that an address of the admin is about."""
        _empty, _admin, app, model, *_rest = [*address.split("/"), "", ""]
        ours = {"booking": self.bookings["waiting"], "patient": self.record, "payment": self.paid}
        if model in ours:
            return ours[model].pk
        row = apps.get_model(app, model).objects.first() if model in apps.all_models.get(app, {}) else None
        return row.pk if row else uuid4()

    def _answers(self, verb: str) -> dict[str, Any]:
        """What a verb of the admin has to be told."""
        known: dict[str, dict[str, Any]] = {
            "reschedule": {"start": self.start},
            "book": {"start": self.start},
            "merge": {"other_id": str(self.duplicate.pk)},
            "erase": {"name": self.record.name, "sure": "on"},
            "refund": {"amount": "1", "why": "x", "once": str(uuid4())},
            "close_question": {"note": "x"},
            "done_by_hand": {"given_by": "Eva", "given_on": str(timezone.localdate()), "reference": "8831"},
        }
        return known.get(verb, {})

    def body(self, line: Line) -> dict[str, Any]:
        """What is sent where an empty body would not say who may do it."""
        bodies: dict[str, dict[str, Any]] = {
            "/api/v1/professionals/<slug>/bookings": {
                **GUEST,
                "service": self.free.slug,
                "start": self.start,
            },
            "/api/v1/professionals/<slug>/booking-requests": {**GUEST, "service": self.free.slug},
            "/api/v1/booking-requests/<request_id>/accept": {"start": self.start},
            "/p/<slug>/<service_slug>/request": {**GUEST, "part_of_day": "any"},
            "/api/v1/bookings": {
                "professional": self.professional.slug,
                "service": self.free.slug,
                "start": self.start,
                "name": "Eva Ruiz",
            },
            "/api/v1/payments/checkout-session": {"booking": str(self.bookings["unpaid"].pk)},
            "/api/v1/plans": PLAN | {"included": [{"service": str(self.free.pk)}]},
            "/doctor/payments/<payment_id>/refund": {"amount": "1", "why": "x", "once": str(uuid4())},
            "/api/v1/payments/<payment_id>/refund": {"amount": "1"},
            "/api/v1/services": OFFER,
            "/api/v1/services/<service_id>": OFFER,
            "/api/v1/availability/blocks": {"date": IN_TWO_YEARS, "starts": "08:00", "ends": "09:00"},
            "/api/v1/availability/blocks/<block_id>": {"starts": "08:00", "ends": "09:00"},
            "/api/v1/availability/time-off": {"first_day": IN_TWO_YEARS},
            "/api/v1/availability/time-off/<time_off_id>": {"first_day": IN_TWO_YEARS},
            "/api/v1/patients": RECORD,
            "/api/v1/patients/search": {"q": "eva"},
            "/api/v1/patients/<patient_id>": RECORD,
            "/api/v1/patients/<patient_id>/merge": {"other": str(self.duplicate.pk)},
            "/api/v1/admin/professionals/<professional_id>/status": {"is_active": True},
            "/doctor/patients/new": RECORD,
            "/doctor/patients/<patient_id>/": RECORD,
            "/api/v1/bookings/<booking_id>/reschedule": {"start": self.start},
            "/api/v1/manage/<token>/reschedule": {"start": self.start},
            "/api/v1/auth/login": {"email": f"{uuid4()}@example.org", "password": "wrong"},
            "/api/v1/auth/refresh": {"refresh": "nonsense"},
            "/api/v1/auth/forgot-password": {"email": f"{uuid4()}@example.org"},
            "/password/forgot": {"email": f"{uuid4()}@example.org"},
            "/language": {"language": "en"},
            "/account/close": {"way": "close"},
            "/p/<slug>/<service_slug>/book": {**GUEST, "start": self.start},
            "/b/<token>/move": {"start": self.start},
            "/doctor/consultations/<booking_id>/move": {"duration": 30},
        }
        if line.address.startswith("/admin/") and line.method == "post":
            chosen = {"action": line.about, "_selected_action": [str(self._row_in_admin(line.address))]}
            answers = self._answers(
                line.about or line.address.strip("/").rpartition("/")[2].replace("-", "_")
            )
            return {"_confirmed": "1"} | answers | (chosen if line.about else {})
        return bodies.get(line.address, {}) if line.method != "get" else {}


def _pay(booking: Booking) -> Payment:
    """What a gateway's word for "paid" does; and beside it, the gateway holds money that nobody understands."""
    payment = Payment.objects.get(subject_id=booking.pk)
    now, paid = timezone.now(), {"gateway": "sandbox", "status": "paid", "settles": True}
    payment.attempts.create(
        number=1, reference=f"{payment.reference}-1", paid_at=now, questioned_at=now, **paid
    )
    Payment.objects.filter(pk=payment.pk).update(status="paid", paid_at=now)
    services.payment_settled(payment.pk)
    return payment


@dataclass(frozen=True)
class Answer:
    status: int  # 401 also for being sent to the sign-in
    wrote: set[str]  # the tables with rows that were made, changed or removed, even if it was undone
    noted: list[AuditEvent]  # the request's rows in the audit
    text: str


def ask(world: World, client: Client, line: Line) -> Answer:
    """Whatever was done is undone."""
    cookies, path = client.cookies.output(), world.path(line)
    kind = {"content_type": "application/json"} if path.startswith("/api/") and line.method != "get" else {}
    before = world.written or _writes()
    with transaction.atomic():
        response = getattr(client, line.method)(path, world.body(line), **kind)
        text = response.getvalue().decode(errors="replace")  # of a download too
        noted = list(AuditEvent.objects.filter(request_id=response["X-Request-ID"]))
        transaction.set_rollback(True)
    client.cookies = SimpleCookie(cookies.replace("Set-Cookie: ", ""))
    world.written = _writes()
    wrote = {table for table, _rows in world.written - before}
    return Answer(_status(world, client, response), wrote, noted, text)


def _status(world: World, client: Client, response: HttpResponse) -> int:
    """401 for being led to the sign-in, 403 to setting up a second factor first. The admin leads to a sign-in of its
    own, which is not for everybody to know of."""
    leads_to = urlsplit(response["Location"]).path if response.status_code == 302 else ""
    if leads_to == "/admin/login/":
        if world.at_admin_door is None:
            world.at_admin_door = _status(world, client, client.get(leads_to))
        return world.at_admin_door
    is_signed_in = "sessionid" in client.cookies
    return {"/login": 302 if is_signed_in else 401, "/account/two-step": 403}.get(
        leads_to, response.status_code
    )


def _writes() -> frozenset[tuple[str, int]]:
    """How many rows of each table this transaction has written so far; PostgreSQL also counts what is undone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return frozenset(cursor.fetchall())
