"""Payments for medical administration: money moves by the gateways' word; what failed, staff may see through."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import admin, messages
from django.db.models import Case, Exists, OuterRef, QuerySet, When
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin_access import RoleAdmin, RoleInline
from accounts.models import Role
from core.errors import DomainError
from core.money import format_money
from payments.models import NEEDS_STAFF, Attempt, Payment, Refund
from payments.services import refund_done_by_hand, retry_refund

READERS = frozenset({Role.MEDICAL_ADMIN})
IN_QUESTION = Exists(Attempt.objects.filter(payment=OuterRef("pk"), questioned_at__isnull=False))


class AttemptInline(RoleInline):
    model = Attempt
    readers = READERS
    fields = readonly_fields = ("reference", "gateway", "status", "problem", "claim", "created_at")
    verbose_name_plural = _("Checkouts")


@admin.register(Payment)
class PaymentAdmin(RoleAdmin):
    readers = READERS
    list_display = ("reference", "status", "question", "amount_text", "subject_type", "paid_at", "created_at")
    list_filter = ("status", "currency", "created_at")
    date_hierarchy = "created_at"
    ordering = (IN_QUESTION.desc(), "-created_at")
    search_fields = ("reference",)
    inlines = (AttemptInline,)
    fields = readonly_fields = (
        "reference",
        "status",
        "amount_text",
        "subject_type",
        "subject_id",
        "payable_until",
        "paid_at",
        "created_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        found: QuerySet[Payment] = super().get_queryset(request)
        return found.annotate(in_question=IN_QUESTION)

    @admin.display(description=_("does not match"), boolean=True)
    def question(self, payment: Payment) -> bool | None:
        """Money is there that is not what was asked for; nothing is shown where all is well."""
        return False if getattr(payment, "in_question", False) else None

    @admin.display(description=_("amount"), ordering="amount")
    def amount_text(self, payment: Payment) -> str:
        return format_money(payment.amount, payment.currency)


@admin.register(Refund)
class RefundAdmin(RoleAdmin):
    readers = managers = READERS
    actions = ("try_again", "done_by_hand")
    list_display = ("reference", "status", "amount_text", "reason", "due_at", "done_at")
    list_filter = ("status",)
    list_select_related = ("attempt__payment",)
    # What waits for a person comes first.
    ordering = (Case(When(status__in=NEEDS_STAFF, then=0), default=1), "-created_at")
    search_fields = ("attempt__payment__reference",)
    fields = readonly_fields = (
        "reference",
        "status",
        "amount_text",
        "reason",
        "tries",
        "error",
        "due_at",
        "done_at",
        "created_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Refund]:
        found: QuerySet[Refund] = super().get_queryset(request)
        return found.select_related("attempt__payment")

    @admin.action(description=_("Try again"), permissions=["manage"])
    def try_again(self, request: HttpRequest, found: QuerySet[Refund]) -> None:
        self._do(request, found, retry_refund)

    @admin.action(description=_("Given back by hand"), permissions=["manage"])
    def done_by_hand(self, request: HttpRequest, found: QuerySet[Refund]) -> None:
        self._do(request, found, refund_done_by_hand)

    def _do(self, request: HttpRequest, found: QuerySet[Refund], verb: Callable[..., Refund]) -> None:
        done = 0
        for refund in found:
            try:
                verb(refund_id=refund.pk, by=request.user.pk)
            except DomainError as error:
                self.message_user(request, f"{self.reference(refund)}: {error}", messages.ERROR)
            else:
                done += 1
        words = ngettext("%(count)d refund changed.", "%(count)d refunds changed.", done)
        self.message_user(request, words % {"count": done}, messages.SUCCESS if done else messages.WARNING)

    @admin.display(description=_("payment"))
    def reference(self, refund: Refund) -> str:
        return refund.attempt.payment.reference

    @admin.display(description=_("amount"), ordering="amount")
    def amount_text(self, refund: Refund) -> str:
        return format_money(refund.amount, refund.attempt.payment.currency)
