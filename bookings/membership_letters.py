"""What a member is told, by letter and in the app: one function for what happened (`membership_announcements`) and for
what comes (`services.membership_notices`)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from accounts.models import Patient
from bookings.models import Membership
from bookings.selectors.memberships import SUBJECT, offered_plans
from core.models import DataKey
from core.money import format_money
from notifications.services import notify, queue_email, render_email
from payments.selectors import given_back, payment_of


def tell_member(membership: Membership, kind: str, *, key: str) -> None:
    """A letter and a notification, once for each `key`; nothing to whoever has left. `kind` is the letter's template
    and, in capitals, the notification's kind. The membership is a whole one (`selectors.whole_memberships`)."""
    user = membership.user
    if not user.is_active:
        return
    with override(user.language):
        context = _context(membership)
    subject, text, html = render_email(kind, context, user.language)
    queue_email(
        kind=kind,
        dedupe_key=key,
        recipient=user.mail_address,
        language=user.language,
        subject=subject,
        text=text,
        html=html,
        data_key=_key_of(membership),
    )
    notify(user=user, kind=kind.upper(), dedupe_key=f"{key}:app", payload=facts_of(membership))


def facts_of(membership: Membership) -> dict[str, Any]:
    """For notifications: nothing of whose it is."""
    plan = membership.plan
    return {
        "membership_id": str(membership.pk),
        "plan_id": str(plan.pk),
        "plan_name": plan.name,
        "professional_name": plan.professional.name,
        "ends_at": membership.ends_at.isoformat() if membership.ends_at else None,
        "timezone": plan.professional.timezone,
    }


def _context(membership: Membership) -> dict[str, Any]:
    plan = membership.plan
    zone, is_offered = plan.professional.zone, offered_plans().filter(pk=plan.pk).exists()
    page = (
        reverse("plan", args=[plan.professional.slug, plan.pk]) if is_offered else reverse("my_memberships")
    )
    refunded = _given_back(membership)
    return {
        "membership": membership,
        "plan": plan,
        "name": membership.user.name,
        "starts_local": membership.starts_at and membership.starts_at.astimezone(zone),
        "ends_local": membership.ends_at and membership.ends_at.astimezone(zone),
        "zone_name": plan.professional.timezone,
        "price_text": format_money(plan.price, plan.currency),
        "refund_text": format_money(refunded, plan.currency) if refunded else "",
        "is_offered": is_offered,
        "own_page": settings.PUBLIC_URL + reverse("my_memberships"),
        "plan_page": settings.PUBLIC_URL + page,
    }


def _given_back(membership: Membership) -> Decimal:
    payment = payment_of(SUBJECT, membership.pk)
    return given_back(payment) if payment else Decimal(0)


def _key_of(membership: Membership) -> DataKey | None:
    """Of the person's record in that practice: with it the letters are erased. None once there is no such record."""
    records = Patient.objects.filter(
        professional=membership.plan.professional_id,
        user=membership.user_id,
        erased_at=None,
        merged_into=None,
        data_key__isnull=False,
    )
    record = records.select_related("data_key").order_by("created_at").first()
    return record.data_key if record else None
