"""Users and professionals for IT administration; patients, read only, for medical administration."""

from __future__ import annotations

from typing import cast

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import services
from accounts.admin_access import RoleAdmin
from accounts.models import Patient, Professional, Role, User
from core.errors import DomainError


@admin.register(User)
class UserAdmin(RoleAdmin):
    managers = frozenset({Role.IT_ADMIN})
    list_display = ("email", "name", "role", "is_active", "last_login")
    list_filter = ("role", "is_active")
    search_fields = ("email", "name")
    ordering = ("email",)
    fields = ("email", "name", "role", "language", "timezone", "is_active", "last_login", "created_at")
    actions = ("activate", "deactivate")

    @admin.action(description=_("Activate"), permissions=["manage"])
    def activate(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._set_active(request, users, active=True)

    @admin.action(description=_("Deactivate, and sign out everywhere"), permissions=["manage"])
    def deactivate(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._set_active(request, users, active=False)

    def _set_active(self, request: HttpRequest, users: QuerySet[User], *, active: bool) -> None:
        done = 0
        for user in users:
            try:
                services.set_active(user_id=user.pk, active=active, by=cast(User, request.user))
            except DomainError as error:
                self.message_user(request, f"{user}: {error}", messages.ERROR)
            else:
                done += 1
        words = ngettext("%(count)d account changed.", "%(count)d accounts changed.", done)
        self.message_user(request, words % {"count": done}, messages.SUCCESS)


@admin.register(Professional)
class ProfessionalAdmin(RoleAdmin):
    readers = frozenset({Role.IT_ADMIN})
    list_display = ("name", "email", "city", "country", "timezone", "is_listed")
    list_filter = ("is_listed", "country", "specialties")
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
        "created_at",
    )

    @admin.display(description=_("e-mail"), ordering="user__email")
    def email(self, professional: Professional) -> str:
        return professional.user.email


@admin.register(Patient)
class PatientAdmin(RoleAdmin):
    readers = frozenset({Role.MEDICAL_ADMIN})
    list_display = ("name", "email", "phone", "practice", "created_at")
    list_display_links = ("name", "email")
    list_select_related = ("data_key", "professional")
    sortable_by = ("practice", "created_at")
    ordering = ("-created_at",)
    search_fields = ("email_index", "phone_index")
    search_help_text = _("The whole e-mail or the whole phone number")
    fields = ("name", "email", "phone", "practice", "account", "language", "timezone", "created_at")
    readonly_fields = ("practice", "account")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Patient]:
        found: QuerySet[Patient] = super().get_queryset(request)
        return found.filter(merged_into=None).select_related("data_key", "professional", "user")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Patient], search_term: str
    ) -> tuple[QuerySet[Patient], bool]:
        """Sealed values are found by their blind indexes."""
        if not search_term.strip():
            return queryset, False
        email = Q(email_index=Patient.index_of_email(search_term))
        phone = Q(phone_index=Patient.index_of_phone(search_term)) & ~Q(phone_index="")
        return queryset.filter(email | phone), False

    # Words, not links: the pages of professionals and users are not this role's.
    @admin.display(description=_("professional"), ordering="professional__name")
    def practice(self, patient: Patient) -> str:
        return patient.professional.name

    @admin.display(description=_("user"), empty_value="-")
    def account(self, patient: Patient) -> str | None:
        return patient.user.email if patient.user else None
