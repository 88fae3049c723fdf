"""Money at gateways that belongs to no payment of ours: staff see to it there, and say so here."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.admin_access import in_the_admin, staff_page
from core.errors import DomainError
from core.web import say_no
from payments.admin.payments import STAFF
from payments.services import unknown_money_seen_to
from payments.services.unknown import unknown_money

TITLE = gettext_lazy("Money of unknown payments")


@staff_page("unknown-money/", name="unknown_money", roles=STAFF, title=TITLE, icon="contact_support")
@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    return in_the_admin(request, "admin/payments/unknown.html", {"found": unknown_money()}, title=TITLE)


@staff_page("unknown-money/<int:event_id>/seen-to", name="unknown_money_seen_to", roles=STAFF, in_menu=False)
@require_POST
def seen_to(request: HttpRequest, event_id: int) -> HttpResponse:
    try:
        unknown_money_seen_to(event_id=event_id)
        messages.success(request, _("Noted: this money has been seen to."))
    except DomainError as error:
        say_no(request, error)
    return redirect("admin:unknown_money")
