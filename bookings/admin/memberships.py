"""Memberships, for medical administration to look at: who bought which plan, until when, and what was paid."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.admin_lists import ByPastDay, ByProfessional, BySelect, StaffList, badge, column, titled
from accounts.admin_search import SearchedList
from accounts.shown import note_shown
from bookings.admin import words
from bookings.admin.bookings import STAFF
from bookings.member_rows import account_name
from bookings.models import Membership, Plan
from bookings.plan_words import (
    STANDING_WORDS,
    Standing,
    left_words,
    months_words,
    standing_of,
    standing_rules,
)
from bookings.selectors.found import cleaned, membership_ids_meant
from bookings.selectors.memberships import SUBJECT, whats_left
from core.money import format_money
from payments.selectors import payment_of

TONES = {
    Standing.UNPAID: "warning",
    Standing.COMING: "info",
    Standing.RUNNING: "success",
    Standing.ENDED: "",
    Standing.CANCELLED: "",
    Standing.RETURNED: "danger",
}


class ByStanding(BySelect):
    title = gettext_lazy("state")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(standing), label) for standing, label in STANDING_WORDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> QuerySet[Membership]:
        rule = standing_rules(timezone.now()).get(self.value() or "")
        return queryset if rule is None else queryset.filter(rule)


class OfPractice(ByProfessional):
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.value()
        if not asked:
            return queryset
        known = super().queryset(request, Plan.objects.all())
        return queryset.filter(plan__in=known.values("pk"))


class _Noted(SearchedList):
    """Whoever is on the page learns that their name was seen."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        note_shown(row.user_id for row in self.result_list)


@admin.register(Membership)
class MembershipAdmin(StaffList):
    """Only to look at: money goes back on the page of the payment, and that ends the membership."""

    managers = STAFF
    menu_icon = "card_membership"
    list_display = ("person", "state", "plan_name", "practice", "starts", "ends")
    sortable_by = ("starts", "ends")
    list_filter = (ByStanding, OfPractice, ("created_at", titled(ByPastDay, gettext_lazy("asked for"))))
    ordering = ("-created_at",)
    search_fields = ("plan__name",)
    search_help_text = gettext_lazy("The whole e-mail of the member, the plan, or the professional")
    fields = readonly_fields = (
        "person",
        "email",
        "state",
        "plan_name",
        "practice",
        "lasts",
        "starts",
        "ends",
        "cancelled",
        "what_is_left",
        "payment_page",
        "bought",
    )
    starts = column("starts_at", gettext_lazy("from"), ordering=True)
    ends = column("ends_at", gettext_lazy("until"), ordering=True)
    cancelled = column("cancelled_at", gettext_lazy("money went back, or never came"))
    bought = column("created_at", gettext_lazy("asked for"), ordering=True)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        found: QuerySet[Membership] = super().get_queryset(request)
        return found.select_related("user", "plan__professional")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return _Noted

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Membership | None:
        membership: Membership | None = super().get_object(request, object_id, from_field)
        if membership is not None:
            note_shown([membership.user_id])
        return membership

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Membership], search_term: str
    ) -> tuple[QuerySet[Membership], bool]:
        typed = cleaned(search_term)
        return (queryset.filter(pk__in=membership_ids_meant(typed)) if typed else queryset), False

    def describe(self, membership: Membership) -> str:
        return f"{self.person(membership)} · {membership.plan.name}"

    @admin.display(description=gettext_lazy("member"))
    def person(self, membership: Membership) -> str:
        return account_name(membership.user)

    @admin.display(description=gettext_lazy("e-mail"), empty_value="-")
    def email(self, membership: Membership) -> str | None:
        return membership.user.mail_address or None

    @admin.display(description=gettext_lazy("state"))
    def state(self, membership: Membership) -> str:
        standing = standing_of(membership, timezone.now())
        return badge(STANDING_WORDS[standing], TONES[standing])

    @admin.display(description=gettext_lazy("plan"))
    def plan_name(self, membership: Membership) -> str:
        return membership.plan.name

    @admin.display(description=gettext_lazy("professional"))
    def practice(self, membership: Membership) -> str:
        return membership.plan.professional.name

    @admin.display(description=gettext_lazy("price and time"))
    def lasts(self, membership: Membership) -> str:
        plan = membership.plan
        return f"{format_money(plan.price, plan.currency)}, {months_words(plan.months)}"

    @admin.display(description=gettext_lazy("what is left"))
    def what_is_left(self, membership: Membership) -> str:
        rows = whats_left([membership])[membership.pk]
        return "; ".join(f"{one.included.service.name}: {left_words(one)}" for one in rows)

    @admin.display(description=gettext_lazy("payment"), empty_value="-")
    def payment_page(self, membership: Membership) -> str | None:
        payment = payment_of(SUBJECT, membership.pk)
        return words.link("payments_payment", payment.pk, payment.reference) if payment else None
