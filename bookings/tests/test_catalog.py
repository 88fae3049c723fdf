"""A practice decides what it offers; what is booked stays as it was booked."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bookings.models import Booking, BookingPolicy, Service
from bookings.selectors import services_of
from bookings.services import catalog
from bookings.services.catalog import add_service, change_service, remove_service, restore_service
from bookings.tests.factories import make_booking, make_professional, make_service, make_user
from core.actor import Actor
from core.errors import Missing, NotAllowed
from core.tests.refusals import refusal

pytestmark = pytest.mark.django_db
DOCTOR = Actor("professional")
VISIT = {"name": "First visit", "duration_minutes": 60, "price": Decimal("80"), "currency": "USD"}


@pytest.fixture
def professional():
    return make_professional(always_open=True)


def add(professional, **fields):
    return add_service(professional=professional, actor=DOCTOR, **(VISIT | fields))


def change(service, **changes):
    return change_service(professional=service.professional, service_id=service.pk, actor=DOCTOR, **changes)


def test_a_new_service_can_be_booked(professional):
    service = add(professional, name="  First   visit ", modality="audio")
    assert (service.name, service.slug, service.meeting_limit_minutes) == ("First visit", "first-visit", 18)
    assert list(services_of(professional)) == [service]


def test_the_first_service_of_somebody_new_can_be_booked_by_the_usual_rules(professional):
    BookingPolicy.objects.all().delete()
    assert list(services_of(professional)) == []
    service = add(professional)
    assert list(services_of(professional)) == [service]


def test_addresses_are_made_of_names_once_in_each_practice(professional):
    names = ["Sesión única", "Sesion UNICA", "心理咨询", "x" * 120]
    slugs = [add(professional, name=name).slug for name in names]
    assert slugs == ["sesion-unica", "sesion-unica-2", "service", "x" * 70]
    assert add(make_professional(), name="Sesión única").slug == "sesion-unica"


def test_the_address_stays_when_renamed_and_can_be_changed(professional):
    service = add(professional)
    assert change(service, name="Long visit").slug == "first-visit"
    assert change(service, slug="Long-Visit").slug == "long-visit"
    other = add(professional)
    assert refusal(change, other, slug="long-visit") == ("slug", "slug_taken")
    assert refusal(change, other, slug="with space") == ("slug", "invalid")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"name": "  "}, ("name", "blank")),
        ({"name": "x" * 121}, ("name", "max_length")),
        ({"description": "x" * 501}, ("description", "max_length")),
        ({"modality": "telepathy"}, ("modality", "invalid_choice")),
        ({"duration_minutes": 0}, ("duration_minutes", "min_value")),
        ({"duration_minutes": 485}, ("duration_minutes", "max_value")),
        ({"duration_minutes": 31}, ("duration_minutes", "step_size")),
        ({"buffer_before_minutes": 241}, ("buffer_before_minutes", "max_value")),
        ({"buffer_after_minutes": -1}, ("buffer_after_minutes", "min_value")),
        ({"meeting_limit_minutes": 0}, ("meeting_limit_minutes", "min_value")),
        ({"meeting_limit_minutes": 61}, ("meeting_limit_minutes", "longer_than_duration")),
        ({"price": Decimal("-1")}, ("price", "min_value")),
        ({"price": Decimal("0.001")}, ("price", "invalid_amount")),
        ({"price": Decimal("80.5"), "currency": "CLP"}, ("price", "invalid_amount")),
        ({"price": Decimal("1e11")}, ("price", "max_whole_digits")),
        ({"price": Decimal("NaN")}, ("price", "invalid")),
        ({"currency": "ABC"}, ("currency", "unknown_currency")),
        ({"currency": "DOLLARS"}, ("currency", "max_length")),
    ],
)
def test_what_is_wrong_names_its_field_and_changes_nothing(professional, fields, expected):
    assert refusal(add, professional, **fields) == expected
    kept = add(professional)
    assert refusal(change, kept, **fields) == expected
    assert Service.objects.get().name == "First visit"


@pytest.mark.parametrize(
    ("amount", "currency"), [("80.50", "USD"), ("80", "CLP"), ("0.125", "KWD"), ("0", "EUR")]
)
def test_a_price_has_the_decimals_of_its_currency(professional, amount, currency):
    service = add(professional, price=Decimal(amount), currency=currency.lower())
    assert (service.price, service.currency) == (Decimal(amount), currency)


def test_a_meeting_is_never_longer_than_the_appointment(professional):
    assert add(professional, duration_minutes=10).meeting_limit_minutes == 10
    service = add(professional, meeting_limit_minutes=45)
    assert change(service, duration_minutes=30).meeting_limit_minutes == 30
    assert change(service, modality="in_person", duration_minutes=20, meeting_limit_minutes=45)


def test_a_removed_service_is_offered_to_nobody_and_its_bookings_stay(professional):
    service = make_service(professional, price=0)
    booking = make_booking(service)
    for _twice in range(2):
        assert not remove_service(professional=professional, service_id=service.pk, actor=DOCTOR).is_active
    assert list(services_of(professional)) == []
    assert Booking.objects.get(pk=booking.pk).status == booking.status
    assert restore_service(professional=professional, service_id=service.pk, actor=DOCTOR).is_active


def test_a_booking_keeps_what_was_booked(professional):
    booking = make_booking(make_service(professional, price=25000))
    change(booking.service, price=Decimal("30000"), duration_minutes=60, buffer_after_minutes=30)
    kept = Booking.objects.get()
    assert (kept.price, kept.duration_minutes, kept.blocked_until) == (25000, 30, booking.ends_at)


def test_so_many_and_no_more(professional, monkeypatch):
    monkeypatch.setattr(catalog, "MOST_ACTIVE", 2)
    first, second = add(professional), add(professional)
    assert refusal(add, professional) == (None, "too_many_services")
    remove_service(professional=professional, service_id=first.pk, actor=DOCTOR)
    add(professional)
    assert change(second, name="Still changed").name == "Still changed"
    assert refusal(change, first, is_active=True) == (None, "too_many_services")


def test_another_practices_service_does_not_exist_here(professional):
    theirs = make_service(make_professional())
    for verb in (change_service, remove_service, restore_service):
        with pytest.raises(Missing):
            verb(professional=professional, service_id=theirs.pk, actor=DOCTOR)


def test_only_the_practice_changes_its_offer(professional):
    with pytest.raises(NotAllowed):
        add_service(professional=professional, actor=Actor("patient", make_user().pk), **VISIT)
