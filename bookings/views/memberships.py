"""Plans for whoever buys them: the page of one, buying and renewing, and what one has."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.selectors import professional_by_slug
from bookings import selectors, services
from bookings.member_cards import cards_of
from bookings.models import Membership, Plan
from bookings.plan_words import are_current
from bookings.selectors.memberships import SUBJECT, member_until, membership_of, memberships_of, offered_plan
from bookings.services.memberships import let_go, membership_checkout_url, subscribe
from bookings.views.people import signed_in_for, user_of
from core.errors import DomainError, Missing
from core.limits import public_write
from core.web import say_no
from payments.selectors import payment_of
from payments.ways import ways_to_pay

PAST_PER_PAGE = 20


@require_safe
def plan(request: HttpRequest, slug: str, plan_id: UUID) -> HttpResponse:
    """What anybody may buy. Signed in, the way back from the sign-in leads here."""
    person = professional_by_slug(slug)
    found = _for_sale(plan_id, slug)
    asker = services.who_books(request.user)["user"]
    timezone.activate(person.zone)
    context = {
        "plan": found,
        "professional": person,
        "asker": asker,
        "closed": selectors.door(found.professional, asker),
        "held_until": member_until(asker, found),
    }
    return render(request, "bookings/plan.html", context)


def _for_sale(plan_id: UUID, slug: str) -> Plan:
    found = offered_plan(plan_id)
    if found.professional.slug != slug:
        raise Missing
    return found


@public_write
@signed_in_for("my_memberships")
@require_POST
def plan_buy(request: HttpRequest, slug: str, plan_id: UUID) -> HttpResponse:
    """For the first time, or once more."""
    try:
        membership = subscribe(user=user_of(request), plan_id=_for_sale(plan_id, slug).pk)
    except DomainError as error:
        say_no(request, error)
        return redirect("plan", slug=slug, plan_id=plan_id)
    return _to_checkout(request, membership)


@public_write
@signed_in_for("my_memberships")
@require_POST
def membership_pay(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    return _to_checkout(request, membership_of(user_of(request), membership_id))


@signed_in_for("my_memberships")
@require_POST
def membership_let_go(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """What is not paid is not wanted any more."""
    let_go(membership_of(user_of(request), membership_id).pk)
    return redirect("my_memberships")


def _to_checkout(request: HttpRequest, membership: Membership) -> HttpResponse:
    """To where it is paid; where there are several ways, one's own page asks which."""
    gateway, payment = request.POST.get("gateway", ""), payment_of(SUBJECT, membership.pk)
    own_page = redirect(f"{reverse('my_memberships')}#plan-{membership.pk}")
    if not gateway and payment is not None and len(ways_to_pay(payment)) > 1:
        return own_page
    try:
        origin = f"{request.scheme}://{request.get_host()}"
        return redirect(membership_checkout_url(membership, origin=origin, gateway=gateway))
    except DomainError as error:
        say_no(request, error)
        return own_page


@signed_in_for("my_memberships")
@require_safe
@never_cache
def my_memberships(request: HttpRequest) -> HttpResponse:
    """What is awaited, then what is valid or to come; and what was, the latest first."""
    user, now = user_of(request), timezone.now()
    mine = memberships_of(user)
    page = Paginator(mine.exclude(are_current(now)), PAST_PER_PAGE).get_page(request.GET.get("page"))
    current = mine.filter(are_current(now)).order_by(F("starts_at").asc(nulls_first=True), "pk")
    cards = cards_of(user, [*current, *page], now)
    context = {
        "section": "membership",
        "current": [card for card in cards if card.is_current],
        "past": [card for card in cards if not card.is_current],
        "page": page,
        "waits": any(card.awaited and card.awaited.changes_by_itself for card in cards),
    }
    return render(request, "bookings/membership.html", context)
