"""From something owed to a page where it can be paid, and the end of that."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.errors import Missing, Refused
from core.money import quantize
from core.outbox import publish
from core.references import new_reference
from payments import subjects
from payments.gateways import registry
from payments.gateways.base import Checkout, Gateway, GatewayError, NotFoundAtGateway
from payments.models import UNDECIDED, Attempt, AttemptStatus, Payment, PaymentStatus
from payments.selectors import has_open_question
from payments.services import polling
from payments.ways import is_on_its_way

log = logging.getLogger(__name__)

LONGEST_CHECKOUT = timedelta(hours=24)


def request_payment(
    *,
    subject_type: str,
    subject_id: uuid.UUID,
    amount: Decimal,
    currency: str,
    payable_until: datetime | None = None,
    gateways: Sequence[str] = (),
) -> Payment:
    """What the subject owes, in the caller's transaction; asked again, the payment it has already. `gateways`: where it
    may be paid, the preferred one first; empty, at all that are in use.

    Raises Refused for an amount that is not positive or does not fit its currency.
    """
    exact = quantize(amount, currency)
    if exact <= 0:
        raise Refused(_("The amount must be positive."), code="invalid_amount", attr="amount")
    payment, _created = Payment.objects.get_or_create(
        subject_type=subject_type,
        subject_id=subject_id,
        defaults={
            "reference": new_reference("P-", 12),
            "amount": exact,
            "currency": currency,
            "payable_until": payable_until,
            "gateways": list(gateways),
        },
    )
    return payment


def open_checkout(*, payment_id: uuid.UUID, return_url: str, gateway: str = "") -> str:
    """The address where this payment can be paid now: that of its open checkout, else of a new one. `gateway`: at
    this one, and the checkout at another one ends.

    `return_url` is kept in our books and the gateway's: it must open nothing to whoever finds it there.
    Network: not inside a transaction. Raises Missing; Refused `already_paid`, `payment_closed`,
    `payment_in_question` (money came that does not match), `payment_on_its_way` (it was begun elsewhere), or
    `payment_unavailable` when no gateway takes the currency or answers now.
    """
    payment = Payment.objects.filter(pk=payment_id).first()
    if payment is None:
        raise Missing
    looked_for = Q(expires_at__lte=timezone.now()) | Q(processing_at__isnull=False)
    if payment.attempts.filter(looked_for, status__in=UNDECIDED).exists():
        # The last checkout is over, or used: look for its money before asking for it again.
        polling.sync_payment(payment_id=payment_id)
    if is_on_its_way(payment):
        raise _on_its_way()
    description = _describe(payment)
    try:
        if gateway:
            _leave_others(payment, gateway)
        attempt = _attempt_to_open(payment_id, return_url, description, gateway)
        return attempt.checkout_url or _ask_gateway(attempt)
    except GatewayError as error:
        log.warning("no checkout", extra={"payment": payment.reference, "error": type(error).__name__})
        raise Refused(
            _("Payments are not possible at this moment. Please try again in a few minutes."),
            code="payment_unavailable",
        ) from error


def _describe(payment: Payment) -> str:
    return subjects.get(payment.subject_type).describe(payment.subject_id, get_language() or "es")[:200]


def _choose(payment: Payment, name: str) -> Gateway:
    """Among those that the payee takes. Raises GatewayUnavailable."""
    return registry.choose(payment.amount, payment.currency, name, payment.gateways)


def _leave_others(payment: Payment, gateway: str) -> None:
    """Ends the checkout at another gateway, so that nobody pays there too. Raises GatewayError, Refused."""
    _choose(payment, gateway)  # else the old one is still good
    left = payment.attempts.select_related("payment").filter(status__in=UNDECIDED).exclude(gateway=gateway)
    for attempt in left:
        if registry.find(attempt.gateway) is not None:
            _end_checkout(attempt)
            attempt.refresh_from_db(fields=["status"])
            if (
                attempt.status in UNDECIDED
                and registry.gateway(attempt.gateway).capabilities.expires_checkouts
            ):
                raise _on_its_way()
        left.filter(pk=attempt.pk).update(status=AttemptStatus.EXPIRED)


def _attempt_to_open(payment_id: uuid.UUID, return_url: str, description: str, gateway: str = "") -> Attempt:
    """The attempt in progress, else a new row. Raises Refused, GatewayUnavailable."""
    now = timezone.now()
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        _refuse_unless_payable(payment, now)
        _refuse_while_in_question(payment)
        attempt = payment.attempts.select_related("payment").filter(status__in=UNDECIDED).first()
        if attempt is not None:
            if _still_usable(attempt, now):
                return attempt
            attempt.status = AttemptStatus.EXPIRED
            attempt.save(update_fields=["status"])
        number = payment.attempts.count() + 1
        expires_at = min(filter(None, [payment.payable_until, now + LONGEST_CHECKOUT]))
        return Attempt.objects.create(
            payment=payment,
            number=number,
            reference=f"{payment.reference}-{number}",
            gateway=_choose(payment, gateway).name,
            return_url=return_url,
            description=description,
            expires_at=expires_at,
            poll_at=now + polling.FIRST_PAUSE,
        )


def _refuse_unless_payable(payment: Payment, now: datetime) -> None:
    if payment.status == PaymentStatus.PAID:
        raise Refused(_("This is paid already."), code="already_paid")
    if payment.status == PaymentStatus.CLOSED or (payment.payable_until and payment.payable_until <= now):
        raise _closed()


def _refuse_while_in_question(payment: Payment) -> None:
    if has_open_question(payment):
        raise Refused(
            _(
                "A payment of yours does not match the price. We are looking into it; please do not pay again."
            ),
            code="payment_in_question",
        )


def _on_its_way() -> Refused:
    return Refused(
        _("A payment of yours is on its way. Please wait for it before you pay again."),
        code="payment_on_its_way",
    )


def _closed() -> Refused:
    return Refused(_("The time to pay is over."), code="payment_closed")


def _still_usable(attempt: Attempt, now: datetime) -> bool:
    in_time = attempt.expires_at is None or attempt.expires_at > now
    return in_time and registry.find(attempt.gateway) is not None


def _ask_gateway(attempt: Attempt) -> str:
    """Raises GatewayError, Refused."""
    try:
        checkout = registry.gateway(attempt.gateway).create_checkout(attempt)
    except GatewayError as error:
        if not error.retryable:
            Attempt.objects.filter(pk=attempt.pk, status=AttemptStatus.NEW).update(
                status=AttemptStatus.FAILED, problem=type(error).__name__, poll_at=None
            )
        raise
    if not _record_checkout(attempt.pk, checkout):
        raise _closed()
    return checkout.url


def _record_checkout(attempt_id: uuid.UUID, checkout: Checkout) -> bool:
    """False when the payment ended while the gateway was asked; the checkout is then ended too."""
    with transaction.atomic():
        payment = Payment.objects.select_for_update(of=("self",)).get(attempts=attempt_id)
        attempt = Attempt.objects.get(pk=attempt_id)
        attempt.checkout_url, attempt.provider_ref = checkout.url, checkout.provider_ref
        attempt.expires_at = checkout.expires_at
        if attempt.status == AttemptStatus.NEW:
            attempt.status = AttemptStatus.OPEN
        attempt.save(update_fields=["checkout_url", "provider_ref", "expires_at", "status"])
        if payment.status != PaymentStatus.PENDING:
            _publish_closed(payment)
        return payment.status == PaymentStatus.PENDING and attempt.status == AttemptStatus.OPEN


def close_payment(*, payment_id: uuid.UUID) -> None:
    """Nothing is to be paid any more, in the caller's transaction; a paid payment stays paid.

    Open checkouts are ended afterwards. Money that arrives all the same still becomes known to the subject.
    """
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        if payment.status != PaymentStatus.PENDING:
            return
        payment.status = PaymentStatus.CLOSED
        payment.save(update_fields=["status"])
        _publish_closed(payment)


def _publish_closed(payment: Payment) -> None:
    publish("payment.closed", {"payment_id": str(payment.pk)})


def end_checkouts(payment_id: uuid.UUID) -> None:
    """Ends at the gateway what can still be paid there. Raises GatewayError when it is worth another try."""
    for attempt in Attempt.objects.select_related("payment").filter(payment=payment_id):
        if not _can_still_be_paid(attempt):
            continue
        try:
            _end_checkout(attempt)
        except GatewayError as error:
            if error.retryable:
                raise
            log.warning("checkout not ended", extra={"attempt": attempt.reference, "error": str(error)})


def _can_still_be_paid(attempt: Attempt) -> bool:
    """Some checkouts take money again after they were paid or declined."""
    if attempt.status in UNDECIDED:
        return True
    gateway = registry.find(attempt.gateway)
    in_time = attempt.expires_at is not None and attempt.expires_at > timezone.now()
    return in_time and gateway is not None and not gateway.capabilities.pays_once


def _end_checkout(attempt: Attempt) -> None:
    gateway = registry.gateway(attempt.gateway)
    if not gateway.capabilities.expires_checkouts:
        return
    try:
        ended = gateway.expire_checkout(attempt)
    except NotFoundAtGateway:
        ended = True
    if ended:
        Attempt.objects.filter(pk=attempt.pk, status__in=UNDECIDED).update(status=AttemptStatus.EXPIRED)
    else:
        polling.ask(attempt)
