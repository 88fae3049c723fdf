"""What a practice types about its money: which payments to show, how much of one to give back."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.domain.money_states import MoneyState
from bookings.forms.controls import RefusableForm
from bookings.selectors.payments import Wanted
from core.errors import DomainError
from payments.forms import offer_what_is_left
from payments.models import Payment


class MoneyFilter(RefusableForm):
    """A state that does not exist counts as none."""

    status = forms.CharField(required=False, widget=forms.HiddenInput)
    to = forms.DateField(label=gettext_lazy("Until"), required=False)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), required=False)

    def __init__(self, *args: Any, currencies: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        # `from` is a word of the language.
        self.fields["from"] = forms.DateField(label=gettext_lazy("From"), required=False)
        for name in ("from", "to"):
            self.fields[name].widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        self.order_fields(["status", "from", "to", "currency"])
        self.fields["currency"].choices = [("", _("All currencies")), *((one, one) for one in currencies)]  # type: ignore[attr-defined]
        self.wanted = Wanted()

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        state = given.get("status", "")
        try:
            self.wanted = Wanted(
                first=given.get("from"),
                last=given.get("to"),
                state=MoneyState(state) if state in MoneyState.values else None,
                currency=given.get("currency", ""),
            )
        except DomainError as error:
            self.refuse(error)
        return given


class GiveBackForm(RefusableForm):
    """How much of one payment goes back, and why."""

    amount = forms.DecimalField(
        label=gettext_lazy("Amount"),
        max_digits=14,
        decimal_places=3,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "min": 0}),
    )
    why = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("Of the money alone: no name, and nothing about anybody's health."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    # One wish, however often the form is sent.
    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, payment: Payment, **options: Any) -> None:
        super().__init__(*args, **options)
        offer_what_is_left(self.fields["amount"], payment)
        self.fields["once"].initial = uuid4
