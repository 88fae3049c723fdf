"""Bookings for medical administration: everything that staff need to see, and the domain's verbs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts.admin_lists import (
    ByChoice,
    ByDay,
    ByProfessional,
    StaffList,
    badge,
    column,
    in_short,
    titled,
    unbroken,
)
from accounts.admin_verbs import verb
from accounts.models import Role
from bookings import services
from bookings.admin import in_file, times, words
from bookings.admin.forms import CancelForm, MoveForm, ReasonForm
from bookings.domain.lifecycle_table import Status, sources
from bookings.models import Booking, CancelledBy
from bookings.selectors import whole_bookings
from bookings.selectors.found import bookings_meant, cleaned
from bookings.services.closing import may_cancel
from bookings.services.meeting import may_finish_by_hand, may_mark_no_show
from bookings.services.moving import may_move
from bookings.services.taking import as_booked
from core.actor import Actor
from core.money import format_money

STAFF = frozenset({Role.MEDICAL_ADMIN})
# What people write as reasons and notes is between them and the professional: it is neither shown nor opened.
UNREAD = ("reason", "notes", "closing_reason", "move_reason", "patient__notes")
_CHANGED = ngettext_lazy("%(count)d appointment changed.", "%(count)d appointments changed.", "count")


def actor_of(request: HttpRequest) -> Actor:
    return Actor("staff", request.user.pk)


def _may_accept(booking: Booking) -> bool:
    return booking.status in sources("accept") and timezone.now() < booking.ends_at


def _may_finish(booking: Booking) -> bool:
    return booking.status == Status.IN_PROGRESS or may_finish_by_hand(booking, timezone.now())


@admin.register(Booking)
class BookingAdmin(StaffList):
    managers = STAFF
    menu_icon = "event"
    verbs = ("accept", "reject", "cancel", "mark_no_show", "finish")
    list_display = ("reference_text", "state", "when", "patient_name", "practice", "price_text")
    list_filter = (
        ("status", titled(ByChoice, gettext_lazy("state"))),
        ("modality", titled(ByChoice, gettext_lazy("how"))),
        ByProfessional,
        ("starts_at", titled(ByDay, gettext_lazy("day"))),
    )
    ordering = ("-starts_at",)
    search_fields = ("reference",)
    search_help_text = gettext_lazy(
        "Reference, professional, whole e-mail or phone; a name, once a professional is chosen in the filters"
    )
    list_after_template = "admin/export.html"
    csv_name = "bookings"
    csv_header = in_file.HEADER
    change_form_outer_after_template = "admin/bookings/story.html"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("reference_text", "state"),
                    ("when", "minutes"),
                    ("service_name", "modality_text"),
                    ("practice", "channel_text"),
                    "created",
                )
            },
        ),
        (
            gettext_lazy("Patient"),
            {"fields": ("patient_page", ("patient_email", "patient_phone"), "language_text")},
        ),
    )
    readonly_fields = (
        "reference_text",
        "state",
        "when",
        "minutes",
        "service_name",
        "modality_text",
        "practice",
        "channel_text",
        "created",
        "patient_page",
        "patient_email",
        "patient_phone",
        "language_text",
    )
    modality_text = column("modality", gettext_lazy("how"))
    channel_text = column("channel", gettext_lazy("booked by way of"))
    language_text = column("language", gettext_lazy("language"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Booking]:
        return whole_bookings().defer(*UNREAD)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Booking], search_term: str
    ) -> tuple[QuerySet[Booking], bool]:
        typed = cleaned(search_term)
        return (
            queryset.filter(bookings_meant(typed, self.practice_of(request))) if typed else queryset
        ), False

    def describe(self, booking: Booking) -> str:
        with timezone.override(booking.professional.zone):
            when = in_short(booking.starts_at)
        return f"{booking.reference} · {booking.patient.name} · {booking.professional.name} · {when}"

    def named_in_message(self, booking: Booking) -> str:
        return booking.reference

    # --- Verbs -------------------------------------------------------------------------------------

    @verb(
        gettext_lazy("Accept for the professional"),
        done=_CHANGED,
        asks=gettext_lazy("The appointment is confirmed, and the patient is told at once."),
        icon="check_circle",
        applies=_may_accept,
    )
    def accept(self, request: HttpRequest, booking: Booking) -> None:
        services.accept(booking_id=booking.pk, actor=actor_of(request))

    @verb(
        gettext_lazy("Decline"),
        done=_CHANGED,
        asks=gettext_lazy(
            "The time is free again, what was paid goes back in full, and the patient is told."
        ),
        form=ReasonForm,
        icon="block",
        dangerous=True,
        applies=lambda booking: booking.status in sources("reject"),
    )
    def reject(self, request: HttpRequest, booking: Booking, *, reason: str) -> None:
        services.reject(booking_id=booking.pk, actor=actor_of(request), reason=reason)

    @verb(
        gettext_lazy("Cancel the appointment"),
        done=_CHANGED,
        asks=gettext_lazy(
            "The time is free again, what was paid goes back in full, and both sides are told. This cannot be undone."
        ),
        form=CancelForm,
        icon="event_busy",
        dangerous=True,
        applies=lambda booking: may_cancel(booking, CancelledBy.STAFF, timezone.now()),
    )
    def cancel(self, request: HttpRequest, booking: Booking, *, reason: str) -> None:
        services.cancel(booking_id=booking.pk, actor=actor_of(request), reason=reason)

    @verb(
        gettext_lazy("The patient did not come"),
        done=_CHANGED,
        asks=gettext_lazy("The appointment is closed, and what was paid stays paid. This cannot be undone."),
        icon="person_off",
        dangerous=True,
        applies=lambda booking: may_mark_no_show(booking, timezone.now()),
    )
    def mark_no_show(self, request: HttpRequest, booking: Booking) -> None:
        services.mark_no_show(booking_id=booking.pk, actor=actor_of(request))

    @verb(
        gettext_lazy("It took place"),
        done=_CHANGED,
        asks=gettext_lazy("The appointment is completed. A meeting that is running ends for both sides."),
        icon="task_alt",
        applies=_may_finish,
    )
    def finish(self, request: HttpRequest, booking: Booking) -> None:
        services.finish(booking_id=booking.pk, actor=actor_of(request))

    # --- Another time ------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        page = path(
            "<path:object_id>/reschedule/",
            self.admin_site.admin_view(self.reschedule),
            name="bookings_booking_reschedule",
        )
        return [page, *super().get_urls()]

    def more_verbs(self, booking: Booking) -> Iterator[tuple[dict[str, str | Promise], str]]:
        if may_move(booking, CancelledBy.STAFF, timezone.now()):
            address = reverse("admin:bookings_booking_reschedule", args=[booking.pk])
            yield {"label": _("Move to another time"), "icon": "event_repeat"}, address

    def reschedule(self, request: HttpRequest, object_id: str) -> HttpResponse:
        booking = self.managed(request, object_id)
        page = self._page_of(booking)
        if not may_move(booking, CancelledBy.STAFF, timezone.now()):
            self.message_user(request, _("This appointment cannot be moved any more."), messages.ERROR)
            return redirect(page)
        choice = times.Choice(as_booked(booking), form=MoveForm(request.POST or None), moved=booking)
        move = partial(services.reschedule, booking_id=booking.pk, actor=actor_of(request))
        if choice.take(request, move):
            self.message_user(request, _("Moved. The patient has been told."), messages.SUCCESS)
            return redirect(page)
        about = {"opts": self.opts, "original": booking, "about": self.describe(booking), "back": page}
        title = _("Move to another time")
        return choice.page(request, about | {"do": _("Move to this time")}, title=title)

    # --- One booking -------------------------------------------------------------------------------

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        response = super().changeform_view(request, object_id, *args, **kwargs)
        booking = getattr(response, "context_data", {}).get("original")
        if booking is not None:
            response.context_data["verbs"] += self.more_verbs(booking)
            response.context_data |= {"history": words.history_of(booking), "stays": words.stays_of(booking)}
            response.context_data |= words.money_of(booking)
        return response

    @admin.display(description=gettext_lazy("reference"), ordering="reference")
    def reference_text(self, booking: Booking) -> str:
        return unbroken(booking.reference)

    @admin.display(description=gettext_lazy("state"), ordering="status")
    def state(self, booking: Booking) -> str:
        return badge(booking.get_status_display(), words.TONES.get(booking.status, ""))

    @admin.display(description=gettext_lazy("when"), ordering="starts_at")
    def when(self, booking: Booking) -> str:
        return words.moment(booking.starts_at, booking.professional)

    @admin.display(description=gettext_lazy("booked"))
    def created(self, booking: Booking) -> str:
        return words.moment(booking.created_at, booking.professional)

    @admin.display(description=gettext_lazy("minutes"))
    def minutes(self, booking: Booking) -> int:
        return booking.duration_minutes

    @admin.display(description=gettext_lazy("patient"))
    def patient_name(self, booking: Booking) -> str:
        return booking.patient.name

    @admin.display(description=gettext_lazy("patient"))
    def patient_page(self, booking: Booking) -> str:
        return words.patient_link(booking.patient)

    @admin.display(description=gettext_lazy("e-mail"))
    def patient_email(self, booking: Booking) -> str:
        return booking.patient.email

    @admin.display(description=gettext_lazy("phone"))
    def patient_phone(self, booking: Booking) -> str:
        return booking.patient.phone

    # Words, not links: the pages of professionals are not this role's.
    @admin.display(description=gettext_lazy("professional"), ordering="professional__name")
    def practice(self, booking: Booking) -> str:
        return booking.professional.name

    @admin.display(description=gettext_lazy("service"))
    def service_name(self, booking: Booking) -> str:
        return booking.service.name

    @admin.display(description=gettext_lazy("price"), ordering="price")
    def price_text(self, booking: Booking) -> str:
        return format_money(booking.price, booking.currency)

    # --- CSV ---------------------------------------------------------------------------------------

    def csv_rows(self, rows: QuerySet[Booking]) -> Iterator[list[Any]]:
        return in_file.rows_of(rows)
