"""Leaving, cut off anywhere and from many sides: it goes on where it was, and does nothing twice."""

from __future__ import annotations

import time
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Leaving, Professional, Role, User
from accounts.services import close_account, deactivate, leaving
from bookings import services
from bookings.models import Booking, BookingEvent
from bookings.selectors import next_free_slots
from bookings.services.booking import PatientDetails
from bookings.services.leaving import BATCH, settle
from bookings.tests.factories import PATIENT, make_booking, make_professional, make_service, make_user
from bookings.tests.leaving_stories import all_kinds, make_luz, settle_all
from bookings.tests.test_races import race
from core.models import OutboxEvent
from payments.models import Refund


class Killed(BaseException):
    """As when the process dies: nothing in our code expects it."""


class Killer:
    """Ends everything at the n-th statement, once."""

    def __init__(self, statement: int) -> None:
        self.left = statement

    def __call__(self, execute, sql, params, many, context):
        # A transaction ends as a whole; in tests that is said by a statement.
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            self.left -= 1
            if self.left == 0:
                raise Killed
        return execute(sql, params, many, context)


def outcome() -> Counter:
    return Counter(Booking.objects.values_list("status", "cancelled_by")) | Counter(
        Refund.objects.values_list("amount", flat=True)
    )


@pytest.mark.django_db
@pytest.mark.parametrize("side", ["patient", "professional"])
def test_killed_at_any_statement_it_goes_on(side):
    """Every few statements of the whole way, until it comes through; then all is as if nothing had happened."""
    professional, luz = make_professional(always_open=True), make_luz()
    all_kinds(professional, luz)
    user = luz if side == "patient" else professional.user
    close_account(user_id=user.pk)
    kills, statement = 0, 3
    while Leaving.objects.exists():
        Leaving.objects.update(due_at=timezone.now() - timedelta(seconds=1))
        try:
            with connection.execute_wrapper(Killer(statement)):
                leaving.carry_on()
        except Killed:
            transaction.set_rollback(False)  # a single delete() would have been a transaction of its own
            kills += 1
        statement += 7
    assert kills > 4
    done = "cancelled", side
    waiting = done if side == "patient" else ("rejected", "")
    expected = Counter({("completed", ""): 1, done: 3}) + Counter([waiting])
    amounts = [100, 100, 50] if side == "patient" else [100, 100, 100]
    assert outcome() == expected | Counter(amounts)
    told = OutboxEvent.objects.filter(topic__in=["AppointmentCancelled", "AppointmentRejected"])
    assert Counter(event.payload["booking_id"] for event in told).most_common(1)[0][1] == 1


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["close", "deactivate"])
def test_killed_while_the_account_is_shut_nothing_has_happened(verb):
    """All of it or nothing."""
    user, statement = make_luz(), 1
    before = (user.email, user.name, user.is_active)
    while True:
        try:
            with connection.execute_wrapper(Killer(statement)):
                if verb == "close":
                    close_account(user_id=user.pk)
                else:
                    deactivate(user_id=user.pk, by=user)
            break
        except Killed:
            user.refresh_from_db()
            assert (user.email, user.name, user.is_active) == before
            assert not Leaving.objects.exists()
        statement += 1
    assert statement > 10
    assert Leaving.objects.count() == 1


def many(professional: Professional, number: int) -> None:
    """Copies of one appointment, each an hour after the other, at other people's."""
    booking = make_booking(make_service(professional, price=0, duration_minutes=5))
    start = booking.starts_at + timedelta(days=2)
    copies = []
    for n in range(number - 1):
        starts = start + timedelta(minutes=15 * n)
        ends = starts + timedelta(minutes=5)
        copies.append(
            Booking(
                reference=f"MANY{n}",
                professional=professional,
                patient=booking.patient,
                service=booking.service,
                status="waiting_for_professional",
                modality="in_person",
                starts_at=starts,
                ends_at=ends,
                blocked_from=starts,
                blocked_until=ends,
                price=0,
                currency="COP",
                meeting_limit_minutes=18,
                answer_due_at=starts,
            )
        )
    Booking.objects.bulk_create(copies)


@pytest.mark.django_db
def test_many_are_settled_in_batches_and_over_several_runs():
    professional = make_professional(always_open=True)
    many(professional, 2 * BATCH + 10)
    user = User.objects.get(pk=professional.user_id)
    close_account(user_id=user.pk)
    assert settle(user, None, time.monotonic() + 0.05) is False  # a run that is over soon
    left = Booking.objects.filter(status="waiting_for_professional").count()
    assert left > 0
    settle_all()
    assert Booking.objects.filter(status="rejected").count() == 2 * BATCH + 10


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_and_whoever_books_meanwhile():
    """Nothing stays booked at somebody who has left, and nothing is done twice."""
    professional = make_professional(always_open=True)
    service = make_service(professional, price=0)
    starts = next_free_slots(service=service, count=27)[::3]
    for start in starts[:4]:
        make_booking(service, start=start)

    def book(n, start):
        who = PatientDetails(name="Ana", email=f"ana{n}@example.org")
        return lambda: services.book(service=service, starts_at=start, patient=who, actor=PATIENT)

    calls = [book(n, start) for n, start in enumerate(starts[4:9])]
    calls.insert(2, lambda: close_account(user_id=professional.user_id))
    found = race(calls)
    assert set(found) <= {"ok", "not_found"}
    race([leaving.carry_on] * 3)
    settle_all()
    assert set(Booking.objects.values_list("status", flat=True)) == {"rejected"}
    answers = BookingEvent.objects.filter(verb="reject").values_list("booking_id", flat=True)
    assert len(answers) == len(set(answers)) == Booking.objects.count()


@pytest.mark.django_db(transaction=True)
def test_the_last_two_of_it_administration_do_not_leave_together():
    admins = [make_user(role=Role.IT_ADMIN) for _n in range(2)]
    outcome = race([lambda admin=admin: close_account(user_id=admin.pk) for admin in admins])
    assert outcome == {"ok": 1, "last_it_admin": 1}
    assert User.objects.filter(role=Role.IT_ADMIN, is_active=True).count() == 1
