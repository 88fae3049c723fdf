"""Bookings for medical administration, read only: the verbs are the domain's."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin_access import RoleAdmin, RoleInline
from accounts.models import Patient, Role
from bookings.models import Booking, BookingEvent, BookingRequest
from bookings.views import statistics  # noqa: F401  (its pages are in the admin)
from core.money import format_money

READERS = frozenset({Role.MEDICAL_ADMIN})


class BookingEventInline(RoleInline):
    model = BookingEvent
    readers = READERS
    fields = readonly_fields = ("created_at", "verb", "from_status", "to_status", "actor_kind")
    verbose_name_plural = _("History")


@admin.register(Booking)
class BookingAdmin(RoleAdmin):
    readers = READERS
    list_display = (
        "reference",
        "status",
        "starts_at",
        "patient_name",
        "practice",
        "service",
        "price_text",
    )
    list_filter = ("status", "modality", "starts_at")
    list_select_related = ("patient__data_key", "professional", "service")
    date_hierarchy = "starts_at"
    ordering = ("-starts_at",)
    search_fields = ("reference", "professional__name")
    search_help_text = _("Reference, professional, or the whole e-mail of the patient")
    inlines = (BookingEventInline,)
    # What people write as reasons is between them and the professional: it is not shown.
    fields = readonly_fields = (
        "reference",
        "status",
        "patient_name",
        "practice",
        "service",
        "modality",
        "starts_at",
        "ends_at",
        "price_text",
        "channel",
        "cancelled_by",
        "absent",
        "notice_hours",
        "created_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Booking]:
        found: QuerySet[Booking] = super().get_queryset(request)
        return found.select_related("patient__data_key", "professional", "service")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Booking], search_term: str
    ) -> tuple[QuerySet[Booking], bool]:
        """A whole e-mail is found by its blind index, all else as written."""
        if "@" in search_term:
            return queryset.filter(patient__email_index=Patient.index_of_email(search_term)), False
        found: tuple[QuerySet[Booking], bool] = super().get_search_results(request, queryset, search_term)
        return found

    @admin.display(description=_("patient"))
    def patient_name(self, booking: Booking) -> str:
        return booking.patient.name

    @admin.display(description=_("professional"), ordering="professional__name")
    def practice(self, booking: Booking) -> str:
        return booking.professional.name

    @admin.display(description=_("price"))
    def price_text(self, booking: Booking) -> str:
        return format_money(booking.price, booking.currency)


@admin.register(BookingRequest)
class BookingRequestAdmin(RoleAdmin):
    readers = READERS
    list_display = ("created_at", "status", "person", "practice", "service", "expires_at")
    list_filter = ("status", "created_at")
    list_select_related = ("data_key", "professional", "service")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    search_fields = ("professional__name",)
    search_help_text = _("Professional, or the whole e-mail of whoever asked")
    # What people write is between them and the professional: it is not shown.
    fields = readonly_fields = (
        "status",
        "person",
        "practice",
        "service",
        "preferred_from",
        "preferred_until",
        "part_of_day",
        "booking",
        "created_at",
        "expires_at",
        "answered_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[BookingRequest]:
        found: QuerySet[BookingRequest] = super().get_queryset(request)
        return found.select_related("data_key", "professional", "service", "booking")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[BookingRequest], search_term: str
    ) -> tuple[QuerySet[BookingRequest], bool]:
        """A whole e-mail is found by its blind index, all else as written."""
        if "@" in search_term:
            return queryset.filter(email_index=Patient.index_of_email(search_term)), False
        found: tuple[QuerySet[BookingRequest], bool] = super().get_search_results(
            request, queryset, search_term
        )
        return found

    @admin.display(description=_("name"))
    def person(self, wish: BookingRequest) -> str:
        return wish.name

    @admin.display(description=_("professional"), ordering="professional__name")
    def practice(self, wish: BookingRequest) -> str:
        return wish.professional.name
