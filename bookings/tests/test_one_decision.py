"""Slots, why and book say the same of every instant, whatever a practice has set."""

from __future__ import annotations

import random
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.services import create_user
from bookings import services
from bookings.models import AvailabilityBlock, Booking, BookingPolicy, TimeOff
from bookings.selectors import free_slots, why_not
from bookings.services.booking import PatientDetails
from bookings.tests.factories import PATIENT, make_booking, make_professional, make_service, utc
from core.actor import Actor
from core.errors import Conflict, DomainError

pytestmark = pytest.mark.django_db
NOW = utc(2026, 12, 23, 12)  # Wednesday; the 25th is a holiday
ZONES = ["America/Bogota", "Europe/Madrid", "Asia/Kathmandu", "America/St_Johns"]


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


def practice(chance: random.Random):
    """Hours, rules, absences and bookings as they come."""
    professional = make_professional(
        zone=chance.choice(ZONES),
        country="CO",
        closed_on_holidays=True,
        step_minutes=chance.choice([15, 30, 45]),
        minimum_notice_minutes=chance.choice([0, 180]),
        horizon_days=chance.choice([1, 3, 60]),
        max_bookings_per_day=chance.choice([None, 1, 2]),
    )
    service = make_service(
        professional,
        price=0,
        duration_minutes=chance.choice([20, 45, 90]),
        buffer_before_minutes=chance.choice([0, 10]),
        buffer_after_minutes=chance.choice([0, 25]),
    )
    other = make_service(professional, price=0, modality="in_person")
    blocks = list(AvailabilityBlock.objects.filter(professional=professional))
    chance.choice(blocks).services.add(other)
    AvailabilityBlock.objects.filter(pk=chance.choice(blocks).pk).update(modalities=["in_person"])
    AvailabilityBlock.objects.create(
        professional=professional, date=date(2026, 12, 25), starts=time(20), ends=time(0)
    )
    away = NOW + timedelta(hours=chance.randint(0, 60))
    TimeOff.objects.create(
        professional=professional, starts_at=away, ends_at=away + timedelta(hours=chance.randint(1, 12))
    )
    for start in chance.sample(range(2, 70), 5):
        try:
            services.book_by_hand(
                service=other,
                starts_at=NOW + timedelta(hours=start),
                patient=PatientDetails(name="Ana Gil", email=f"ana{start}@example.org"),
                actor=Actor("professional"),
                outside_hours=True,
            )
        except DomainError:
            continue
    return service


def booked(service, start, user) -> bool:
    """Whether `book` takes it; undone."""
    try:
        with transaction.atomic():
            services.book(
                service=service,
                starts_at=start,
                patient=PatientDetails(name=user.name, email=user.email),
                actor=PATIENT,
                user=user,
            )
            transaction.set_rollback(True)
    except DomainError:
        return False
    return True


@pytest.mark.parametrize("seed", range(8))
def test_the_three_agree(seed):
    chance = random.Random(seed)
    user = create_user(email="juan@example.org", password=None, name="Juan Pérez")
    elsewhere = make_service(make_professional(always_open=True), price=0, duration_minutes=180)
    service = practice(chance)
    make_booking(elsewhere, start=NOW + timedelta(hours=26), email=user.email, name=user.name)
    zone = ZoneInfo(chance.choice(ZONES))
    offered = free_slots(
        service=service, first=date(2026, 12, 22), last=date(2026, 12, 28), zone=zone, asker=user
    )
    instants = {NOW + timedelta(minutes=5 * n) for n in range(-24, 4 * 288)}
    probes = {*offered, *chance.sample(sorted(instants), 150)}
    for start in sorted(probes):
        refusals = why_not(service=service, start=start, asker=user)
        assert (refusals == []) == (start in offered), (start, refusals)
    for start in chance.sample(sorted(probes), min(20, len(probes))):
        assert booked(service, start, user) == (start in offered), start


def test_a_practice_for_its_own_patients_is_closed_to_others_and_to_guests():
    service = make_service(make_professional(), price=0)
    start = utc(2026, 12, 28, 15)
    patient = create_user(email="juan@example.org", password=None, name="Juan Pérez")
    stranger = create_user(email="otro@example.org", password=None, name="Otro")
    make_booking(service, start=start - timedelta(hours=1), email=patient.email, name=patient.name)
    BookingPolicy.objects.update(patients_only=True)
    service.refresh_from_db()
    assert why_not(service=service, start=start, asker=patient) == []
    for asker in (stranger, None):
        assert why_not(service=service, start=start, asker=asker) == ["patients_only"]
        assert not free_slots(
            service=service, first=start.date(), last=start.date(), zone=ZoneInfo("UTC"), asker=asker
        )
    assert booked(service, start, patient) and not booked(service, start, stranger)
    assert Booking.objects.count() == 1


def test_an_address_that_was_never_verified_makes_nobody_a_patient():
    service = make_service(make_professional(), price=0)
    make_booking(service, start=utc(2026, 12, 28, 15), email="juan@example.org")
    BookingPolicy.objects.update(patients_only=True)
    service.refresh_from_db()
    unverified = create_user(email="juan@example.org", password=None, name="Juan", verified=False)
    assert why_not(service=service, start=utc(2026, 12, 28, 16), asker=unverified) == ["patients_only"]


def test_an_account_with_two_addresses_is_one_person():
    user = create_user(email="luz@example.org", password=None, name="Luz Mar")
    EmailAddress.objects.create(user=user, email="luz2@example.org", verified=True)
    start = utc(2026, 12, 28, 15)
    elsewhere = make_service(make_professional(), price=0)
    make_booking(elsewhere, start=start, email="luz2@example.org", name=user.name)
    service = make_service(make_professional(), price=0)
    assert why_not(service=service, start=start, asker=user) == ["patient_busy"]
    with pytest.raises(Conflict) as raised:
        services.book(
            service=service,
            starts_at=start,
            patient=PatientDetails(name=user.name, email=user.email),
            actor=PATIENT,
            user=user,
        )
    assert raised.value.code == "patient_busy"
