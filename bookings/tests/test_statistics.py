"""Figures of a clinic: each is counted where it belongs, and nowhere twice."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Professional
from bookings.domain.periods import Period
from bookings.models import AvailabilityBlock, BookingPolicy, TimeOff
from bookings.selectors.statistics import Figures, Income, statistics
from bookings.selectors.statistics.services import ServiceFigures
from bookings.tests.factories import make_professional, make_service, utc
from bookings.tests.members import bought, make_member, make_plan
from bookings.tests.past import a_patient, given_back, paid, past_booking, past_days
from payments.models import Attempt, Dispute, Payment

pytestmark = pytest.mark.django_db
BOGOTA, MADRID = ZoneInfo("America/Bogota"), ZoneInfo("Europe/Madrid")
# Two whole weeks; Monday the 6th is a public holiday in Colombia.
PERIOD = Period.between(date(2025, 1, 6), date(2025, 1, 19), BOGOTA)
TUESDAY = utc(2025, 1, 7, 15)  # ten in the morning in Bogotá


@pytest.fixture
def professional():
    """Open 40 hours a week, for years."""
    professional = make_professional()
    Professional.objects.filter(pk=professional.pk).update(created_at=utc(2024, 1, 1))
    return professional


@pytest.fixture
def service(professional):
    return make_service(professional)


def test_appointments_are_counted_by_state_and_by_the_week_they_are_for(service):
    past_booking(service, TUESDAY)
    past_booking(service, TUESDAY + timedelta(days=7))
    past_booking(service, TUESDAY + timedelta(days=7, hours=1), status="cancelled", cancelled_by="patient")
    past_booking(service, TUESDAY + timedelta(days=30))  # of no week here
    found = statistics(PERIOD)
    assert found.total.tally.by_status == {"completed": 2, "cancelled": 1}
    assert [(week.monday.day, week.tally.number, week.tally.minutes) for week in found.weeks] == [
        (6, 1, 30),
        (13, 2, 30),
    ]


def test_an_evening_belongs_to_the_week_of_the_period_s_zone(service):
    past_booking(service, utc(2025, 1, 13, 3))  # Sunday evening in Bogotá, Monday morning in Madrid
    elsewhere = Period.between(PERIOD.first, PERIOD.last, MADRID)
    assert [week.tally.number for week in statistics(PERIOD).weeks] == [1, 0]
    assert [week.tally.number for week in statistics(elsewhere).weeks] == [0, 1]


def test_who_did_not_come(service):
    past_days(service, [TUESDAY + timedelta(hours=n) for n in range(6)])
    past_booking(service, TUESDAY + timedelta(days=1), status="no_show", absent="patient")
    past_booking(
        service,
        TUESDAY + timedelta(days=2),
        status="cancelled",
        cancelled_by="professional",
        absent="professional",
    )
    past_booking(service, TUESDAY + timedelta(days=3), status="expired", absent="both")
    past_booking(
        service, TUESDAY + timedelta(days=4), status="expired"
    )  # nobody paid: not a question of coming
    tally = statistics(PERIOD).total.tally
    assert tally.absences == {"patient": 1, "professional": 1, "both": 1}
    assert (tally.due, tally.no_show_rate) == (9, 1 / 9)


def test_occupancy_is_the_share_of_the_hours_on_offer(service):
    past_days(service, [TUESDAY, TUESDAY + timedelta(hours=1)])
    past_booking(service, TUESDAY + timedelta(days=1), status="no_show", absent="patient")
    past_booking(service, TUESDAY + timedelta(days=2), status="cancelled", cancelled_by="patient")
    found = statistics(PERIOD)
    assert (found.total.tally.minutes, found.total.open_minutes) == (90, 2 * 40 * 60)
    assert found.total.occupancy == 90 / 4800
    assert [week.open_minutes for week in found.weeks] == [2400, 2400]


def test_holidays_and_time_off_are_not_on_offer_and_single_dates_are(professional):
    Professional.objects.filter(pk=professional.pk).update(country="CO")
    BookingPolicy.objects.filter(professional=professional).update(closed_on_holidays=True)
    saturday = {"date": date(2025, 1, 11), "starts": time(10), "ends": time(13)}
    AvailabilityBlock.objects.create(professional=professional, **saturday)
    switched_off = {"date": date(2025, 1, 12), "starts": time(10), "ends": time(13), "is_active": False}
    AvailabilityBlock.objects.create(professional=professional, **switched_off)
    # Tuesday from noon on until Wednesday at ten: five hours and one.
    TimeOff.objects.create(
        professional=professional, starts_at=utc(2025, 1, 7, 17), ends_at=utc(2025, 1, 8, 15)
    )
    first, second = statistics(PERIOD).weeks
    assert first.open_minutes == (40 - 8 + 3 - 6) * 60
    assert second.open_minutes == 2400


def test_time_before_somebody_joined_was_never_on_offer(professional, service):
    Professional.objects.filter(pk=professional.pk).update(created_at=utc(2025, 1, 14, 17))
    assert [week.open_minutes for week in statistics(PERIOD).weeks] == [0, (5 + 24) * 60]
    past_booking(service, utc(2025, 1, 9, 14))  # taken over from elsewhere: they were open already
    assert [week.open_minutes for week in statistics(PERIOD).weeks] == [16 * 60, 2400]


def test_who_cannot_be_booked_offers_nothing(professional, service):
    past_booking(service, TUESDAY)
    professional.user.is_active = False
    professional.user.save()
    found = statistics(PERIOD)
    assert (found.total.open_minutes, found.total.occupancy, found.total.tally.number) == (0, None, 1)
    assert found.services_offered == 0


def test_money_counts_when_it_moves_and_currencies_are_never_added(service):
    first, second, third = past_days(service, [TUESDAY + timedelta(days=60 + n) for n in range(3)])
    settled = paid(first, TUESDAY)
    paid(second, TUESDAY + timedelta(days=7), "80", "USD")
    before = paid(third, TUESDAY - timedelta(days=30), "40000")
    given_back(settled, TUESDAY + timedelta(days=8), "5000.5")
    given_back(before, TUESDAY + timedelta(days=1), "40000")
    found = statistics(PERIOD)
    assert found.total.income == [
        Income("COP", Decimal("25000"), Decimal("45000.5")),
        Income("USD", Decimal("80"), Decimal(0)),
    ]
    assert found.total.income[0].net == Decimal("-20000.5")
    assert [[(one.currency, one.net) for one in week.income] for week in found.weeks] == [
        [("COP", Decimal("-15000"))],
        [("COP", Decimal("-5000.5")), ("USD", Decimal("80"))],
    ]
    assert not found.is_empty


def test_memberships_are_income_of_their_practice(service, django_assert_num_queries):
    elsewhere = make_plan(make_service(make_professional(always_open=True)))
    luz = make_member()
    mine = bought(luz, make_plan(service, price=Decimal("90000")))
    bought(luz, elsewhere)
    Payment.objects.update(paid_at=TUESDAY)
    given_back(Attempt.objects.get(payment__subject_id=mine.pk), TUESDAY + timedelta(days=7), "40000")
    alone = statistics(PERIOD, service.professional)
    assert alone.total.income == [Income("COP", Decimal("90000"), Decimal("40000"))]
    assert [week.income[0].net for week in alone.weeks] == [90000, -40000]
    with django_assert_num_queries(14):
        assert statistics(PERIOD).total.income == [Income("COP", Decimal("180000"), Decimal("40000"))]


def test_what_came_twice_and_what_is_not_given_back_yet_is_no_income(service):
    attempt = paid(past_booking(service, TUESDAY), TUESDAY)
    twice = paid(past_booking(service, TUESDAY + timedelta(days=1)), TUESDAY)
    refund = given_back(twice, TUESDAY, "25000")
    twice.settles = False
    twice.save()
    waiting = given_back(attempt, TUESDAY, "100")
    waiting.status, waiting.done_at = "pending", None
    waiting.save()
    assert statistics(PERIOD).total.income == [Income("COP", Decimal("50000"), Decimal(0))]
    assert refund.amount == Decimal("25000")


def test_what_a_payer_s_bank_took_went_back_on_the_day_it_was_lost(service):
    attempt = paid(past_booking(service, TUESDAY), TUESDAY)
    lost = {"amount": "25000", "status": "lost", "closed_at": TUESDAY + timedelta(days=7)}
    Dispute.objects.create(attempt=attempt, provider_id="d1", **lost)
    Dispute.objects.create(attempt=attempt, provider_id="d2", **lost | {"status": "won"})
    Dispute.objects.create(attempt=attempt, provider_id="d3", amount="25000", status="open")
    first, second = statistics(PERIOD).weeks
    assert (first.income[0].net, second.income[0].net) == (Decimal("25000"), Decimal("-25000"))


def test_patients_are_counted_once_and_new_ones_had_none_before(service):
    known, new = a_patient(service), a_patient(service)
    past_booking(service, TUESDAY - timedelta(days=300), known)
    past_booking(service, TUESDAY, known)
    past_booking(service, TUESDAY + timedelta(days=1), new)
    past_booking(service, TUESDAY + timedelta(days=2), new)
    past_booking(service, TUESDAY + timedelta(days=3), status="cancelled", cancelled_by="patient")
    assert statistics(PERIOD).patients == (2, 1)


def test_the_services_asked_for_most_come_first(professional, service):
    rare = make_service(professional, name="Rare")
    make_service(professional, is_active=False)
    past_days(service, [TUESDAY, TUESDAY + timedelta(days=1)])
    past_booking(rare, TUESDAY + timedelta(days=2))
    found = statistics(PERIOD)
    assert found.services == [
        ServiceFigures(service.pk, "Consultation", professional.name, 2, 60),
        ServiceFigures(rare.pk, "Rare", professional.name, 1, 30),
    ]
    assert found.services_offered == 2


def test_each_professional_has_figures_of_their_own(service):
    other = make_service(make_professional(), price=10, currency="USD")
    past_days(service, [TUESDAY, TUESDAY + timedelta(days=1)])
    paid(past_booking(other, TUESDAY), TUESDAY, "10", "USD")
    both = statistics(PERIOD)
    assert [(one.professional, one.tally.number, one.patients.active) for one in both.professionals] == [
        (service.professional, 2, 1),
        (other.professional, 1, 1),
    ]
    alone = statistics(PERIOD, other.professional)
    theirs = both.professionals[1]
    assert alone.total == Figures(theirs.tally, theirs.open_minutes, theirs.income)
    assert (alone.patients.active, [one.name for one in alone.services]) == (1, ["Consultation"])
    assert [week.tally.number for week in alone.weeks] == [1, 0]


def test_nothing_is_nothing(db):
    found = statistics(PERIOD)
    assert found.is_empty
    assert (found.total.occupancy, found.total.tally.no_show_rate, len(found.weeks)) == (None, None, 2)


def test_queries_stay_the_same_whatever_the_history(service, django_assert_num_queries):
    for chosen in (None, service.professional):
        with django_assert_num_queries(14):
            statistics(PERIOD, chosen)
    for number in range(8):
        another = make_service(make_professional(), currency="USD" if number % 2 else "COP")
        for booking in past_days(another, [TUESDAY + timedelta(days=n) for n in range(9)]):
            given_back(paid(booking, TUESDAY), TUESDAY, "10")
        TimeOff.objects.create(
            professional=another.professional, starts_at=TUESDAY, ends_at=TUESDAY + timedelta(hours=2)
        )
    two_years = Period.between(date(2024, 1, 1), date(2025, 12, 31), BOGOTA)
    for chosen in (None, service.professional):
        with django_assert_num_queries(14):
            statistics(two_years, chosen)
