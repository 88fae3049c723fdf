"""Two records of one person become one, and nothing that was written is lost."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import selectors
from accounts.models import Patient
from accounts.services import create_user, find_or_create_patient
from bookings import services
from bookings.models import Booking
from bookings.tests.factories import make_booking, make_confirmed, make_professional, make_service
from core.actor import Actor
from core.errors import Conflict, Missing, NotAllowed, Refused
from core.models import OutboxEvent
from core.outbox import deliver_due
from notifications.models import Message
from notifications.sending import send_due

pytestmark = pytest.mark.django_db
DOCTOR = Actor("professional")


@pytest.fixture
def practice():
    return make_professional(always_open=True)


@pytest.fixture
def service(practice):
    return make_service(practice, price=0)


def add(practice, **details):
    return services.add_patient(professional=practice, **{"name": "Luz Marín", "language": "es"} | details)


def merge(keep, other, actor=DOCTOR):
    return services.merge_patients(keep_id=keep.pk, other_id=other.pk, actor=actor)


def test_all_that_was_written_is_read_under_the_keepers_key(practice, service):
    keep = make_booking(service, name="Luz Marín", email="luz@example.org").patient
    moved = make_confirmed(service, name="Luz Marin", email="luz.m@example.org", reason="Insomnia")
    other = moved.patient
    services.change_booking(booking_id=moved.pk, actor=DOCTOR, notes="Sleeps badly since May")
    services.cancel(booking_id=moved.pk, actor=DOCTOR, reason="I am ill")
    merge(keep, other)
    booking = Booking.objects.select_related("patient__data_key").get(pk=moved.pk)
    assert booking.patient == keep
    assert (booking.reason, booking.notes, booking.closing_reason, booking.move_reason) == (
        "Insomnia",
        "Sleeps badly since May",
        "I am ill",
        "",
    )


def test_bookings_of_every_status_move_and_each_costs_one_query(practice, service):
    def queries(number):
        details = {"name": "Luz", "email": f"luz{number}@example.org"}
        made = [make_booking(service, **details) for _n in range(number)]
        services.reject(booking_id=made[0].pk, actor=DOCTOR)
        keep = add(practice)
        with CaptureQueriesContext(connection) as captured:
            merge(keep, made[0].patient)
        assert keep.bookings.count() == number
        return len(captured)

    assert queries(4) == queries(1) + 3


def test_what_is_missing_is_taken_over(practice):
    keep = add(practice, notes="Prefers mornings")
    other = add(practice, email="luz@example.org", phone="+57 300 123 4567", notes="Speaks English")
    merge(keep, other)
    kept = Patient.objects.get(pk=keep.pk)
    assert (kept.email, kept.phone) == ("luz@example.org", "+57 300 123 4567")
    assert kept.email_index == Patient.index_of_email("luz@example.org")
    assert kept.phone_index == Patient.index_of_phone("+573001234567")
    assert kept.notes == "Prefers mornings\n\nSpeaks English"


def test_what_the_keeper_has_stays(practice):
    keep = add(practice, email="a@example.org", phone="+57 300 000 0001")
    merge(keep, add(practice, name="Luz M", email="b@example.org", phone="+57 300 000 0002"))
    kept = Patient.objects.get(pk=keep.pk)
    assert (kept.name, kept.email, kept.phone) == ("Luz Marín", "a@example.org", "+57 300 000 0001")


def test_of_the_other_nothing_is_left_but_the_key(practice):
    keep, other = add(practice), add(practice, email="luz@example.org", phone="+57 300 123 4567", notes="x")
    merge(keep, other)
    left = Patient.objects.select_related("data_key").get(pk=other.pk)
    assert (left.name, left.email, left.phone, left.notes, left.user) == ("", "", "", "", None)
    assert (left.email_index, left.phone_index, left.merged_into) == ("", "", keep)
    assert left.data_key is not None
    assert OutboxEvent.objects.get(topic="PatientMerged").payload == {
        "patient_id": str(keep.pk),
        "professional_id": str(practice.pk),
        "merged_id": str(other.pk),
    }


def test_nothing_finds_the_other_any_more(practice):
    keep, other = add(practice), add(practice, email="luz@example.org")
    merge(keep, other)
    assert selectors.search_patients(practice, "") == [keep]
    assert selectors.possible_duplicates(keep) == []
    with pytest.raises(Missing):
        selectors.patient_of(practice, other.pk)
    again = find_or_create_patient(
        professional=practice, name="Luz Marín", email="luz@example.org", language="es", timezone=""
    )
    assert again == keep


def test_a_letter_already_queued_is_still_sent(practice, service, mailoutbox):
    other = make_booking(service, name="Luz", email="luz@example.org").patient
    deliver_due()
    assert Message.objects.filter(data_key=other.data_key, state="queued").exists()
    merge(add(practice), other)
    send_due()
    assert "luz@example.org" in {address for mail in mailoutbox for address in mail.to}


def test_appointments_to_come_count_for_the_keepers_email(practice, service):
    moved = make_booking(service, name="Luz", email="luz.m@example.org")
    merge(add(practice, email="luz@example.org"), moved.patient)
    assert Booking.objects.get().patient_identity == Patient.index_of_email("luz@example.org")


def test_the_keepers_own_follow_an_email_that_was_taken_over(practice, service):
    keep = add(practice)
    booking = make_booking(service, name="Luz", email="temporary@example.org")
    Booking.objects.filter(pk=booking.pk).update(patient=keep, patient_identity="")
    merge(keep, add(practice, email="luz@example.org"))
    assert Booking.objects.get(pk=booking.pk).patient_identity == Patient.index_of_email("luz@example.org")


def test_nobody_comes_to_be_in_two_places_by_a_merge(practice, service):
    elsewhere = make_booking(
        make_service(make_professional(always_open=True), price=0), email="luz@example.org"
    )
    here = make_booking(service, start=elsewhere.starts_at, name="Luz", email="luz.m@example.org")
    keep = add(practice, email="luz@example.org")
    with pytest.raises(Conflict) as conflict:
        merge(keep, here.patient)
    assert conflict.value.code == "patient_busy"
    assert Booking.objects.get(pk=here.pk).patient_id == here.patient_id


def account(address):
    return create_user(email=address, password=None, name="Luz Marín")


def booked(service, address):
    return make_booking(service, name=f"Luz {address}", email=address, user=account(address)).patient


def test_the_account_comes_along_with_its_email(practice, service):
    other = booked(service, "luz@example.org")
    keep = add(practice)
    merge(keep, other)
    assert Patient.objects.get(pk=keep.pk).user == other.user


def test_an_account_does_not_come_to_an_email_that_is_not_its_own(practice, service):
    """Else whoever books in somebody's name, from an account, would read what that person books."""
    keep = add(practice, email="luz@example.org")
    merge(keep, booked(service, "eve@example.org"))
    assert Patient.objects.get(pk=keep.pk).user is None


