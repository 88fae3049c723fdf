"""Requests for an appointment: staff turn them into one, or decline."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts.admin_lists import ByChoice, ByPastDay, ByProfessional, StaffList, badge, column, titled
from accounts.admin_verbs import verb
from bookings import services
from bookings.admin import times, words
from bookings.admin.bookings import STAFF, actor_of
from bookings.admin.forms import AcceptForm, ReasonForm
from bookings.models import BookingRequest, RequestStatus, Service
from bookings.selectors.found import cleaned, contact_of, professionals_named
from bookings.templatetags.booking_ui import wished_days
from payments.story import Line


def _waits(wish: BookingRequest) -> bool:
    return wish.status == RequestStatus.PENDING


@admin.register(BookingRequest)
class BookingRequestAdmin(StaffList):
    managers = STAFF
    menu_icon = "event_upcoming"
    verbs = ("decline",)
    list_display = ("asked", "state", "person", "practice", "service_name", "days", "expires")
    list_filter = (
        ("status", titled(ByChoice, gettext_lazy("state"))),
        ByProfessional,
        ("created_at", titled(ByPastDay, gettext_lazy("asked"))),
    )
    ordering = ("-created_at",)
    search_fields = ("professional__name",)
    search_help_text = gettext_lazy("Professional, or the whole e-mail of whoever asked")
    change_form_outer_after_template = "admin/bookings/request.html"
    # What people write is between them and the professional: it is not shown.
    fields = readonly_fields = (
        "state",
        "person",
        "email",
        "phone",
        "practice",
        "service_name",
        "days",
        "part",
        "booking_page",
        "asked",
        "expires",
        "answered",
    )
    asked = column("created_at", gettext_lazy("asked"), ordering=True)
    expires = column("expires_at", gettext_lazy("waits until"), ordering=True)
    answered = column("answered_at", gettext_lazy("answered"))
    part = column("part_of_day", gettext_lazy("part of the day"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[BookingRequest]:
        found: QuerySet[BookingRequest] = super().get_queryset(request)
        whole = found.select_related(
            "data_key", "professional__policy", "professional__user", "service", "booking"
        )
        return whole.defer("message", "closing_reason")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[BookingRequest], search_term: str
    ) -> tuple[QuerySet[BookingRequest], bool]:
        typed = cleaned(search_term)
        if not typed:
            return queryset, False
        by_professional = Q(professional_id__in=professionals_named(typed))
        return queryset.filter(contact_of(typed, phone=False) or by_professional), False

    def describe(self, wish: BookingRequest) -> str:
        return f"{wish.name} · {self.named_in_message(wish)}"

    def named_in_message(self, wish: BookingRequest) -> str:
        days = f"{wished_days(wish)}, {wish.get_part_of_day_display()}"
        return f"{wish.professional.name} · {wish.service.name} · {days}"

    @verb(
        gettext_lazy("Decline"),
        done=ngettext_lazy("%(count)d request declined.", "%(count)d requests declined.", "count"),
        asks=gettext_lazy("Whoever asked is told, with your reason. This cannot be undone."),
        form=ReasonForm,
        icon="block",
        dangerous=True,
        applies=_waits,
    )
    def decline(self, request: HttpRequest, wish: BookingRequest, *, reason: str) -> None:
        services.reject_request(request_id=wish.pk, actor=actor_of(request), reason=reason)

    # --- An appointment for it ---------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        page = path(
            "<path:object_id>/book/",
            self.admin_site.admin_view(self.book),
            name="bookings_bookingrequest_book",
        )
        return [page, *super().get_urls()]

    def book(self, request: HttpRequest, object_id: str) -> HttpResponse:
        wish = self.managed(request, object_id)
        if not _waits(wish):
            self.message_user(request, _("This request has been answered."), messages.ERROR)
            return redirect(self._page_of(wish))
        offered = list(
            Service.objects.filter(professional=wish.professional, is_active=True).order_by("name", "pk")
        )
        service = _chosen_service(request, wish, offered)
        choice = times.Choice(
            service,
            form=AcceptForm(request.POST or None),
            keep={"service": str(service.pk)},
            near=wish.preferred_from,
        )
        accept = partial(
            services.accept_request, request_id=wish.pk, service=service, actor=actor_of(request)
        )
        if choice.take(request, accept):
            self.message_user(request, _("The appointment is made, and the person told."), messages.SUCCESS)
            return redirect(self._page_of(wish))
        about = {
            "opts": self.opts,
            "original": wish,
            "about": self.describe(wish),
            "services": [(one, one.pk == service.pk) for one in offered],
            "do": _("Make this appointment"),
            "back": self._page_of(wish),
        }
        return choice.page(request, about, title=_("Make an appointment"))

    # --- One request -------------------------------------------------------------------------------

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        response = super().changeform_view(request, object_id, *args, **kwargs)
        wish = getattr(response, "context_data", {}).get("original")
        if wish is not None:
            if _waits(wish):
                response.context_data["verbs"].insert(0, _make_appointment(wish))
            response.context_data["history"] = _history_of(wish)
        return response

    @admin.display(description=gettext_lazy("state"), ordering="status")
    def state(self, wish: BookingRequest) -> str:
        return badge(wish.get_status_display(), words.TONES.get(wish.status, ""))

    @admin.display(description=gettext_lazy("name"))
    def person(self, wish: BookingRequest) -> str:
        return wish.name

    @admin.display(description=gettext_lazy("e-mail"))
    def email(self, wish: BookingRequest) -> str:
        return wish.email

    @admin.display(description=gettext_lazy("phone"))
    def phone(self, wish: BookingRequest) -> str:
        return wish.phone

    @admin.display(description=gettext_lazy("professional"), ordering="professional__name")
    def practice(self, wish: BookingRequest) -> str:
        return wish.professional.name

    @admin.display(description=gettext_lazy("service"))
    def service_name(self, wish: BookingRequest) -> str:
        return wish.service.name

    @admin.display(description=gettext_lazy("wished days"))
    def days(self, wish: BookingRequest) -> str:
        return wished_days(wish)

    @admin.display(description=gettext_lazy("appointment"), empty_value="-")
    def booking_page(self, wish: BookingRequest) -> str | None:
        if wish.booking is None:
            return None
        return words.link("bookings_booking", wish.booking.pk, wish.booking.reference)


def _make_appointment(wish: BookingRequest) -> tuple[dict[str, str | Promise], str]:
    address = reverse("admin:bookings_bookingrequest_book", args=[wish.pk])
    return {"label": _("Make an appointment"), "icon": "event_available"}, address


def _chosen_service(request: HttpRequest, wish: BookingRequest, offered: list[Service]) -> Service:
    """The one asked for (`?service=`), else the wished one, even where it is not offered any more: the verb says so."""
    asked = request.GET.get("service", str(wish.service_id))
    chosen = next((one for one in offered if str(one.pk) == asked), wish.service)
    chosen.professional = wish.professional
    return chosen


def _history_of(wish: BookingRequest) -> list[Line]:
    lines = [Line(wish.created_at, _("Asked for"))]
    if wish.answered_at:
        lines.insert(0, Line(wish.answered_at, capfirst(wish.get_status_display())))
    return lines
