"""What people write is kept whole or refused, never cut."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from bookings import services
from bookings.domain import lengths
from bookings.tests.api import api, error_of
from bookings.tests.factories import PATIENT, make_booking, make_confirmed, make_professional, make_service
from core.actor import Actor
from core.errors import Refused

pytestmark = pytest.mark.django_db
DOCTOR = Actor("professional")
TOO_LONG = "x" * (lengths.CLOSING_REASON + 1)


def test_a_reason_that_is_too_long_changes_nothing():
    booking = make_confirmed()
    with pytest.raises(Refused) as refused:
        services.cancel(booking_id=booking.pk, actor=PATIENT, reason=TOO_LONG)
    assert (refused.value.code, refused.value.attr) == ("reason_too_long", "reason")
    booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_declining_refuses_it_too():
    booking = make_booking(make_service(make_professional(always_open=True), price=0))
    with pytest.raises(Refused, match=str(lengths.CLOSING_REASON)):
        services.reject(booking_id=booking.pk, actor=DOCTOR, reason=TOO_LONG)


def test_a_line_end_counts_once():
    lines = "x\r\n" * 149 + "xx"
    booking = services.cancel(booking_id=make_confirmed().pk, actor=PATIENT, reason=lines)
    assert booking.closing_reason == lines.replace("\r\n", "\n")
    assert len(booking.closing_reason) == lengths.CLOSING_REASON


def test_the_api_says_so_before_the_verb():
    booking = make_confirmed()
    address = f"/api/v1/bookings/{booking.pk}/cancel"
    client = api(booking.professional.user)
    refused = client.post(address, {"reason": TOO_LONG})
    assert (refused.status_code, error_of(refused)["code"]) == (400, "max_length")
    assert client.post(address, {"reason": "x\r\n" * 149 + "xx"}).status_code == 200


def test_what_it_is_about_may_be_longer_but_has_an_end():
    assert make_booking(reason="x" * lengths.REASON).reason == "x" * lengths.REASON
    with pytest.raises(Refused):
        make_booking(reason="x" * (lengths.REASON + 1))


@pytest.mark.parametrize("phone", ["+57 300 123 4567", "(011) 4321-0000", "123456", "+1.415.555.0100"])
def test_phones_as_people_write_them(phone):
    lengths.valid_phone(phone)


@pytest.mark.parametrize("phone", ["12345", "......", "call me", "300 123 4567 ext 2", "1" * 16, "+"])
def test_what_is_no_phone(phone):
    with pytest.raises(ValidationError):
        lengths.valid_phone(phone)
