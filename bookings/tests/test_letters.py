"""Every letter about a booking, in each language: whole, plain where it is plain, and discreet outside."""

import re
import zoneinfo
from datetime import UTC, datetime
from pathlib import Path

import pytest

from accounts.models import Patient, Professional, User
from bookings import announcements, letters
from bookings.domain.lifecycle_table import Status
from bookings.models import Booking, Service
from notifications.services import render_email

pytestmark = pytest.mark.django_db

TO_PATIENT = [
    "booking_waiting",
    "booking_confirmed",
    "booking_rejected",
    "booking_expired",
    "booking_cancelled",
    "booking_rescheduled",
    "booking_no_show",
    "booking_reminder",
    "payment_late_refunded",
]
TO_PROFESSIONAL = [
    "booking_request",
    "booking_confirmed_professional",
    "booking_cancelled_professional",
    "booking_rescheduled_professional",
]
SIDES = re.compile(r'Mail\("(\w+)", "(patient|professional)"')
MANAGE = "https://vicita.example/b/private-token/"
DOCTOR = "https://vicita.example/doctor/"


def booking(**fields):
    professional = Professional(
        user=User(email="doctor@example.com"),
        name="Dra. Laura O'Hara",
        address="Calle 1",
        city="Bogotá",
        timezone="America/Bogota",
    )
    return Booking(
        **{
            "reference": "VC-1234",
            "professional": professional,
            "patient": Patient(professional=professional, name="Ana <b>&</b> Luis", email="ana@example.com"),
            "service": Service(professional=professional, name="Terapia de ansiedad"),
            "status": Status.CONFIRMED,
            "modality": "video",
            "starts_at": datetime(2026, 11, 24, 1, 30, tzinfo=UTC),
            "ends_at": datetime(2026, 11, 24, 2, 0, tzinfo=UTC),
            "price": 40,
            "currency": "USD",
            "cancelled_by": "professional",
        }
        | fields
    )


def letter(template, language="en", about=None, **context):
    about = about or booking()
    return render_email(
        template,
        {
            "booking": about,
            "manage_url": MANAGE,
            "doctor_url": DOCTOR,
            "starts_local": about.starts_at.astimezone(zoneinfo.ZoneInfo("America/Bogota")),
            "zone_name": "America/Bogota",
            "price_text": "$40",
            "refund_text": "$40",
            "reason": "",
        }
        | context,
        language,
    )


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("template", TO_PATIENT + TO_PROFESSIONAL)
def test_each_letter_says_what_when_and_where(template, language):
    subject, text, html = letter(template, language)
    link, other = (MANAGE, DOCTOR) if template in TO_PATIENT else (DOCTOR, MANAGE)
    for form in (text, html):
        assert link in form and other not in form
        assert "20:30" in form and "2026" in form and "Bogot" in form
        assert "VC-1234" in form
    assert subject and "\n" not in subject
    assert "\n\n\n" not in text and "{" not in text


@pytest.mark.parametrize("template", TO_PATIENT + TO_PROFESSIONAL)
def test_a_subject_tells_a_bystander_nothing(template):
    subject, _text, _html = letter(template)
    for word in ("Terapia", "Laura", "Ana", "VC-1234"):
        assert word not in subject


def test_text_is_plain_and_html_is_escaped():
    _subject, text, html = letter("booking_confirmed")
    assert "Ana <b>&</b> Luis" in text and "Dra. Laura O'Hara" in text
    assert "Ana &lt;b&gt;&amp;&lt;/b&gt; Luis" in html and "<b>" not in html


def test_the_day_is_the_readers_own():
    subject, text, _html = letter("booking_confirmed", "es")
    assert "23 de noviembre" in subject
    assert "lunes, 23 de noviembre de 2026, 20:30" in text


def test_a_reason_is_passed_on():
    _subject, text, html = letter("booking_rejected", reason="I am at a congress")
    assert "“I am at a congress”" in text and "“I am at a congress”" in html


def test_where_to_go_in_person():
    _subject, text, _html = letter("booking_confirmed", about=booking(modality="in_person"))
    assert "Calle 1, Bogotá" in text and "waiting room" not in text


def test_the_professional_reads_who_comes():
    _subject, text, _html = letter("booking_request")
    assert "Ana <b>&</b> Luis" in text and "Hello" not in text


@pytest.mark.parametrize(
    ("fields", "refund", "said"),
    [
        ({"absent": "both"}, "$40", "Nobody came"),
        ({"answer_due_at": datetime(2026, 11, 23, tzinfo=UTC)}, "$40", "not confirmed in time"),
        ({"answer_due_at": datetime(2026, 11, 23, tzinfo=UTC), "price": 0}, "", "not confirmed in time"),
        ({}, "", "No payment arrived in time"),
    ],
)
def test_an_expired_booking_says_why(fields, refund, said):
    about = booking(status=Status.EXPIRED, **fields)
    _subject, text, _html = letter("booking_expired", about=about, refund_text=refund)
    assert said in text


def test_a_professional_who_did_not_come_is_no_patients_fault():
    about = booking(status=Status.CANCELLED, absent="professional", cancelled_by="professional")
    _subject, text, _html = letter("booking_cancelled", about=about)
    assert "you came, but Dra. Laura O'Hara did not" in text


def test_what_is_for_the_professional_is_named_so():
    """What patients take along of what was sent leaves out what is named so, and nothing else."""
    sides = {(kind, to) for kind, to in SIDES.findall(Path(announcements.__file__).read_text())}
    assert {kind for kind, to in sides if to == "professional"} == {*TO_PROFESSIONAL}
    assert {*TO_PROFESSIONAL} < letters.TO_PROFESSIONAL
    assert not {kind for kind, to in sides if to == "patient"} & letters.TO_PROFESSIONAL
