"""Patients, for medical administration."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin_access import RoleAdmin
from accounts.models import Patient, Role


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
