"""In whose zone a letter tells the time, and in whose language."""

from __future__ import annotations

import pytest

from bookings.letters import language_of, zone_of
from bookings.tests.factories import make_confirmed, make_professional, make_service, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("modality", "zone"), [("video", "Europe/Madrid"), ("in_person", "America/Bogota")])
def test_whoever_goes_to_the_practice_reads_its_time(modality, zone):
    service = make_service(make_professional(always_open=True), price=0, modality=modality)
    booking = make_confirmed(service, timezone="Europe/Madrid")
    assert zone_of(booking, "patient") == zone
    assert zone_of(booking, "professional") == "America/Bogota"


def test_who_has_an_account_reads_its_language_and_a_guest_that_of_the_booking():
    service = make_service(make_professional(always_open=True), price=0)
    assert language_of(make_confirmed(service, language="es")) == "es"
    account = make_user(language="en")
    booking = make_confirmed(service, language="es")
    booking.patient.user = account
    assert language_of(booking) == "en"
