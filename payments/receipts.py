"""Receipts: what was paid, to whom, for what, and what has gone back of it. One for each payment, always up to date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.errors import Missing
from core.money import format_money
from core.pdf import render
from core.templatetags.ui import zone_name
from payments.models import Dispute, DisputeState, Payment, PaymentStatus, Refund, RefundStatus
from payments.ways import title_of

TEMPLATE = "payments/receipt.typ"


@dataclass(frozen=True, slots=True)
class Sale:
    """What a receipt says of what was paid for: known to the app that sells it. `zone`: of its days."""

    seller: str
    seller_details: Sequence[str]
    what: str
    details: Sequence[str]
    payer: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Return:
    """Money that has gone back to the payer, when, and why in a word."""

    at: datetime
    amount: Decimal
    words: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """`reference` is what the gateway knows the money by; `on_its_way` still has to go back."""

    payment: Payment
    sale: Sale
    gateway: str
    reference: str
    paid_at: datetime
    returns: Sequence[Return]
    on_its_way: Decimal

    @property
    def number(self) -> str:
        return self.payment.reference

    @property
    def left(self) -> Decimal:
        """What stays paid; nothing, where a bank took what was on its way back as well."""
        gone = sum((one.amount for one in self.returns), self.on_its_way)
        return max(self.payment.amount - gone, Decimal(0))

    @property
    def filename(self) -> str:
        return f"vicita-{self.number}.pdf"


def receipt_of(payment: Payment, sale: Sale) -> Receipt:
    """Raises Missing while nothing is paid. Three queries."""
    attempt = payment.attempts.filter(settles=True).first()
    if attempt is None or payment.status != PaymentStatus.PAID or payment.paid_at is None:
        raise Missing(_("There is no receipt: nothing has been paid."))
    refunds = list(Refund.objects.filter(attempt=attempt).order_by("created_at"))
    lost = Dispute.objects.filter(attempt=attempt, status=DisputeState.LOST, closed_at__isnull=False)
    returns = [
        Return(one.done_at, one.amount, _("Given back"))
        for one in refunds
        if one.status == RefundStatus.SUCCEEDED and one.done_at
    ]
    returns += [
        Return(one.closed_at, one.amount, _("Taken back by the bank")) for one in lost if one.closed_at
    ]
    return Receipt(
        payment,
        sale,
        gateway=title_of(attempt.gateway),
        reference=attempt.reference,
        paid_at=payment.paid_at,
        returns=sorted(returns, key=lambda one: one.at),
        on_its_way=sum((one.amount for one in refunds if one.status != RefundStatus.SUCCEEDED), Decimal(0)),
    )


def as_pdf(receipt: Receipt) -> bytes:
    """In the active language."""
    return render(TEMPLATE, _data(receipt), made_at=timezone.now())


def _data(receipt: Receipt) -> dict[str, Any]:
    sale = receipt.sale

    def money(amount: Decimal) -> str:
        return format_money(amount, receipt.payment.currency)

    def day(moment: datetime) -> str:
        return date_format(timezone.localtime(moment, sale.zone), "DATE_FORMAT")

    def minute(moment: datetime) -> str:
        return f"{day(moment)}, {timezone.localtime(moment, sale.zone):%H:%M} ({zone_name(sale.zone.key)})"

    facts = [
        (_("Receipt number"), receipt.number),
        (_("Paid"), minute(receipt.paid_at)),
        (_("Paid by"), receipt.gateway),
        (_("Payment reference"), receipt.reference),
    ]
    back = [(f"{one.words}, {day(one.at)}", f"−{money(one.amount)}") for one in receipt.returns]
    if receipt.on_its_way:
        back.append((_("On its way back"), f"−{money(receipt.on_its_way)}"))
    return {
        "lang": (translation.get_language() or "es").partition("-")[0],
        "title": _("Receipt"),
        "seller": sale.seller,
        "seller_details": list(sale.seller_details),
        "payer": [_("Issued to"), sale.payer] if sale.payer else None,
        "facts": facts,
        "headings": [_("What"), _("Amount")],
        "what": sale.what,
        "details": list(sale.details),
        "amount": money(receipt.payment.amount),
        "back": back,
        "total": [_("Paid in total") if not back else _("Stays paid"), money(receipt.left)],
        "footer": _("Made on %(day)s by Vicita. It shows what has become of the payment up to then.")
        % {"day": minute(timezone.now())},
    }
