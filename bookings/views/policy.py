"""A professional's rules for bookings, on one page."""

from __future__ import annotations

from babel.core import Locale
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.models import Professional
from bookings.forms.policy import PolicyForm
from bookings.selectors.availability import holidays_of
from bookings.selectors.catalog import currencies_not_taken, policy_of
from bookings.services.policy import change_policy
from bookings.views.people import professional_only
from bookings.views.practice import actor_of
from core.errors import DomainError
from core.form_pages import read_or_send, status_of
from payments.ways import all_ways_to_pay

HOLIDAYS_SHOWN = 4


@never_cache
@professional_only
@read_or_send
def doctor_settings(request: HttpRequest, professional: Professional) -> HttpResponse:
    typed = request.POST if request.method == "POST" else None
    policy = policy_of(professional)
    form = PolicyForm(typed, professional=professional, policy=policy)
    if request.method == "POST" and form.is_valid():
        try:
            change_policy(professional=professional, actor=actor_of(professional), **form.cleaned_data)
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("doctor_settings")
    context = {
        "professional": professional,
        "section": "settings",
        "form": form,
        "country": _country_name(professional.country),
        "ways_to_pay": all_ways_to_pay(),
        "not_taken": currencies_not_taken(policy),
        "coming_holidays": holidays_of(professional).coming[:HOLIDAYS_SHOWN],
    }
    return render(request, "bookings/settings.html", context, status=status_of(form))


def _country_name(code: str) -> str:
    """In the reader's language; '' when it is not known."""
    territories = Locale.parse(get_language() or "es", sep="-").territories
    return str(territories.get(code, ""))
