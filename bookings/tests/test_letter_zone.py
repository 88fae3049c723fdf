"""In whose zone a letter tells the time."""

from __future__ import annotations

import pytest

from bookings.letters import zone_of
from bookings.tests.factories import make_confirmed, make_professional, make_service

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("modality", "zone"), [("video", "Europe/Madrid"), ("in_person", "America/Bogota")])
def test_whoever_goes_to_the_practice_reads_its_time(modality, zone):
    service = make_service(make_professional(always_open=True), price=0, modality=modality)
    booking = make_confirmed(service, timezone="Europe/Madrid")
    assert zone_of(booking, "patient") == zone
    assert zone_of(booking, "professional") == "America/Bogota"
