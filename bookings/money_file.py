"""A practice's payments as a file: for the accountant, one line for each."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Professional
from bookings.selectors.payments import PaymentRow, Wanted, rows_of, wanted_payments
from core import audit
from core.csv_stream import csv_response, in_batches
from core.money import decimals


def money_file(professional: Professional, wanted: Wanted) -> StreamingHttpResponse:
    """As the list is narrowed, all pages of it; instants in the practice's zone. Flows out in batches."""
    audit.record("payments.exported", object=professional)
    header = [
        _("Reference"),
        _("State"),
        _("Paid"),
        _("Asked for"),
        _("For"),
        _("Patient"),
        _("Appointment"),
        _("Gateway"),
        _("Currency"),
        _("Amount"),
        _("Given back"),
        _("To be given back"),
        _("Net"),
    ]
    return csv_response(filename="payments.csv", header=header, rows=_lines(professional, wanted))


def _lines(professional: Professional, wanted: Wanted) -> Iterator[list[Any]]:
    for batch in in_batches(wanted_payments(professional, wanted)):
        for row in rows_of(batch):
            yield _line(row, professional)


def _line(row: PaymentRow, professional: Professional) -> list[Any]:
    payment, purpose = row.payment, row.purpose

    def amount(value: Decimal) -> str:
        return f"{value:.{decimals(row.currency)}f}"

    def moment(value: Any) -> str:
        return timezone.localtime(value, professional.zone).strftime("%Y-%m-%d %H:%M") if value else ""

    return [
        payment.reference,
        row.state.value,
        moment(payment.paid_at),
        moment(payment.created_at),
        purpose.what,
        purpose.who,
        purpose.reference,
        row.gateway,
        row.currency,
        *map(amount, (row.amount, row.returned, row.owed_back, row.net)),
    ]
