"""What a practice sells to those who come often: plans are made, changed, sold, and taken out of the offer.

Each verb locks the professional, and so does whoever buys: a plan is bought as it was read, or not at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Professional
from bookings.domain.lengths import one_newline
from bookings.models import Plan, PlanService, Service
from bookings.selectors.memberships import own_plan
from bookings.services.memberships import close_unpaid
from bookings.services.problems import require_valid_fields
from bookings.services.transition import lock_professional, require_practice
from core import audit
from core.actor import Actor
from core.errors import Refused
from core.money import format_money, quantize

# More than anybody chooses from.
MOST_OFFERED = 20


@dataclass(frozen=True, slots=True)
class Included:
    """A service that members have for `member_price` (0: included), at most `times` in one membership; None: as
    often as they want."""

    service_id: UUID
    member_price: Decimal = Decimal(0)
    times: int | None = None


@transaction.atomic
def save_plan(
    *,
    professional: Professional,
    plan: Plan | None,
    name: str,
    description: str,
    price: Decimal,
    currency: str,
    months: int,
    included: Collection[Included],
    actor: Actor,
) -> Plan:
    """Makes a plan (`plan` is None), which is for sale at once, or writes one anew. Once somebody has asked for it,
    only name and description change.

    Raises NotAllowed, Missing (another practice's), and Refused with the field: those of its bounds (`blank`,
    `max_value`, ...), `unknown_currency`, `invalid_amount`, `nothing_included`, `unknown_service`, `service_twice`,
    `other_currency`, `dearer_for_members`, `service_not_offered`, `plan_sold`, `too_many_plans`.
    """
    require_practice(actor)
    lock_professional(professional.pk)
    written = own_plan(professional, plan.pk) if plan is not None else Plan(professional=professional)
    before = _terms(written, written.included.all()) if plan is not None else None
    written.name, written.description = " ".join(name.split()), one_newline(description).strip()
    written.price, written.currency, written.months = price, currency.strip().upper(), months
    _require_valid(written)
    # Terms that stay are not asked about again: services may have changed since.
    lines = _lines(written, included) if before != _terms(written, included) else []
    if lines and before is not None and written.memberships.exists():
        raise _sold()
    if plan is None:
        _require_room(professional)
    written.save()
    if lines:
        _rewrite(written, lines)
    audit.record("plan.added" if plan is None else "plan.changed", object=written)
    return written


class PlanChanges(TypedDict, total=False):
    """In the words of `save_plan`; `is_offered`: for sale or not."""

    name: str
    description: str
    price: Decimal
    currency: str
    months: int
    included: Collection[Included]
    is_offered: bool


@transaction.atomic
def change_plan(
    *, professional: Professional, plan_id: UUID, actor: Actor, **changes: Unpack[PlanChanges]
) -> Plan:
    """What is not named stays. Raises what `save_plan` and `offer_plan` raise."""
    require_practice(actor)
    lock_professional(professional.pk)
    plan = own_plan(professional, plan_id)
    offered = changes.pop("is_offered", plan.is_offered)
    if changes:
        written: dict[str, Any] = _written(plan) | changes
        save_plan(professional=professional, plan=plan, actor=actor, **written)
    return offer_plan(professional=professional, plan_id=plan_id, offered=offered, actor=actor)


def _written(plan: Plan) -> dict[str, Any]:
    """As it is now."""
    names = ("name", "description", "price", "currency", "months")
    lines = [Included(one.service_id, one.member_price, one.times) for one in plan.included.all()]
    return {name: getattr(plan, name) for name in names} | {"included": lines}


@transaction.atomic
def offer_plan(*, professional: Professional, plan_id: UUID, offered: bool, actor: Actor) -> Plan:
    """Puts it up for sale, or ends its sale: nobody can buy it any more, nor pay what is not paid yet; memberships
    go on to their end. Idempotent. Raises NotAllowed, Missing, Refused `too_many_plans`, `service_not_offered`."""
    require_practice(actor)
    lock_professional(professional.pk)
    plan = own_plan(professional, plan_id)
    if plan.is_offered == offered:
        return plan
    if offered:
        _require_room(professional)
        _require_bookable(plan)
        audit.record("plan.offered", object=plan)
    else:
        close_unpaid(plan)
        audit.record("plan.withdrawn", object=plan)
    plan.is_offered = offered
    plan.save(update_fields=["is_offered"])
    return plan


@transaction.atomic
def delete_plan(*, professional: Professional, plan_id: UUID, actor: Actor) -> None:
    """Only one that nobody has asked for. Raises NotAllowed, Missing, Refused `plan_sold`."""
    require_practice(actor)
    lock_professional(professional.pk)
    plan = own_plan(professional, plan_id)
    if plan.memberships.exists():
        raise Refused(
            _("Somebody has asked for this plan already, so it stays. You can end its sale."),
            code="plan_sold",
        )
    audit.record("plan.removed", object=plan)
    plan.delete()


def _require_valid(plan: Plan) -> None:
    require_valid_fields(plan, besides=["professional"])
    if plan.price <= 0:
        raise Refused(_("The price must be more than nothing."), code="invalid_amount", attr="price")
    plan.price = _exact(plan.price, plan.currency, "price")


def _rewrite(plan: Plan, lines: list[PlanService]) -> None:
    plan.included.all().delete()
    PlanService.objects.bulk_create(lines)
    if plan.is_offered:
        _require_bookable(plan)


def _lines(plan: Plan, included: Collection[Included]) -> list[PlanService]:
    if not included:
        raise Refused(
            _("Choose at least one service that members get."), code="nothing_included", attr="included"
        )
    services = {one.pk: one for one in Service.objects.filter(professional=plan.professional)}
    lines: dict[UUID, PlanService] = {}
    for line in included:
        service = services.get(line.service_id)
        if service is None:
            raise _wrong(line, _("This is none of your services."), "unknown_service")
        if line.service_id in lines:
            raise _wrong(line, _("A service stands in a plan once."), "service_twice")
        lines[line.service_id] = _line(plan, service, line)
    return list(lines.values())


def _line(plan: Plan, service: Service, line: Included) -> PlanService:
    if service.currency != plan.currency:
        words = _("“%(service)s” is paid in %(currency)s, so the plan has to be, too.")
        raise _wrong(line, words % {"service": service.name, "currency": service.currency}, "other_currency")
    if line.member_price < 0:
        raise _wrong(line, _("The price cannot be negative."), "invalid_amount")
    price = _exact(line.member_price, plan.currency, "included", line)
    if price > service.price:
        words = _("Members would pay more for “%(service)s” than everybody else, who pays %(price)s.")
        facts = {"service": service.name, "price": format_money(service.price, service.currency)}
        raise _wrong(line, words % facts, "dearer_for_members")
    row = PlanService(plan=plan, service=service, member_price=price, times=line.times)
    try:
        require_valid_fields(row, besides=["plan", "service"])
    except Refused as refusal:
        raise _wrong(line, str(refusal), refusal.code) from None
    return row


def _exact(amount: Decimal, currency: str, attr: str, line: Included | None = None) -> Decimal:
    try:
        return quantize(amount, currency)
    except Refused as refusal:
        if line is not None:
            raise _wrong(line, str(refusal), refusal.code) from None
        attr = "currency" if refusal.attr == "currency" else attr
        raise Refused(refusal.message, code=refusal.code, attr=attr) from None


def _wrong(line: Included | PlanService, words: str, code: str) -> Refused:
    """`extra` says which line it is."""
    return Refused(words, code=code, attr="included", extra={"service": str(line.service_id)})


def _require_room(professional: Professional) -> None:
    if Plan.objects.filter(professional=professional, is_offered=True).count() >= MOST_OFFERED:
        raise Refused(
            _("You can sell at most %(number)s plans at once.") % {"number": MOST_OFFERED},
            code="too_many_plans",
        )


def _require_bookable(plan: Plan) -> None:
    """Nobody buys what cannot be booked."""
    line = plan.included.filter(service__is_active=False).select_related("service").first()
    if line is not None:
        words = _("You do not offer “%(service)s” at the moment.") % {"service": line.service.name}
        raise _wrong(line, words, "service_not_offered")


def _sold() -> Refused:
    return Refused(
        _(
            "Somebody has asked for this plan already: its price, months and services stay as they are. "
            "End its sale and make another."
        ),
        code="plan_sold",
    )


Terms = tuple[Decimal, str, int, frozenset[tuple[UUID, Decimal, int | None]]]


def _terms(plan: Plan, lines: Iterable[PlanService | Included]) -> Terms:
    """What members rely on."""
    of_lines = frozenset((line.service_id, line.member_price, line.times) for line in lines)
    return plan.price, plan.currency, plan.months, of_lines
