"""A patient buys a plan: the membership waits for its money, begins with it, and ends early when it has gone back.

Locks: Professional, Membership (all of one person and plan, by their id), Payment.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Patient, Professional, Role, User
from accounts.services import find_or_create_patient, owns_email
from bookings.audited import subjects_of_member
from bookings.domain.membership_periods import Period, next_period
from bookings.domain.words import refusal_words
from bookings.events import memberships as membership_events
from bookings.models import Membership, Plan
from bookings.selectors import door
from bookings.selectors.memberships import SUBJECT, offered_plan
from bookings.services.transition import lock_professional
from core import audit
from core.audit.trail import SYSTEM
from core.errors import Missing, NotAllowed, Refused
from payments.models import Payment, PaymentStatus
from payments.selectors import payment_of, went_back_whole
from payments.services import close_payment, open_checkout, request_payment, request_refund

# Before the end, when the member is written to first.
NOTICE = timedelta(days=7)


@transaction.atomic
def subscribe(*, user: User, plan_id: UUID) -> Membership:
    """What has to be paid for the plan to begin; asked again before that, the same. The person is a patient of the
    practice from then on.

    Raises Missing (not for sale), NotAllowed: `not_yours_to_do` (no patient's account), `email_not_verified`, and
    what may not be booked is not bought either (`booking_closed`, `patients_only`).
    """
    if user.role != Role.PATIENT:
        raise NotAllowed(_("Only patients buy plans, with an account of their own."), code="not_yours_to_do")
    plan = _lock_for_sale(plan_id)
    _require_welcome(plan.professional, user)
    waiting = Membership.objects.filter(user=user, plan=plan, starts_at=None, cancelled_at=None)
    membership = waiting.first()
    if membership is not None:
        return membership
    _enter(plan.professional, user)
    membership = Membership.objects.create(user=user, plan=plan)
    request_payment(
        subject_type=SUBJECT,
        subject_id=membership.pk,
        amount=plan.price,
        currency=plan.currency,
        gateways=plan.professional.policy.gateways,
    )
    audit.record("membership.asked_for", object=membership, subjects=subjects_of_member(membership))
    return membership


def membership_checkout_url(membership: Membership, *, origin: str = "", gateway: str = "") -> str:
    """Where it can be paid now, as `checkout_url` says of a booking.

    Network: not inside a transaction. Raises Refused: `nothing_owed`, or what `open_checkout` raises.
    """
    payment = payment_of(SUBJECT, membership.pk)
    if payment is None:
        raise Refused(_("There is nothing to pay for this membership."), code="nothing_owed")
    back = (origin or settings.PUBLIC_URL) + reverse("paid", args=[payment.pk])
    return open_checkout(payment_id=payment.pk, return_url=back, gateway=gateway)


@transaction.atomic
def membership_settled(payment_id: UUID) -> None:
    """The money is there: the membership begins now, or where the last one of this plan ends. Idempotent.

    Late money begins it too, whether the plan is still sold or not; but not where the practice or the person is gone:
    then it goes back.
    """
    payment = Payment.objects.get(pk=payment_id)
    membership, others = _lock(payment.subject_id)
    if membership.starts_at is not None:
        return
    if went_back_whole(payment):
        _cancel(membership)
    elif _is_nobody_there(membership):
        request_refund(payment_id=payment.pk, reason="late", at_most=True)
        _cancelled(membership)  # also one that was let go: its member is told of the money
    else:
        _begin(membership, others)


@transaction.atomic
def follow_money(payment_id: UUID) -> None:
    """Ends a membership whose whole money is given back, or was taken by the payer's bank; bookings made by its terms
    keep their price. Where the bank thinks better of it, the membership is good again. Idempotent."""
    payment = Payment.objects.get(pk=payment_id)
    if payment.subject_type != SUBJECT:
        return
    membership, others = _lock(payment.subject_id)
    if went_back_whole(payment):
        _cancel(membership)
    else:
        _take_up(membership, others)


def give_back(membership_id: UUID, reason: str) -> None:
    """Ends it at once, and all that is left of its money goes back, in the caller's transaction."""
    membership, _others = _lock(membership_id)
    payment = payment_of(SUBJECT, membership.pk)
    if payment is not None:
        request_refund(payment_id=payment.pk, reason=reason, at_most=True)
    _cancel(membership)


@transaction.atomic
def let_go(membership_id: UUID) -> bool:
    """Nobody waits for its money any more; should it come all the same, it begins. False when it has come."""
    membership, _others = _lock(membership_id)
    if membership.starts_at is not None or membership.cancelled_at is not None:
        return False
    payment = payment_of(SUBJECT, membership.pk)
    if payment is not None:
        close_payment(payment_id=payment.pk)
        payment.refresh_from_db(fields=["status"])
        if payment.status == PaymentStatus.PAID:
            return False
    membership.cancelled_at = timezone.now()
    membership.save(update_fields=["cancelled_at"])
    audit.record("membership.let_go", object=membership, subjects=subjects_of_member(membership))
    return True


def close_unpaid(plan: Plan) -> None:
    """In the caller's transaction."""
    unpaid = plan.memberships.filter(starts_at=None, cancelled_at=None).order_by("pk")
    for membership_id in unpaid.values_list("pk", flat=True):
        let_go(membership_id)


def _lock_for_sale(plan_id: UUID) -> Plan:
    """Under the lock of its practice. Raises Missing."""
    professional_id = Plan.objects.filter(pk=plan_id).values_list("professional_id", flat=True).first()
    if professional_id is not None:
        lock_professional(professional_id)
    return offered_plan(plan_id)


def _require_welcome(professional: Professional, user: User) -> None:
    if not owns_email(user, user.email):
        raise NotAllowed(_("Please confirm your e-mail first."), code="email_not_verified")
    if refusal := door(professional, user):
        raise NotAllowed(refusal_words[refusal], code=str(refusal))


def _enter(professional: Professional, user: User) -> None:
    """As at a first booking: a record of this person in the practice."""
    known = Patient.objects.filter(professional=professional, user=user, merged_into=None, erased_at=None)
    if not known.exists():
        find_or_create_patient(
            professional=professional,
            name=user.name or user.email,
            email=user.email,
            language=user.language,
            timezone=user.timezone,
            user=user,
        )


def _lock(membership_id: UUID) -> tuple[Membership, list[Membership]]:
    """It and the others of this person and plan, as they are now: which one goes on from which is decided for one
    after the other. Raises Missing."""
    known = Membership.objects.filter(pk=membership_id).values("user_id", "plan_id").first()
    if known is None:
        raise Missing
    rows = Membership.objects.select_for_update(of=("self",), no_key=True).filter(**known)
    locked = {row.pk: row for row in rows.select_related("plan__professional__user", "user").order_by("pk")}
    return locked.pop(membership_id), list(locked.values())


def _is_nobody_there(membership: Membership) -> bool:
    """Whom staff put out for a while may come back; the money of somebody else does not wait for that."""
    return membership.user.closed_at is not None or not membership.plan.professional.user.is_active


def _periods(memberships: list[Membership]) -> list[Period]:
    """The times that are somebody's."""
    return [
        (one.starts_at, one.ends_at)
        for one in memberships
        if one.starts_at is not None and one.ends_at is not None and one.cancelled_at is None
    ]


def _begin(membership: Membership, others: list[Membership]) -> None:
    plan = membership.plan
    before = _periods(others)
    starts_at, ends_at = next_period(before, plan.months, plan.professional.zone, timezone.now())
    membership.starts_at, membership.ends_at, membership.cancelled_at = starts_at, ends_at, None
    membership.next_notice_at = ends_at - NOTICE
    membership.save(update_fields=["starts_at", "ends_at", "cancelled_at", "next_notice_at"])
    # A gateway's word, whoever happens to ask just then.
    audit.record("membership.started", object=membership, subjects=subjects_of_member(membership), who=SYSTEM)
    membership_events.tell(
        membership_events.MembershipStarted,
        membership,
        starts_at=starts_at,
        ends_at=ends_at,
        goes_on=bool(before),
    )


def _take_up(membership: Membership, others: list[Membership]) -> None:
    """One that was ended has its times again; where another one has them by now, it begins after that."""
    starts_at, ends_at = membership.starts_at, membership.ends_at
    if starts_at is None or ends_at is None or membership.cancelled_at is None:
        return
    if any(starts < ends_at and starts_at < ends for starts, ends in _periods(others)):
        _begin(membership, others)
        return
    membership.cancelled_at = None
    membership.next_notice_at = ends_at - NOTICE if ends_at > timezone.now() else None
    membership.save(update_fields=["cancelled_at", "next_notice_at"])
    audit.record(
        "membership.taken_up", object=membership, subjects=subjects_of_member(membership), who=SYSTEM
    )


def _cancel(membership: Membership) -> None:
    """Its money went back. One that was let go before it was ever paid is cancelled already, and says nothing."""
    if membership.cancelled_at is None:
        _cancelled(membership)


def _cancelled(membership: Membership) -> None:
    membership.cancelled_at, membership.next_notice_at = timezone.now(), None
    membership.save(update_fields=["cancelled_at", "next_notice_at"])
    audit.record(
        "membership.cancelled", object=membership, subjects=subjects_of_member(membership), who=SYSTEM
    )
    had_begun = membership.starts_at is not None
    membership_events.tell(membership_events.MembershipCancelled, membership, had_begun=had_begun)
