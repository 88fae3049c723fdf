"""Refunds: what waits for a person comes first."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Case, QuerySet, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.admin_lists import ByChoice, ByPastDay, StaffList, badge, column, in_short, titled, unbroken
from accounts.admin_search import SearchedList
from accounts.admin_verbs import verb
from core.money import format_money
from payments.admin.forms import ByHandForm
from payments.admin.payments import REFUND_TONES, STAFF, name, staff_of
from payments.models import NEEDS_STAFF, Refund, RefundStatus
from payments.services import refund_done_by_hand, retry_refund
from payments.story import why

_CHANGED = ngettext_lazy("%(count)d refund changed.", "%(count)d refunds changed.", "count")


def _waits_for_staff(refund: Refund) -> bool:
    return refund.status in NEEDS_STAFF


class _Named(SearchedList):
    """Knows of all refunds of the page whose money it is."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        name([refund.attempt.payment for refund in self.result_list])


@admin.register(Refund)
class RefundAdmin(StaffList):
    managers = STAFF
    menu_icon = "undo"
    verbs = ("try_again", "done_by_hand")
    list_display = ("reference_text", "state", "amount_text", "reason_text", "asked", "done")
    list_filter = (
        ("status", titled(ByChoice, _("state"))),
        ("created_at", titled(ByPastDay, _("asked for"))),
    )
    list_select_related = ("attempt__payment",)
    ordering = (Case(When(status__in=NEEDS_STAFF, then=0), default=1), "-created_at")
    search_fields = ("attempt__payment__reference",)
    search_help_text = _("Reference of the payment")
    fields = (
        ("payment", "state"),
        ("amount_text", "reason_text"),
        ("gateway", "tried"),
        ("problem", "next_try"),
        ("asked", "done"),
    )
    readonly_fields = (
        "payment",
        "state",
        "amount_text",
        "reason_text",
        "gateway",
        "tried",
        "problem",
        "next_try",
        "asked",
        "done",
    )
    tried = column("tries", _("tries so far"))
    problem = column("error", _("what went wrong"))
    asked = column("created_at", _("asked for"), ordering=True)
    done = column("done_at", _("went back"), ordering=True)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Refund]:
        found: QuerySet[Refund] = super().get_queryset(request)
        return found.select_related("attempt__payment")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return _Named

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Refund | None:
        refund: Refund | None = super().get_object(request, object_id, from_field)
        if refund is not None:
            name([refund.attempt.payment])
        return refund

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Refund], search_term: str
    ) -> tuple[QuerySet[Refund], bool]:
        words = search_term.replace("\x00", "").strip().upper()[:40]
        return (queryset.filter(attempt__payment__reference__startswith=words) if words else queryset), False

    def describe(self, refund: Refund) -> str:
        return f"{self.reference(refund)} · {self.amount_text(refund)}"

    @verb(
        _("Try again"),
        done=_CHANGED,
        asks=_("The gateway is asked once more. Nothing goes back twice."),
        icon="refresh",
        applies=_waits_for_staff,
    )
    def try_again(self, request: HttpRequest, refund: Refund) -> None:
        retry_refund(refund_id=refund.pk, by=staff_of(request))

    @verb(
        _("Given back by hand"),
        done=_CHANGED,
        asks=_("Only when the money has really gone back in another way. This cannot be undone."),
        form=ByHandForm,
        icon="front_hand",
        dangerous=True,
        applies=_waits_for_staff,
    )
    def done_by_hand(
        self, request: HttpRequest, refund: Refund, *, given_by: str, given_on: datetime.date, reference: str
    ) -> None:
        refund_done_by_hand(
            refund_id=refund.pk,
            by=staff_of(request),
            given_by=given_by,
            given_on=given_on,
            reference=reference,
        )

    @admin.display(description=_("payment"))
    def reference_text(self, refund: Refund) -> str:
        return unbroken(self.reference(refund))

    def reference(self, refund: Refund) -> str:
        return refund.attempt.payment.reference

    @admin.display(description=_("payment"))
    def payment(self, refund: Refund) -> str:
        address = reverse("admin:payments_payment_change", args=[refund.attempt.payment_id])
        return format_html('<a class="underline" href="{}">{}</a>', address, self.reference(refund))

    @admin.display(description=_("state"), ordering="status")
    def state(self, refund: Refund) -> str:
        return badge(refund.get_status_display(), REFUND_TONES[RefundStatus(refund.status)])

    @admin.display(description=_("amount"), ordering="amount")
    def amount_text(self, refund: Refund) -> str:
        return format_money(refund.amount, refund.attempt.payment.currency)

    @admin.display(description=_("reason"))
    def reason_text(self, refund: Refund) -> str:
        return why(refund)

    @admin.display(description=_("next try"), empty_value="-")
    def next_try(self, refund: Refund) -> str | None:
        """Nobody tries by themselves what is done, or waits for staff."""
        return in_short(refund.due_at) if refund.status == RefundStatus.PENDING else None

    @admin.display(description=_("gateway"))
    def gateway(self, refund: Refund) -> str:
        return refund.attempt.gateway
