"""The demo is made once, can be booked and joined at once, and opens nothing outside the embedded default."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Professional, User
from bookings import demo
from bookings.models import Booking, Membership, Modality, Plan, Service
from bookings.selectors import next_free_slots

pytestmark = pytest.mark.django_db


@pytest.fixture
def embedded(settings):
    settings.EMBEDDED = True
    return settings


def test_it_shows_cities_zones_currencies_and_every_kind_of_service(embedded):
    assert demo.seed() is True
    professionals = Professional.objects.all()
    assert len({p.city for p in professionals}) >= 3 and len({p.timezone for p in professionals}) >= 3
    services = Service.objects.all()
    assert len({s.currency for s in services}) >= 3
    assert {Modality.VIDEO, Modality.IN_PERSON} <= {s.modality for s in services}
    assert any(s.price for s in services) and any(not s.price for s in services)


def test_plans_are_sold_and_two_people_have_one(embedded):
    embedded.PAYMENT_GATEWAYS = ["sandbox"]
    demo.seed()
    running = Membership.objects.filter(starts_at__isnull=False)
    assert set(running.values_list("user__email", flat=True)) == {demo.PATIENT, "teresa@demo.test"}
    assert Plan.objects.filter(is_offered=True).count() == 3


def test_where_no_sandbox_takes_the_money_a_plan_waits_to_be_paid_by_hand(embedded):
    embedded.PAYMENT_GATEWAYS = []
    demo.seed()
    assert set(Membership.objects.values_list("starts_at", flat=True)) == {None}


def test_a_second_start_changes_nothing(embedded):
    demo.seed()
    before = User.objects.count(), Booking.objects.count()
    assert demo.seed() is False
    assert (User.objects.count(), Booking.objects.count()) == before


def test_somebody_is_on_call_so_that_a_booking_made_now_can_be_joined_now(embedded):
    demo.seed()
    service = Service.objects.select_related("professional__policy").get(slug="videoconsulta")
    start = next_free_slots(service=service, count=1)[0]
    assert start - timezone.now() <= timedelta(minutes=10)


def test_outside_the_embedded_default_it_is_refused(settings):
    settings.EMBEDDED = False
    with pytest.raises(CommandError):
        call_command("demo")
    assert not User.objects.exists()


def test_its_accounts_open_nothing_elsewhere(embedded, client):
    demo.seed()
    credentials = {"email": demo.DOCTOR, "password": demo.PASSWORD}
    assert client.post("/api/v1/auth/login", credentials, "application/json").status_code == 200
    embedded.EMBEDDED = False
    assert client.post("/api/v1/auth/login", credentials, "application/json").status_code == 401
