"""Names of zones and short dates as the reader's language writes them."""

from datetime import date

import pytest
from django.utils import translation

from core.templatetags.ui import short_date, zone_name


@pytest.mark.parametrize(
    ("zone", "spanish", "english"),
    [
        ("America/Bogota", "Bogotá", "Bogota"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires", "Buenos Aires"),
        ("America/Mexico_City", "Ciudad de México", "Mexico City"),
        ("UTC", "UTC", "UTC"),
        ("nowhere", "nowhere", "nowhere"),
    ],
)
def test_a_zone_is_named_by_its_city(zone, spanish, english):
    with translation.override("es"):
        assert zone_name(zone) == spanish
    with translation.override("en"):
        assert zone_name(zone) == english


def test_a_short_date():
    with translation.override("es"):
        assert short_date(date(2026, 11, 24)) == "mar 24 nov"
    with translation.override("en"):
        assert short_date(date(2026, 11, 24)) == "Tue 24 Nov"
