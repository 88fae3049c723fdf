"""Reads about plans and memberships: what is sold, who has what, and what a member pays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Professional, User
from accounts.selectors import is_public
from bookings.domain.lifecycle_table import Status
from bookings.models import Booking, Membership, Plan, PlanService, Service
from core.errors import Missing
from payments.models import Payment, PaymentStatus

SUBJECT = "membership"
# What became of a booking that leaves its use to another.
NOT_USED = (Status.CANCELLED, Status.REJECTED, Status.EXPIRED)


@dataclass(frozen=True, slots=True)
class MemberTerms:
    """What a member pays for one service, less than others; `left`: how many times, None for as often as wanted."""

    membership: Membership
    price: Decimal
    left: int | None


@dataclass(frozen=True, slots=True)
class Left:
    """Of one service in one membership: how many times it was used, and is left (None: as often as wanted)."""

    included: PlanService
    used: int
    left: int | None


def member_terms(*, user: User | None, service: Service, starts_at: datetime) -> MemberTerms | None:
    """By which of their memberships this person pays less for the service at that time: the cheapest one wins, and
    of equal ones the one that is not limited, else the one that ends first."""
    return terms_by_service(user=user, services=[service], starts_at=starts_at).get(service.pk)


def terms_by_service(
    *, user: User | None, services: Collection[Service], starts_at: datetime | None = None
) -> dict[UUID, MemberTerms]:
    """The same of several services, for pages that show what they cost now, or at that time. Two queries."""
    known = {service.pk: service for service in services if not service.is_free}
    if user is None or not known:
        return {}
    good = covering(Membership.objects.filter(user=user), starts_at or timezone.now())
    lines = PlanService.objects.filter(service__in=known, plan__in=good.values("plan"))
    by_plan: defaultdict[UUID, list[PlanService]] = defaultdict(list)
    for line in lines:
        by_plan[line.plan_id].append(line)
    if not by_plan:
        return {}
    memberships = list(good.filter(plan__in=by_plan))
    used = _uses([one.pk for one in memberships])
    return _best(
        (service.pk, terms)
        for membership in memberships
        for line in by_plan[membership.plan_id]
        if (service := known[line.service_id])
        and (terms := _terms(membership, line, service, used.get((membership.pk, line.service_id), 0)))
    )


def has_use_left(membership: Membership, booking: Booking) -> bool:
    """Whether this booking can be one of its uses, beside all others. The caller holds the professional's lock."""
    line = PlanService.objects.filter(plan=membership.plan_id, service=booking.service_id).first()
    if line is None or line.times is None:
        return True
    others = Booking.objects.filter(membership=membership, service=booking.service_id)
    return others.exclude(pk=booking.pk).exclude(status__in=NOT_USED).count() < line.times


def whats_left(memberships: Collection[Membership]) -> dict[UUID, list[Left]]:
    """Of each membership (with its plan's services prefetched), service by service. One query."""
    used = _uses([one.pk for one in memberships])
    return {
        membership.pk: [
            Left(line, number, None if line.times is None else max(0, line.times - number))
            for line in membership.plan.included.all()
            for number in [used.get((membership.pk, line.service_id), 0)]
        ]
        for membership in memberships
    }


# Memberships


def whole_memberships() -> QuerySet[Membership]:
    """With plan, practice and services, and how its payment stands: `payment_id`, `payment_status`."""
    payment = Payment.objects.filter(subject_type=SUBJECT, subject_id=OuterRef("pk"))
    found = Membership.objects.select_related("plan__professional__user", "user")
    return found.prefetch_related("plan__included__service").annotate(
        payment_id=Subquery(payment.values("pk")[:1]), payment_status=Subquery(payment.values("status")[:1])
    )


def memberships_of(user: User) -> QuerySet[Membership]:
    """The latest first; what was never paid, and cannot be any more, is not shown."""
    return _worth_seeing(whole_memberships().filter(user=user))


def membership_of(user: User, membership_id: UUID) -> Membership:
    """Raises Missing for anybody else's."""
    membership = whole_memberships().filter(user=user, pk=membership_id).first()
    if membership is None:
        raise Missing
    return membership


def members_of(of: Plan | Professional) -> QuerySet[Membership]:
    """Who bought it, the latest first."""
    rule = Q(plan=of) if isinstance(of, Plan) else Q(plan__professional=of)
    return _worth_seeing(whole_memberships().filter(rule)).filter(starts_at__isnull=False)


