"""What every form that gives money back says, whoever fills it in."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _

from core.money import format_money
from payments.models import Payment
from payments.selectors import decimals_to_give_back, left_to_give_back


def offer_what_is_left(amount: forms.Field, payment: Payment) -> None:
    """All of it at first; in steps that the gateway can give back."""
    left, places = left_to_give_back(payment), decimals_to_give_back(payment)
    amount.initial = f"{left:.{places}f}"
    amount.help_text = _("At most %(left)s is left. Less is given back in part.") % {
        "left": format_money(left, payment.currency)
    }
    amount.widget.attrs["step"] = f"{Decimal(1).scaleb(-places):f}"
