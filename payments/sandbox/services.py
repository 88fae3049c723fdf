"""What the sandbox company offers: an interface for shops, and buttons for the person on its page."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.queue import enqueue
from payments.sandbox.models import SandboxCheckout, SandboxEvent, SandboxRefund, SandboxStatus


class SandboxError(Exception):
    """The sandbox said no."""


class UnknownCheckout(SandboxError):
    pass


class NotPayable(SandboxError):
    """Paid, declined or over: this button does nothing any more."""


def is_open_for_business() -> bool:
    return bool(settings.EMBEDDED and "sandbox" in settings.PAYMENT_GATEWAYS and settings.SANDBOX_SECRET)


# --- For shops ---------------------------------------------------------------------------------------


def create_checkout(
    *,
    reference: str,
    amount: Decimal,
    currency: str,
    description: str,
    return_url: str,
    expires_at: datetime | None,
) -> SandboxCheckout:
    """The checkout of this reference; asked again, the same one as before."""
    checkout, _ = SandboxCheckout.objects.get_or_create(
        reference=reference,
        defaults={
            "amount": amount,
            "currency": currency,
            "description": description,
            "return_url": return_url,
            "expires_at": expires_at or timezone.now() + timedelta(hours=24),
        },
    )
    return checkout


def find_checkout(*, checkout_id: str = "", reference: str = "") -> SandboxCheckout:
    """By its id, or else by the shop's reference. Raises UnknownCheckout."""
    return _one(SandboxCheckout.objects.all(), checkout_id, reference)


def status_now(checkout: SandboxCheckout) -> SandboxStatus:
    """An open checkout is expired from its last moment on, though nobody touched its row."""
    if checkout.status == SandboxStatus.OPEN and checkout.expires_at <= timezone.now():
        return SandboxStatus.EXPIRED
    return SandboxStatus(checkout.status)


@transaction.atomic
def expire(*, reference: str) -> bool:
    """Ends an open checkout; False when money came first. Raises UnknownCheckout."""
    checkout = _locked(reference=reference)
    if checkout.status == SandboxStatus.OPEN:
        _become(checkout, SandboxStatus.EXPIRED)
    return checkout.status != SandboxStatus.PAID


@transaction.atomic
def refund(*, reference: str, amount: Decimal, key: str) -> None:
    """Gives money back once for one key. Raises SandboxError when there is not so much to give back."""
    checkout = _locked(reference=reference)
    done = SandboxRefund.objects.filter(key=key).first()
    if done is not None:
        if (done.checkout_id, done.amount) != (checkout.pk, amount):
            raise SandboxError("this key was used for another refund")
        return
    if checkout.status != SandboxStatus.PAID or checkout.refunded + amount > checkout.amount:
        raise SandboxError("there is not so much money to give back")
    SandboxRefund.objects.create(key=key, checkout=checkout, amount=amount)
    checkout.refunded += amount
    checkout.save(update_fields=["refunded"])
    _tell(checkout, "refund.succeeded")


# --- For the person who pays ---------------------------------------------------------------------------


@transaction.atomic
def pay(*, checkout_id: uuid.UUID) -> SandboxCheckout:
    """Pays in time. Raises NotPayable."""
    return _decide(checkout_id, SandboxStatus.OPEN, SandboxStatus.PAID)


@transaction.atomic
def pay_late(*, checkout_id: uuid.UUID) -> SandboxCheckout:
    """The bank lets money through that was sent in time. Raises NotPayable before the end."""
    return _decide(checkout_id, SandboxStatus.EXPIRED, SandboxStatus.PAID)


@transaction.atomic
def decline(*, checkout_id: uuid.UUID) -> SandboxCheckout:
    """The bank refuses the card. Raises NotPayable."""
    return _decide(checkout_id, SandboxStatus.OPEN, SandboxStatus.DECLINED)


def _decide(checkout_id: uuid.UUID, wanted: SandboxStatus, outcome: SandboxStatus) -> SandboxCheckout:
    checkout = _locked(checkout_id=str(checkout_id))
    if checkout.status == outcome:
        return checkout  # pressed twice
    if status_now(checkout) != wanted:
        raise NotPayable(checkout.status)
    _become(checkout, outcome)
    return checkout


def _become(checkout: SandboxCheckout, status: SandboxStatus) -> None:
    checkout.status = status
    checkout.save(update_fields=["status"])
    _tell(checkout, f"checkout.{status}")


def _tell(checkout: SandboxCheckout, kind: str) -> None:
    SandboxEvent.objects.create(checkout=checkout, kind=kind, due_at=timezone.now())
    transaction.on_commit(lambda: enqueue("payments.tasks.send_sandbox_webhooks"))


def _locked(*, checkout_id: str = "", reference: str = "") -> SandboxCheckout:
    return _one(SandboxCheckout.objects.select_for_update(), checkout_id, reference)


def _one(rows: QuerySet[SandboxCheckout], checkout_id: str, reference: str) -> SandboxCheckout:
    try:
        found = rows.get(pk=uuid.UUID(checkout_id)) if checkout_id else rows.get(reference=reference)
    except (SandboxCheckout.DoesNotExist, ValueError) as error:
        raise UnknownCheckout(checkout_id or reference) from error
    return found
