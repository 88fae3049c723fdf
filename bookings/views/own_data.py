"""My data: to take along, or to be erased."""

from __future__ import annotations

from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts.services import own_erasure
from accounts.services.own_erasure import Fate
from bookings.erasure_words import in_words
from bookings.forms.own_data import EraseForm
from bookings.selectors.own_data import everything_of
from bookings.views.people import signed_in_for, user_of
from core.errors import Conflict, DomainError, MaybeSaved
from core.form_pages import read_or_send, status_of
from core.web import say_no

FILE = "vicita.json"
_CHANGES = {Fate.ERASE, Fate.ASK}


@sensitive_post_parameters()
@signed_in_for("own_data")
@read_or_send
@never_cache
def own_data(request: HttpRequest) -> HttpResponse:
    """What asking would do is said before, for each practice; then it is asked twice."""
    user = user_of(request)
    form = EraseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            outcomes = own_erasure.erase_own(user=user, password=form.cleaned_data["password"])
        except MaybeSaved:
            raise  # it has a page of its own, which asks the database for nothing
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            _tell(request, {outcome.fate for outcome in outcomes})
            return redirect("own_data")
    outcomes = own_erasure.foretell(user)
    context = {
        "section": "data",
        "form": form,
        "records": [(outcome.record, in_words(outcome)) for outcome in outcomes],
        "can_ask": any(outcome.fate in _CHANGES for outcome in outcomes),
        "waits": any(outcome.fate == Fate.ASKED for outcome in outcomes),
        "has_password": user.has_usable_password(),
    }
    return render(request, "bookings/own_data.html", context, status=status_of(form))


@signed_in_for("own_data")
@require_POST
def own_data_withdraw(request: HttpRequest) -> HttpResponse:
    """The same as `DELETE me/erase`."""
    try:
        outcomes = own_erasure.withdraw_own(user=user_of(request))
    except Conflict as refusal:
        say_no(request, refusal)
    else:
        messages.success(request, _("Your request is withdrawn: your data stay."))
        if any(outcome.fate == Fate.ERASED for outcome in outcomes):
            messages.warning(request, _("For one record it was too late: it had been erased just before."))
    return redirect("own_data")


@signed_in_for("own_data")
@require_safe
@never_cache
def own_data_export(request: HttpRequest) -> HttpResponse:
    """The same as `GET me/export`, as a file."""
    answer = JsonResponse(
        everything_of(user_of(request)),
        encoder=DjangoJSONEncoder,
        json_dumps_params={"indent": 2, "ensure_ascii": False},
    )
    answer["Content-Disposition"] = f'attachment; filename="{FILE}"'
    return answer


def _tell(request: HttpRequest, fates: set[Fate]) -> None:
    if Fate.ERASED in fates:
        messages.success(request, _("Your record is erased wherever nothing has to be kept."))
    if Fate.ASKED in fates:
        messages.success(request, _("The administration has your request, and decides what has to be kept."))
    if Fate.SETTLE_FIRST in fates:
        messages.warning(request, _("Where something is not settled yet, nothing was erased."))
