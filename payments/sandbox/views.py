"""The sandbox company's checkout page."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.limits import public_write
from payments.sandbox import services
from payments.sandbox.models import SandboxCheckout

ACTIONS: dict[str, Callable[..., SandboxCheckout]] = {
    "pay": services.pay,
    "decline": services.decline,
    "pay_late": services.pay_late,
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public_write
def checkout_page(request: HttpRequest, checkout_id: uuid.UUID) -> HttpResponse:
    if not services.is_open_for_business():
        raise Http404
    try:
        checkout = services.find_checkout(checkout_id=str(checkout_id))
    except services.UnknownCheckout as error:
        raise Http404 from error
    if request.method != "POST":
        return _page(request, checkout)
    action = ACTIONS.get(request.POST.get("action", ""))
    if action is None:
        return _page(request, checkout, problem=_("Please choose one of the buttons."), status=400)
    try:
        checkout = action(checkout_id=checkout_id)
    except services.NotPayable:
        checkout.refresh_from_db()
        problem = _("This is not possible any more: see what became of the payment below.")
        return _page(request, checkout, problem=problem, status=409)
    return HttpResponseRedirect(checkout.return_url)


def _page(
    request: HttpRequest, checkout: SandboxCheckout, *, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "checkout": checkout,
        "state": services.status_now(checkout),
        "now": timezone.now(),
        "problem": problem,
    }
    return render(request, "payments/sandbox_checkout.html", context, status=status)
