"""Professionals, for IT administration."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from unfold.decorators import display

from accounts import services
from accounts.account_state import PracticeState, practice_state_of, practices_in_state
from accounts.admin.base import IT, link_to
from accounts.admin_lists import ByChoice, BySelect, StaffList, badge, column
from accounts.admin_verbs import verb
from accounts.models import Professional

_COLOURS = {
    PracticeState.LISTED: "success",
    PracticeState.WAITING: "warning",
    PracticeState.HIDDEN: "info",
    PracticeState.CLOSED: "danger",
}


class ByApproval(BySelect):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(state.value, state.label) for state in PracticeState]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Professional]) -> QuerySet[Professional]:
        state = self.value()
        return practices_in_state(queryset, state) if state else queryset


@admin.register(Professional)
class ProfessionalAdmin(StaffList):
    managers = IT
    menu_icon = "stethoscope"
    list_display = ("who", "state", "licence", "place", "created")
    list_filter = (ByApproval, ("country", ByChoice))
    list_select_related = ("user",)
    search_fields = ("name", "slug", "user__email", "licence")
    search_help_text = _("Name, e-mail or licence")
    # Whoever waits comes first.
    ordering = (F("approved_at").desc(nulls_first=True), "name", "pk")
    readonly_fields = ("state", "account", "approved", "created")
    fields = (
        "name",
        "slug",
        "state",
        "account",
        "specialties",
        "licence",
        "bio",
        "city",
        "country",
        "address",
        "languages",
        "timezone",
        "approved",
        "created",
    )
    approved = column("approved_at", _("approved"))
    created = column("created_at", _("created"), ordering=True)
    verbs = ("approve",)

    @verb(
        _("Approve: patients find and book them"),
        done=ngettext_lazy("%(count)d professional approved.", "%(count)d professionals approved.", "count"),
        icon="verified",
        applies=lambda professional: professional.approved_at is None,
    )
    def approve(self, request: HttpRequest, professional: Professional) -> None:
        services.approve_professional(professional_id=professional.pk)

    def describe(self, row: Any) -> str:
        email = row.user.mail_address
        return f"{row.name} <{email}>" if email else str(row.name)

    @display(description=_("professional"), ordering="name", header=True)
    def who(self, professional: Professional) -> list[str]:
        return [professional.name, professional.user.mail_address]

    @admin.display(description=_("state"))
    def state(self, professional: Professional) -> str:
        state = practice_state_of(professional)
        return badge(state.label, _COLOURS[state])

    @admin.display(description=_("city"), ordering="city")
    def place(self, professional: Professional) -> str:
        return ", ".join(filter(None, (professional.city, professional.country)))

    @admin.display(description=_("account"))
    def account(self, professional: Professional) -> str:
        words = professional.user.mail_address or str(_("Deleted account"))
        return link_to(reverse("admin:accounts_user_change", args=[professional.user.pk]), words)
