"""Every route of the project, asked by everybody: what is not in the table fails, as does any other answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import User
from accounts.services import create_user
from bookings import services
from bookings.access import token_of
from bookings.models import Booking
from bookings.selectors import next_free_slots
from bookings.tests.factories import (
    make_booking,
    make_confirmed,
    make_professional,
    make_request,
    make_service,
    make_time_off,
    make_user,
    open_window,
)
from config.tests.access import COLUMNS, TABLE
from notifications.models import Notification
from notifications.services import notify
from payments.models import Payment
from payments.services import open_checkout

pytestmark = pytest.mark.django_db
BACKEND = "accounts.backends.AccountBackend"
SIGN_IN = {"/login", "/admin/login/"}
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Line:
    method: str
    route: str
    about: str
    statuses: tuple[int, ...]


def lines() -> list[Line]:
    found = []
    for text in TABLE.splitlines():
        words = text.replace("|", " ").split()
        if words and words[0].lower() in METHODS:
            statuses = tuple(int(word) for word in words[-len(COLUMNS) :])
            about = words[2] if len(words) == len(COLUMNS) + 3 else ""
            found.append(Line(words[0].lower(), words[1], about, statuses))
    return found


def routes(patterns: list[Any] | None = None) -> Iterator[tuple[str, Any]]:
    """Names (of routes without one: the path) and views; the admin counts as one."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.name or str(pattern.pattern), pattern.callback
        elif isinstance(pattern, URLResolver) and pattern.app_name == "admin":
            yield "admin:index", None
        else:
            yield from routes(pattern.url_patterns)


@pytest.fixture(autouse=True)
def _whole_product(settings, tmp_path):
    """With the pages of the embedded demo."""
    settings.MAILBOX_DIR = tmp_path
    settings.ROOT_URLCONF = "notifications.tests.urls_with_mailbox"
    settings.EMBEDDED, settings.PAYMENT_GATEWAYS = True, ["sandbox"]
    settings.PUBLIC_WRITE_RATE = "100000/s"


class World:
    """One professional with one patient, their bookings in several states, and everybody else."""

    def __init__(self) -> None:
        self.professional = make_professional(always_open=True)
        self.patient = create_user(email="juan@example.org", password=None, name="Juan Pérez")
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
        }
        self.clients = {person: self._client(user) for person, user in self.people.items()}
        him = {"email": self.patient.email, "name": self.patient.name, "user": self.patient}
        self.bookings: dict[str, Booking] = {
            "running": open_window(make_confirmed(self.free, **him)),
            "waiting": make_booking(self.free, **him),
            "unpaid": make_booking(make_service(self.professional, price=25000), **him),
        }
        self.request = make_request(self.free)
        self.time_off = make_time_off(self.professional)
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
        payment = Payment.objects.get()
        open_checkout(payment_id=payment.pk, return_url="http://localhost/back")
        self.payment_id = payment.pk
        self.checkout_id = payment.attempts.get().provider_ref
        self.start = f"{next_free_slots(service=self.free, count=9)[8]:%Y-%m-%dT%H:%M:%SZ}"

    @staticmethod
    def _client(user: User | None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user, backend=BACKEND)
        return client

    def path(self, route: str, about: str) -> str:
        """The address of a route about one of our bookings."""
        if route in UNNAMED:
            return UNNAMED[route]
        booking = self.bookings.get(about, self.bookings["waiting"])
        known = {
            "booking_id": booking.pk,
            "request_id": self.request.pk,
            "patient_id": self.record.pk,
            "other_id": self.duplicate.pk,
            "token": token_of(booking),
            "slug": self.professional.slug,
            "service_slug": self.free.slug,
            "service_id": self.free.pk,
            "block_id": self.professional.blocks.earliest("weekday").pk,
            "time_off_id": self.time_off.pk,
            "weekday": 1,
            "checkout_id": self.checkout_id,
            "payment_id": self.payment_id,
            "notification_id": Notification.objects.get().pk,
            "provider": "sandbox",
            "mail_id": uuid4(),
            "number": 0,
            "uidb36": "1",
            "key": "x-y",
        }
        wanted = get_resolver().reverse_dict.getlist(route) if ":" not in route else []
        names = wanted[0][0][0][1] if wanted else []
        address = reverse(route, kwargs={name: known[name] for name in names})
        query = QUERIES.get(route, "")
        return address + query.format(slug=self.professional.slug, service=self.free.slug, start=self.start)