def test_two_accounts_are_two_people(practice, service):
    one, other = booked(service, "a@example.org"), booked(service, "b@example.org")
    with pytest.raises(Refused) as refused:
        merge(one, other)
    assert refused.value.code == "different_accounts"
    assert Booking.objects.filter(patient=other).exists()


def test_notes_are_never_cut(practice):
    with pytest.raises(Refused) as refused:
        merge(add(practice, notes="x" * 1500), add(practice, notes="y" * 1500))
    assert (refused.value.code, refused.value.attr) == ("reason_too_long", "notes")


def test_not_with_oneself_nor_across_practices_nor_twice(practice):
    keep, other = add(practice), add(practice)
    with pytest.raises(Refused) as refused:
        merge(keep, keep)
    assert refused.value.code == "same_patient"
    with pytest.raises(Missing):
        merge(keep, add(make_professional()))
    merge(keep, other)
    for pair in ((keep, other), (other, keep)):
        with pytest.raises(Missing):
            merge(*pair)


def test_only_the_practice_merges(practice):
    with pytest.raises(NotAllowed):
        merge(add(practice), add(practice), actor=Actor("patient"))


def test_a_chain_of_merges_leads_to_the_last_and_can_be_removed(practice):
    first, second, third = (add(practice) for _n in range(3))
    merge(second, first)
    merge(third, second)
    assert set(third.merged.all()) == {first, second}
    services.remove_patient(patient_id=third.pk, actor=DOCTOR)
    assert not Patient.objects.exists()
