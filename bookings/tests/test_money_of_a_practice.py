"""What came and went, by month and currency, whatever it was paid for."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from bookings.domain.money_states import MoneyState
from bookings.selectors.payments import Wanted, rows_of, wanted_payments, wanted_totals
from bookings.tests.factories import make_professional, make_service, utc
from bookings.tests.members import bought, make_member, make_plan
from bookings.tests.past import given_back, paid, past_booking
from core.errors import Refused
from payments.models import Dispute, Payment, Refund, RefundStatus

pytestmark = pytest.mark.django_db
# A quarter to midnight on 31 January in Bogotá, February in UTC.
LATE = utc(2025, 2, 1, 4, 45)
MARCH = utc(2025, 3, 10, 15)


@pytest.fixture
def professional():
    return make_professional()


@pytest.fixture
def service(professional):
    return make_service(professional)


def owed(attempt, amount, at, status=RefundStatus.PENDING):
    refund = Refund.objects.create(
        attempt=attempt, amount=Decimal(amount), reason=f"x-{amount}", due_at=at, status=status
    )
    Refund.objects.filter(pk=refund.pk).update(created_at=at)


def totals(professional, **wanted):
    found = wanted_totals(professional, Wanted(**wanted))
    return [(f"{one.month:%m}", one.currency, *map(str, _sums(one))) for one in found]


def _sums(one):
    return [f"{amount.normalize():f}" for amount in (one.paid, one.returned, one.owed_back, one.net)]


def listed(professional, **wanted):
    payments = list(wanted_payments(professional, Wanted(**wanted)))
    return [(row.payment.reference, row.state.value, str(row.net)) for row in rows_of(payments)]


def test_money_counts_in_the_month_of_the_practice_in_which_it_came_or_went(professional, service):
    first = paid(past_booking(service, LATE), LATE, "25000")
    given_back(first, MARCH, "10000")
    second = paid(past_booking(service, MARCH), MARCH, "30000")
    owed(second, "5000", MARCH)
    owed(second, "1000", MARCH, RefundStatus.MANUAL)
    dispute = {"provider_id": "d", "amount": 2000, "status": "lost", "closed_at": MARCH}
    Dispute.objects.create(attempt=second, **dispute)
    dollars = make_service(professional, currency="USD")
    paid(past_booking(dollars, MARCH + timedelta(hours=1)), MARCH, "80.50", "USD")
    assert totals(professional) == [
        ("03", "COP", "30000", "12000", "6000", "12000"),
        ("03", "USD", "80.5", "0", "0", "80.5"),
        ("01", "COP", "25000", "0", "0", "25000"),
    ]
    assert totals(professional, first=date(2025, 2, 1), currency="USD") == [
        ("03", "USD", "80.5", "0", "0", "80.5")
    ]
    assert totals(professional, last=date(2025, 1, 31)) == [("01", "COP", "25000", "0", "0", "25000")]


def test_money_that_came_twice_counts_nowhere(professional, service):
    attempt = paid(past_booking(service, MARCH), MARCH)
    attempt.payment.attempts.create(number=2, reference="TWICE", gateway="sandbox", status="paid")
    owed(attempt.payment.attempts.get(number=2), "25000", MARCH)
    assert totals(professional) == [("03", "COP", "25000", "0", "0", "25000")]
    assert [state for _reference, state, _net in listed(professional)] == ["paid"]


def test_memberships_are_money_too_and_other_practices_are_not(professional, service):
    paid(past_booking(make_service(make_professional()), MARCH), MARCH)
    bought(make_member(name="Luz Ñáñez"), make_plan(service, name="Three months", price=90000))
    (row,) = rows_of(list(wanted_payments(professional, Wanted())))
    assert (row.purpose.kind, row.purpose.what, row.purpose.who) == (
        "membership",
        "Three months",
        "Luz Ñáñez",
    )
    assert totals(professional) == [(f"{timezone.localdate():%m}", "COP", "90000", "0", "0", "90000")]


def test_lists_are_narrowed_by_state_and_the_latest_comes_first(professional, service):
    kept = paid(past_booking(service, LATE), LATE)
    back = paid(past_booking(service, MARCH), MARCH)
    given_back(back, MARCH, "5000")
    part = paid(past_booking(service, MARCH + timedelta(hours=1)), MARCH + timedelta(hours=1))
    given_back(part, MARCH, "5000")
    owed(part, "6000", MARCH)
    open_one = past_booking(service, MARCH + timedelta(hours=2))
    Payment.objects.create(
        subject_type="booking", subject_id=open_one.pk, reference="OPEN", amount=1, currency="COP"
    )
    names = {attempt: attempt.payment.reference for attempt in (kept, back, part)}
    assert listed(professional) == [
        ("OPEN", "pending", "0"),
        (names[part], "owed_back", "14000.000"),
        (names[back], "returned", "20000.000"),
        (names[kept], "paid", "25000.000"),
    ]
    assert [one[0] for one in listed(professional, state=MoneyState.RETURNED)] == [names[part], names[back]]
    assert [one[0] for one in listed(professional, state=MoneyState.OWED_BACK)] == [names[part]]
    assert [one[0] for one in listed(professional, state=MoneyState.PENDING)] == ["OPEN"]
    assert len(listed(professional, state=MoneyState.PAID)) == 3
    assert [one[0] for one in listed(professional, last=date(2025, 1, 31))] == [names[kept]]
    assert len(listed(professional, first=date(2025, 2, 1))) == 3


def test_what_a_payers_bank_took_stands_with_what_was_given_back(professional, service):
    taken = paid(past_booking(service, MARCH), MARCH)
    lost = {"amount": 25000, "status": "lost", "closed_at": MARCH}
    Dispute.objects.create(attempt=taken, provider_id="d", **lost)
    kept = paid(past_booking(service, LATE), LATE)
    Dispute.objects.create(attempt=kept, provider_id="d", amount=25000, status="open")
    assert listed(professional, state=MoneyState.RETURNED) == [(taken.payment.reference, "returned", "0.000")]


@pytest.mark.parametrize(
    ("days", "attr"),
    [
        ({"first": date(2025, 1, 2), "last": date(2025, 1, 1)}, "to"),
        ({"first": date(1, 1, 1)}, "from"),
        ({"last": date(9999, 12, 31)}, "to"),
    ],
)
def test_days_that_cannot_be_are_refused(days, attr):
    with pytest.raises(Refused) as refusal:
        Wanted(**days)
    assert refusal.value.attr == attr
