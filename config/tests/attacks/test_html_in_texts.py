"""HTML and scripts in every text that people write: shown as they wrote it, and never understood by a browser."""

from __future__ import annotations

import re

import pytest
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.db import models

from accounts.models import Professional
from bookings import services
from bookings.calendar_file import calendar_file
from bookings.models import Booking, Service
from bookings.tests.factories import make_confirmed, make_professional, make_request, make_service
from config.tests.access import COLUMNS, lines
from config.tests.access_world import World
from core.actor import Actor
from core.fields import EncryptedTextField
from core.outbox import deliver_due
from notifications.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("whole_product")]

ATTACK = "\"'></script><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}"
UNDERSTOOD = ("<script>alert", "<img src=x", "onerror=alert(1)>{{", ">49<")
OURS = ("accounts", "bookings", "payments")
# Texts that programs write, or that are no texts.
CODES = {"password", "timezone", "country", "currency", "digest", "email", "phone", "verb", "actor_kind"}
CODES |= {"from_status", "to_status", "holiday_region", "subject_type", "gateway", "provider_ref", "claim"}
CODES |= {"checkout_url", "return_url", "event_id", "reference", "outcome", "kind", "patient_identity"}
CODES |= {"email_index", "phone_index", "money_ref"}


def texts_of(model: type[models.Model]) -> list[str]:
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | EncryptedTextField)
        and not (field.choices or field.unique or isinstance(field, models.SlugField | models.EmailField))
        and field.name not in CODES
    ]


def write_everywhere() -> int:
    """Into every text of every row, past all rules about what may be written; returns how many."""
    written = 0
    for model in (model for app in OURS for model in apps.get_app_config(app).get_models()):
        for row in model._default_manager.all() if (names := texts_of(model)) else ():
            for name in names:
                room = getattr(row._meta.get_field(name), "max_length", None)
                setattr(row, name, ATTACK[:room])
            row.save()
            written += len(names)
    UserSession.objects.update(user_agent=ATTACK)
    return written


@pytest.mark.parametrize("person", [column for column in COLUMNS if not column.startswith(("other", "new"))])
def test_no_page_runs_it(person):
    world = World()
    client = world.client(person)
    assert write_everywhere() > 30
    shown = 0
    for line in lines():
        if line.method != "get" or not line.answers[person].startswith("200"):
            continue
        response = client.get(world.path(line))
        if "html" not in response["Content-Type"]:
            continue
        page = response.content.decode()
        assert not [evil for evil in UNDERSTOOD if evil in page], line
        shown += "&lt;script&gt;" in page
    assert shown > 1


def test_no_letter_runs_it():
    service = make_service(make_professional(always_open=True), price=0)
    booking, request = make_confirmed(service), make_request(service)
    deliver_due()
    write_everywhere()
    Message.objects.all().delete()
    services.cancel(booking_id=booking.pk, actor=Actor("professional"), reason=ATTACK[:200])
    services.reject_request(request_id=request.pk, actor=Actor("professional"), reason=ATTACK[:200])
    make_confirmed(service)
    deliver_due()
    letters = list(Message.objects.select_related("data_key"))
    assert len(letters) >= 3
    for letter in letters:
        assert not [evil for evil in UNDERSTOOD if evil in letter.html], letter.kind
        assert "\n" not in letter.subject and "\r" not in letter.subject
    assert any("&lt;script&gt;" in letter.html for letter in letters)


@pytest.mark.parametrize("side", ["patient", "professional", None])
def test_no_calendar_file_gains_a_line(side):
    booking = make_confirmed()
    before = begins_of(booking, side)
    evil = "x\r\nATTENDEE:mailto:evil@example.org\r\nEND:VEVENT\nEND:VCALENDAR"
    Professional.objects.update(name=evil, address=evil)
    Service.objects.update(name=evil)
    for texts in (booking.patient, booking):
        for name in texts_of(type(texts)):
            setattr(texts, name, evil)
        texts.save()
    assert begins_of(Booking.objects.get(pk=booking.pk), side) == before


def begins_of(booking, side) -> list[str]:
    lines = calendar_file(booking, link="https://vicita.test/b/x/", to=side).split("\r\n")
    return [re.split("[:;]", line)[0] for line in lines if not line.startswith(" ")]
