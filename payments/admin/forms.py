"""What staff have to say before money moves."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.admin_verbs import VerbForm
from payments.forms import offer_what_is_left
from payments.models import Dispute, DisputeState, Payment, Refund

_NO_NAMES = gettext_lazy("Of the money alone: no name, and nothing about anybody's health.")


def _note(label: Any, *, required: bool, help_text: Any = _NO_NAMES) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=200,
        help_text=help_text,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )


class GiveBackForm(VerbForm):
    """How much of one payment goes back, and why."""

    amount = forms.DecimalField(
        label=gettext_lazy("Amount"),
        min_value=Decimal("0.001"),
        max_digits=14,
        decimal_places=3,
        widget=UnfoldAdminDecimalFieldWidget,
    )
    why = _note(gettext_lazy("Reason"), required=True)
    # One wish, however often the form is sent.
    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, rows: list[Payment], **kwargs: Any) -> None:
        super().__init__(*args, rows=rows, **kwargs)
        (payment,) = rows
        amount = self.fields["amount"]
        offer_what_is_left(amount, payment)
        amount.widget.attrs |= {"max": amount.initial, "min": "0"}
        self.fields["once"].initial = uuid4


class QuestionForm(VerbForm):
    note = _note(gettext_lazy("What became of the money"), required=True)


class ByHandForm(VerbForm):
    """Who gave the money back, on which day, and how it is found again."""

    given_by = forms.CharField(
        label=gettext_lazy("Who gave it back"), max_length=80, widget=UnfoldAdminTextInputWidget
    )
    given_on = forms.DateField(
        label=gettext_lazy("On which day"),
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
    )
    reference = _note(
        gettext_lazy("Reference"),
        required=True,
        help_text=gettext_lazy("By which the bank or the cash book finds it: no name of a patient."),
    )

    def __init__(self, *args: Any, rows: list[Refund], **kwargs: Any) -> None:
        super().__init__(*args, rows=rows, **kwargs)
        self.fields["given_on"].initial = lambda: timezone.localdate().isoformat()
        self.says = _what_banks_say(rows)


def _what_banks_say(refunds: list[Refund]) -> str:
    """What gives the same money back without us; "" for nothing."""
    of_these = Dispute.objects.filter(attempt__in={refund.attempt_id for refund in refunds})
    states = set(of_these.values_list("status", flat=True))
    if DisputeState.LOST in states:
        return _("The payer's bank has taken money of this payment already. Look what is owed still.")
    if DisputeState.OPEN in states:
        return _("The payer's bank asks for this money, too. If it gets it, the money goes back twice.")
    return ""