UNNAMED = {"it/medical-professionals": "/it/medical-professionals"}
QUERIES = {
    "api_why": "?professional={slug}&service={service}&start={start}",
    "api_slots": "?professional={slug}&from=2030-01-01&to=2030-01-02",
    "book": "?start={start}",
    "consultation_move": "?start={start}",
}
RECORD = {"name": "Eva Ruiz", "language": "es"}
GUEST = {"name": "Eva Ruiz", "email": "eva@example.org"}
IN_TWO_YEARS = str(timezone.localdate() + timedelta(days=730))
OFFER = {"name": "First visit", "duration_minutes": 60, "price": "80", "currency": "USD"}


def body_of(world: World, line: Line) -> dict[str, Any]:
    """What is sent where an empty body would not say who may do it."""
    bodies: dict[str, dict[str, Any]] = {
        "api_guest_booking": {**GUEST, "service": world.free.slug, "start": world.start},
        "api_guest_request": {**GUEST, "service": world.free.slug},
        "api_request_accept": {"start": world.start},
        "request_time": {**GUEST, "part_of_day": "any"},
        "api_bookings": {
            "professional": world.professional.slug,
            "service": world.free.slug,
            "start": world.start,
            "name": "Eva Ruiz",
        },
        "api_services": OFFER,
        "api_service": OFFER,
        "api_blocks": {"date": IN_TWO_YEARS, "starts": "08:00", "ends": "09:00"},
        "api_block": {"starts": "08:00", "ends": "09:00"},
        "api_times_off": {"first_day": IN_TWO_YEARS},
        "api_time_off": {"first_day": IN_TWO_YEARS},
        "api_patients": RECORD,
        "api_patients_search": {"q": "eva"},
        "api_patient": RECORD,
        "api_patient_merge": {"other": str(world.duplicate.pk)},
        "doctor_patient_new": RECORD,
        "doctor_patient": RECORD,
        "api_reschedule": {"start": world.start},
        "api_manage_reschedule": {"start": world.start},
        "api_login": {"email": f"{uuid4()}@example.org", "password": "wrong"},
        "api_refresh": {"refresh": "nonsense"},
        "set_language": {"language": "en"},
        "book": {**GUEST, "start": world.start},
        "manage_move": {"start": world.start},
        "consultation_move": {"duration": 30},
    }
    return bodies.get(line.route, {}) if line.method != "get" else {}


def ask(world: World, line: Line, person: str) -> int:
    """The status, 401 for being sent to the sign-in; whatever was done is undone."""
    client = world.clients[person]
    cookies = client.cookies.output()
    path = world.path(line.route, line.about)
    kind = {"content_type": "application/json"} if path.startswith("/api/") and line.method != "get" else {}
    with transaction.atomic():
        response = getattr(client, line.method)(path, body_of(world, line), **kind)
        transaction.set_rollback(True)
    client.cookies = SimpleCookie(cookies.replace("Set-Cookie: ", ""))
    if response.status_code == 302 and urlsplit(response["Location"]).path in SIGN_IN:
        return 401
    return int(response.status_code)


def test_everybody_gets_the_answer_of_the_table():
    world = World()
    wrong = []
    for line in lines():
        found = tuple(ask(world, line, person) for person in COLUMNS)
        if found != line.statuses:
            wrong.append(f"{line.method.upper()} {line.route} {line.about}: {found}, not {line.statuses}")
    assert not wrong, "\n" + "\n".join(wrong)


def test_every_route_is_in_the_table():
    known = {(line.route, line.method) for line in lines()}
    names = {route for route, _method in known}
    missing = [name for name, _view in routes() if name not in names]
    for name, view in routes():
        handled = [method for method in METHODS if hasattr(getattr(view, "cls", None), method)]
        missing += [f"{method} {name}" for method in handled if (name, method) not in known]
    assert not missing
