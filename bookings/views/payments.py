"""A practice's money: what came and went by month, each payment with its story, giving money back, a file of all."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Professional
from bookings.domain.money_states import MoneyState
from bookings.forms.payments import GiveBackForm, MoneyFilter
from bookings.money_file import money_file
from bookings.selectors.payments import (
    currencies_of,
    payment_of_practice,
    rows_of,
    wanted_payments,
    wanted_totals,
)
from bookings.services.money import SUBJECT
from bookings.views.people import professional_only
from core.errors import DomainError
from core.form_pages import read_or_send, status_of
from payments.models import Payment
from payments.selectors import left_to_give_back
from payments.services import give_back_by_payee
from payments.story import story_of
from payments.totals import Month, all_months

PER_PAGE = 25
# Months that stand on the page at once; those before open on demand.
SHOWN_MONTHS = 3


@never_cache
@professional_only
@require_safe
def doctor_payments(request: HttpRequest, professional: Professional) -> HttpResponse:
    """The list narrowed as the address says, and the sums of the same days. A constant number of queries."""
    form = MoneyFilter(request.GET, currencies=currencies_of(professional))
    form.is_valid()
    wanted, kept = form.wanted, _kept(request, form)
    page = Paginator(wanted_payments(professional, wanted), PER_PAGE).get_page(request.GET.get("page"))
    months = wanted_totals(professional, wanted)
    status = wanted.state.value if wanted.state else ""
    context = {
        "section": "payments",
        "form": form,
        "tabs": [(one, urlencode({"status": one.value, **kept})) for one in MoneyState],
        "all_of_them": urlencode(kept),
        "state": wanted.state,
        "narrowed": bool(kept),
        "rows": rows_of(list(page)),
        "page": page,
        "query": urlencode({name: value for name, value in {"status": status, **kept}.items() if value}),
        "sums": _sums(months),
        "has_anything": bool(months) or page.paginator.count > 0,
        "zone": professional.timezone,
    } | _shown(months)
    return render(request, "bookings/payments.html", context, status=status_of(form))


def _kept(request: HttpRequest, form: MoneyFilter) -> dict[str, str]:
    return {name: value for name in form.fields if name != "status" and (value := request.GET.get(name, ""))}


def _sums(months: list[Month]) -> list[Month]:
    """Where they say more than the months do."""
    sums = all_months(months)
    return sums if len(months) > len(sums) else []


def _shown(months: list[Month]) -> dict[str, list[Month]]:
    """The latest months, all currencies of each, and those before."""
    latest = sorted({one.month for one in months if one.month}, reverse=True)[:SHOWN_MONTHS]
    return {
        "months": [one for one in months if one.month in latest],
        "earlier": [one for one in months if one.month not in latest],
    }


@never_cache
@professional_only
@require_safe
def doctor_payments_csv(request: HttpRequest, professional: Professional) -> HttpResponseBase:
    """As the page is narrowed; what cannot be meant is said there."""
    form = MoneyFilter(request.GET, currencies=currencies_of(professional))
    if not form.is_valid():
        return redirect(f"{reverse('doctor_payments')}?{request.GET.urlencode()}")
    return money_file(professional, form.wanted)


@never_cache
@professional_only
@require_safe
def doctor_payment(request: HttpRequest, professional: Professional, payment_id: UUID) -> HttpResponse:
    payment = payment_of_practice(professional, payment_id)
    return render(request, "bookings/payment.html", _about(payment, professional))


@never_cache
@professional_only
@read_or_send
def doctor_payment_refund(request: HttpRequest, professional: Professional, payment_id: UUID) -> HttpResponse:
    """Looks at what giving back means, and gives it (POST)."""
    payment = payment_of_practice(professional, payment_id)
    if not left_to_give_back(payment) and request.method != "POST":
        messages.error(request, _("Nothing is left of this payment that could be given back."))
        return redirect("doctor_payment", payment_id=payment.pk)
    form = GiveBackForm(request.POST if request.method == "POST" else None, payment=payment)
    if request.method == "POST" and form.is_valid():
        try:
            give_back_by_payee(payment_id=payment.pk, by=professional.user_id, **form.cleaned_data)
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The money is on its way back."))
            return redirect("doctor_payment", payment_id=payment.pk)
    context = _about(payment, professional) | {"form": form}
    return render(request, "bookings/payment_refund.html", context, status=status_of(form))


def _about(payment: Payment, professional: Professional) -> dict[str, Any]:
    (row,) = rows_of([payment])
    return {
        "section": "payments",
        "row": row,
        "payment": payment,
        "of_booking": row.purpose.kind == SUBJECT,
        "story": story_of(payment, for_payee=professional.user_id),
        "can_give_back": row.net > 0,
        "zone": professional.timezone,
        "now": timezone.now(),
    }
