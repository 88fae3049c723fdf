"""What staff say with a verb about a booking or a request."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldBooleanWidget

from accounts.admin_verbs import VerbForm
from bookings.domain import lengths
from bookings.forms.public import WordsField
from bookings.models import Booking, CancelledBy
from bookings.services.closing import refund_when_cancelled
from bookings.services.money import SUBJECT
from core.money import format_money
from payments.selectors import left_to_give_back, payment_of


def reason_field() -> forms.CharField:
    return WordsField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=lengths.CLOSING_REASON,
        help_text=gettext_lazy("The patient and the professional read it."),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )


class ReasonForm(VerbForm):
    reason = reason_field()


class MoveForm(forms.Form):
    reason = reason_field()


class AcceptForm(forms.Form):
    """How somebody who asked for an appointment gets one."""

    pays_at_practice = forms.BooleanField(
        label=gettext_lazy("It is paid at the practice"),
        required=False,
        help_text=gettext_lazy("Else the patient gets a link to pay, unless the service is free."),
        widget=UnfoldBooleanWidget,
    )


class CancelForm(ReasonForm):
    """Says what goes back, where it is about one booking."""

    def __init__(self, *args: Any, rows: list[Booking], **kwargs: Any) -> None:
        super().__init__(*args, rows=rows, **kwargs)
        if len(rows) == 1:
            self.says = money_back(rows[0])


def money_back(booking: Booking) -> str:
    """What goes back if staff cancel now."""
    payment = payment_of(SUBJECT, booking.pk)
    left = left_to_give_back(payment) if payment else Decimal(0)
    amount = min(left, refund_when_cancelled(booking, CancelledBy.STAFF, timezone.now()))
    if not amount:
        return _("No money goes back: nothing has been paid, or nothing is left.")
    return _("%(amount)s goes back to the patient.") % {"amount": format_money(amount, booking.currency)}