def running_memberships(user_id: UUID, professional: Professional) -> QuerySet[Membership]:
    """By which this person pays less in this practice now, the one that ends first leading."""
    found = Membership.objects.filter(user=user_id, plan__professional=professional)
    return covering(found, timezone.now()).order_by("ends_at", "pk")


def member_until(user: User | None, plan: Plan) -> datetime | None:
    """The end of the last period that this person has paid for; None for who is no member."""
    if user is None:
        return None
    bought = plan.memberships.filter(not_over(timezone.now()), user=user).order_by("-ends_at")
    return bought.values_list("ends_at", flat=True).first()


def has_bought(user_id: UUID | None, professional: Professional) -> bool:
    """Whether this account has, had or is about to pay a membership in this practice."""
    asked_for = Membership.objects.filter(user=user_id, plan__professional=professional)
    return user_id is not None and asked_for.exclude(starts_at=None, cancelled_at__isnull=False).exists()


def _worth_seeing(found: QuerySet[Membership]) -> QuerySet[Membership]:
    let_go = Q(starts_at=None, cancelled_at__isnull=False) & ~Q(payment_status=PaymentStatus.PAID)
    return found.exclude(let_go).order_by("-created_at", "pk")


# Plans


def offered_plans(professional: Professional | None = None) -> QuerySet[Plan]:
    """What the public can buy, of this practice or of any, with what is in it."""
    found = Plan.objects.filter(
        is_public("professional__"), is_offered=True, professional__policy__isnull=False
    )
    if professional is not None:
        found = found.filter(professional=professional)
    return found.select_related("professional__user", "professional__policy").prefetch_related(
        "included__service"
    )


def offered_plan(plan_id: UUID) -> Plan:
    """Raises Missing for what nobody can buy."""
    plan = offered_plans().filter(pk=plan_id).first()
    if plan is None:
        raise Missing(_("This plan is not for sale."))
    return plan


def own_plans(professional: Professional, now: datetime | None = None) -> QuerySet[Plan]:
    """A practice's own, those for sale first, with the number of `members` it has now, and whether anybody ever
    asked for it (`asked_for`)."""
    now = now or timezone.now()
    theirs = not_over(now, "memberships__")
    found = Plan.objects.filter(professional=professional).select_related("professional")
    found = found.prefetch_related("included__service").annotate(
        members=Count("memberships__user", filter=theirs, distinct=True), asked_for=Count("memberships")
    )
    return found.order_by("-is_offered", "months", "price", "id")


def own_plan(professional: Professional, plan_id: UUID) -> Plan:
    """Raises Missing for another practice's."""
    plan = own_plans(professional).filter(pk=plan_id).first()
    if plan is None:
        raise Missing
    return plan


# What memberships are worth


def not_over(now: datetime, path: str = "") -> Q:
    """Of memberships (`path` leads to them): what somebody has now, or has paid for later times."""
    return Q(**{f"{path}cancelled_at": None, f"{path}ends_at__gt": now})


def covering(found: QuerySet[Membership], moment: datetime) -> QuerySet[Membership]:
    """Those of them that are good at that time."""
    return found.filter(cancelled_at=None, starts_at__lte=moment, ends_at__gt=moment).select_related("plan")


def _uses(memberships: Collection[UUID]) -> Mapping[tuple[UUID, UUID], int]:
    """By membership and service."""
    kept = Booking.objects.filter(membership__in=memberships).exclude(status__in=NOT_USED).order_by()
    rows = kept.values_list("membership_id", "service_id").annotate(number=Count("pk"))
    return {(membership, service): number for membership, service, number in rows}


def _terms(membership: Membership, line: PlanService, service: Service, used: int) -> MemberTerms | None:
    """None where it is of no use: another currency, used up, or no cheaper."""
    is_comparable = membership.plan.currency == service.currency or not line.member_price
    if not is_comparable or line.member_price >= service.price:
        return None
    left = None if line.times is None else line.times - used
    return None if left is not None and left <= 0 else MemberTerms(membership, line.member_price, left)


def _best(found: Iterable[tuple[UUID, MemberTerms]]) -> dict[UUID, MemberTerms]:
    best: dict[UUID, MemberTerms] = {}
    for service_id, terms in found:
        if service_id not in best or _rank(terms) < _rank(best[service_id]):
            best[service_id] = terms
    return best


def _rank(terms: MemberTerms) -> tuple[Decimal, bool, datetime | None]:
    return terms.price, terms.left is not None, terms.membership.ends_at
