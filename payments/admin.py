"""Payments for medical administration, read only: money moves by the gateways' word alone."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin_access import RoleAdmin, RoleInline
from accounts.models import Role
from core.money import format_money
from payments.models import Attempt, Payment, Refund

READERS = frozenset({Role.MEDICAL_ADMIN})


class AttemptInline(RoleInline):
    model = Attempt
    readers = READERS
    fields = readonly_fields = ("reference", "gateway", "status", "created_at")
    verbose_name_plural = _("Checkouts")


@admin.register(Payment)
class PaymentAdmin(RoleAdmin):
    readers = READERS
    list_display = ("reference", "status", "amount_text", "subject_type", "paid_at", "created_at")
    list_filter = ("status", "currency", "created_at")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
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

    @admin.display(description=_("amount"), ordering="amount")
    def amount_text(self, payment: Payment) -> str:
        return format_money(payment.amount, payment.currency)


@admin.register(Refund)
class RefundAdmin(RoleAdmin):
    readers = READERS
    list_display = ("reference", "status", "amount_text", "reason", "due_at", "done_at")
    list_filter = ("status",)
    list_select_related = ("attempt__payment",)
    ordering = ("-created_at",)
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

    @admin.display(description=_("payment"))
    def reference(self, refund: Refund) -> str:
        return refund.attempt.payment.reference

    @admin.display(description=_("amount"), ordering="amount")
    def amount_text(self, refund: Refund) -> str:
        return format_money(refund.amount, refund.attempt.payment.currency)
