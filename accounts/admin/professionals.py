"""Professionals, for IT administration."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts import services
from accounts.admin.base import IT
from accounts.admin_verbs import VerbAdmin, verb
from accounts.models import Professional


@admin.register(Professional)
class ProfessionalAdmin(VerbAdmin):
    managers = IT
    list_display = ("name", "email", "licence", "city", "country", "approved_at", "is_listed")
    list_filter = (("approved_at", admin.EmptyFieldListFilter), "is_listed", "country", "specialties")
    list_select_related = ("user",)
    search_fields = ("name", "slug", "user__email", "licence")
    fields = (
        "name",
        "slug",
        "user",
        "specialties",
        "licence",
        "bio",
        "city",
        "country",
        "address",
        "languages",
        "timezone",
        "is_listed",
        "approved_at",
        "created_at",
    )
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
        return f"{row.name} <{row.user.email}>"

    @admin.display(description=_("e-mail"), ordering="user__email")
    def email(self, professional: Professional) -> str:
        return professional.user.email
