"""A professional's page says of each service when it is next free, in one look."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.models import AvailabilityBlock
from bookings.tests.factories import make_booking, make_professional, make_service

pytestmark = pytest.mark.django_db

FRIDAY = datetime(2026, 11, 20, 20, 45, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now():
    """A quarter of the last hour's two times is over in Bogotá: 15:45, with 17:00 as the end."""
    with time_machine.travel(FRIDAY, tick=False):
        yield


@pytest.fixture
def ana():
    return make_professional(slug="ana", minimum_notice_minutes=0)


def text_of(client):
    return client.get("/p/ana/", headers={"accept-language": "en"}).content.decode()


def test_each_service_says_when_it_is_next_free(client, ana):
    make_service(ana, name="Short", duration_minutes=30)
    make_service(ana, name="Long", duration_minutes=90)
    text = " ".join(text_of(client).replace("</time>", "").split())
    short, long = text.split("Short")[1], text.split("Long")[1]
    assert "today, " in short.split("Long")[0]
    assert ">16:00" in short
    assert ">Mon 23 Nov, 09:00" in long


def test_a_service_without_free_times_says_so(client, ana):
    make_service(ana)
    AvailabilityBlock.objects.all().delete()
    assert "Nothing free at the moment" in text_of(client)


def test_what_it_costs_grows_neither_with_services_nor_with_bookings(client, ana):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get("/p/ana/")
        return len(captured)

    first = make_service(ana, price=0)
    few = queries()
    for _number in range(3):
        make_service(ana)
        make_booking(first)
    assert queries() == few
