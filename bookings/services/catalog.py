"""What a practice offers: services are added, changed, taken out of the offer and put back.

Bookings keep what was booked, whatever becomes of the service: they have copied it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Professional
from bookings.domain.lengths import one_newline
from bookings.models import BookingPolicy, Plan, Service
from bookings.selectors.catalog import own_service
from bookings.selectors.memberships import not_over
from bookings.services.problems import require_by_five, require_valid_fields
from bookings.services.transition import lock_professional, require_practice
from core.actor import Actor
from core.errors import Refused
from core.money import quantize

# More than anybody chooses from; every search for free times looks at all of them.
MOST_ACTIVE = 100


class ServiceChanges(TypedDict, total=False):
    """Durations are minutes; the price has the decimals of its currency (ISO 4217)."""

    name: str
    slug: str
    description: str
    modality: str
    duration_minutes: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    meeting_limit_minutes: int
    price: Decimal
    currency: str
    is_active: bool


@transaction.atomic
def add_service(*, professional: Professional, actor: Actor, **fields: Unpack[ServiceChanges]) -> Service:
    """Offers something new. Without `slug` its address is made of the name. A practice whose rules nobody has set
    yet starts with the usual ones.

    Raises NotAllowed, and Refused with the field: those of its bounds (`blank`, `max_value`, ...), `step_size` (a
    duration that is no multiple of 5), `longer_than_duration`, `unknown_currency`, `invalid_amount`, `slug_taken`,
    `too_many_services`.
    """
    require_practice(actor)
    service = Service(professional=lock_professional(professional.pk))
    _write(service, fields)
    BookingPolicy.objects.get_or_create(professional=professional)
    return service


@transaction.atomic
def change_service(
    *, professional: Professional, service_id: UUID, actor: Actor, **changes: Unpack[ServiceChanges]
) -> Service:
    """What is not named stays; so does the address when only the name changes. A duration that becomes shorter than
    the meeting limit shortens it, unless the limit is named too.

    Raises Missing for another practice's service, Refused `in_plan` (what members have bought, or can buy, keeps its
    currency, and what can be bought is offered), and what `add_service` raises.
    """
    require_practice(actor)
    lock_professional(professional.pk)
    service = own_service(professional, service_id)
    _write(service, changes)
    return service


def remove_service(*, professional: Professional, service_id: UUID, actor: Actor) -> Service:
    """Nobody can book it any more; what is booked stays. Idempotent. Raises Refused `in_plan`, Missing, NotAllowed."""
    return change_service(professional=professional, service_id=service_id, actor=actor, is_active=False)


def restore_service(*, professional: Professional, service_id: UUID, actor: Actor) -> Service:
    """Offers it again, as it was. Idempotent. Raises Refused (`too_many_services`), Missing, NotAllowed."""
    return change_service(professional=professional, service_id=service_id, actor=actor, is_active=True)


def _write(service: Service, changes: ServiceChanges) -> None:
    """The caller holds the professional's lock, so that addresses and their number are what is seen here."""
    for name, value in changes.items():
        setattr(service, name, value)
    service.name = " ".join(service.name.split())
    service.description = one_newline(service.description).strip()
    service.currency = service.currency.upper()
    service.slug = service.slug.lower() or _free_slug(service)
    if "meeting_limit_minutes" not in changes or not service.has_meeting:
        service.meeting_limit_minutes = min(service.meeting_limit_minutes, service.duration_minutes)
    _require_valid(service)
    service.save()


def _require_valid(service: Service) -> None:
    require_valid_fields(service, besides=["professional"])
    require_by_five(service, "duration_minutes")
    if service.meeting_limit_minutes > service.duration_minutes:
        raise Refused(
            _("The meeting cannot be longer than the appointment."),
            code="longer_than_duration",
            attr="meeting_limit_minutes",
        )
    _require_money(service)
    _require_plans_good(service)
    others = Service.objects.filter(professional=service.professional).exclude(pk=service.pk)
    if others.filter(slug=service.slug).exists():
        raise Refused(_("Another of your services has this address."), code="slug_taken", attr="slug")
    if service.is_active and others.filter(is_active=True).count() >= MOST_ACTIVE:
        raise Refused(
            _("You can offer at most %(number)s services at once.") % {"number": MOST_ACTIVE},
            code="too_many_services",
        )


def _require_money(service: Service) -> None:
    if service.price < 0:
        raise Refused(_("The price cannot be negative."), code="min_value", attr="price")
    try:
        service.price = quantize(service.price, service.currency)
    except Refused as refusal:
        attr = "currency" if refusal.attr == "currency" else "price"
        raise Refused(refusal.message, code=refusal.code, attr=attr) from None


def _require_plans_good(service: Service) -> None:
    """Whoever buys a plan can book what is in it, and members keep the price that they bought."""
    sold = Plan.objects.filter(included__service=service, is_offered=True).first()
    if sold is not None and not service.is_active:
        words = _("“%(plan)s” is for sale with this service in it. Please end the sale of that plan first.")
        raise Refused(words % {"plan": sold.name}, code="in_plan")
    kept = Q(is_offered=True) | not_over(timezone.now(), "memberships__")
    priced = Plan.objects.filter(kept, included__service=service, included__member_price__gt=0)
    other = priced.exclude(currency=service.currency).first()
    if other is not None:
        words = _("Members of “%(plan)s” pay for this service in %(currency)s.")
        facts = {"plan": other.name, "currency": other.currency}
        raise Refused(words % facts, code="in_plan", attr="currency")


def _free_slug(service: Service) -> str:
    """`first-visit`, or `first-visit-2` where that is taken."""
    stem = slugify(service.name)[:70].strip("-_") or "service"
    taken = set(
        Service.objects.filter(professional=service.professional, slug__startswith=stem)
        .exclude(pk=service.pk)
        .values_list("slug", flat=True)
    )
    slug, number = stem, 2
    while slug in taken:
        slug, number = f"{stem}-{number}", number + 1
    return slug
