"""A practice's bookings: the list with its filters, and everything about one of them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Professional
from accounts.selectors import patient_of
from bookings import selectors, services
from bookings.access import join_state
from bookings.domain.lifecycle_table import Status
from bookings.forms import ReasonForm
from bookings.forms.consultations import LATEST, ConsultationFilter, NotesForm
from bookings.groups import Group, in_group
from bookings.history import history_of
from bookings.models import Booking, Service
from bookings.services.money import SUBJECT
from bookings.services.moving import may_move
from bookings.views.doctor import Row
from bookings.views.fresh import answer_if_changed, version_of
from bookings.views.people import professional_only
from bookings.views.practice import actor_of, came_from, own_booking
from core.errors import DomainError
from core.form_pages import read_or_send
from payments.selectors import has_open_question, owed_back, payment_of, was_declined

PER_PAGE = 25
DAY = timedelta(days=1)


@never_cache
@professional_only
@require_safe
def consultations(request: HttpRequest, professional: Professional) -> HttpResponse:
    """All bookings of the practice, narrowed and ordered as the address says. A constant number of queries."""
    now = timezone.now()
    form = ConsultationFilter(request.GET, services=Service.objects.filter(professional=professional))
    form.is_valid()
    wanted = form.cleaned_data
    patient = patient_of(professional, wanted["patient"]) if wanted.get("patient") else None
    group = wanted.get("group") or (Group.ALL if _narrows(wanted) else Group.COMING)
    mine = selectors.bookings_of_professional(professional.user)
    latest_first = wanted.get("order", "") == LATEST or (not wanted.get("order") and not group.looks_ahead)
    order = ("-starts_at", "-id") if latest_first else ("starts_at", "id")
    found = _narrowed(mine, wanted, professional).filter(in_group(group, now)).order_by(*order)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    counts = _counts(mine, now)
    kept = {name: value for name in form.fields if (value := request.GET.get(name, "")) and name != "group"}
    context = {
        "section": "consultations",
        "form": form,
        "group": group,
        "tabs": [(one, counts.get(one), urlencode({"group": one.value, **kept})) for one in Group],
        "patient": patient,
        "narrowed": _narrows(wanted) or bool(form.errors),
        "opened": bool(form.errors or any(kept.get(name) for name in ("service", "first", "last", "order"))),
        "rows": [(booking, join_state(booking, now)) for booking in page],
        "page": page,
        "query": urlencode({"group": group.value, **kept}),
        "without_patient": urlencode({"group": group.value, **kept, "patient": ""}),
        "waiting_count": counts[Group.TO_ANSWER],
        "now": now,
        "zone": professional.timezone,
    }
    return render(request, "bookings/consultations.html", context)


def _narrows(wanted: dict[str, Any]) -> bool:
    return any(wanted.get(name) for name in ("patient", "service", "first", "last"))


def _narrowed(
    found: QuerySet[Booking], wanted: dict[str, Any], professional: Professional
) -> QuerySet[Booking]:
    """Days are the practice's own."""
    if patient := wanted.get("patient"):
        found = found.filter(patient_id=patient)
    if service := wanted.get("service"):
        found = found.filter(service=service)
    if first := wanted.get("first"):
        found = found.filter(starts_at__gte=_midnight(first, professional))
    if last := wanted.get("last"):
        found = found.filter(starts_at__lt=_midnight(last + DAY, professional))
    return found


def _midnight(day: date, professional: Professional) -> datetime:
    return datetime.combine(day, time(0), professional.zone)


def _counts(mine: QuerySet[Booking], now: datetime) -> dict[Group, int]:
    """How many wait for the practice to do something."""
    asked = (Group.TO_ANSWER, Group.TO_CLOSE)
    open_ones = mine.filter(status__in=[Status.WAITING_FOR_PROFESSIONAL, Status.CONFIRMED]).order_by()
    found = open_ones.aggregate(**{group.value: Count("pk", filter=in_group(group, now)) for group in asked})
    return {group: found[group.value] for group in asked}


@never_cache
@professional_only
@read_or_send
def consultation(request: HttpRequest, professional: Professional, booking_id: UUID) -> HttpResponse:
    """Everything about one booking, and its notes, which this address takes (POST)."""
    booking, before = own_booking(professional, booking_id), came_from(request)
    here = request.path + (f"?{urlencode({'next': before})}" if before else "")
    page = {"came_from": before, "here": here}
    if request.method != "POST":
        context = page | _all_about(booking, professional, NotesForm(initial={"notes": booking.notes}))
        return answer_if_changed(request, "bookings/consultation.html", context)
    form = NotesForm(request.POST)
    if form.is_valid():
        try:
            services.change_booking(
                booking_id=booking.pk, actor=actor_of(professional), notes=form.cleaned_data["notes"]
            )
        except DomainError as error:
            form.add_error("notes", str(error))
        else:
            messages.success(request, _("Your notes are saved."))
            return redirect(here)
    context = page | _all_about(booking, professional, form)
    return render(request, "bookings/consultation.html", context, status=400)


def _all_about(booking: Booking, professional: Professional, form: NotesForm) -> dict[str, Any]:
    now = timezone.now()
    row, can_move = Row.of(booking, now), may_move(booking, "professional", now)
    history = history_of(booking, professional.user_id)
    money = money_of(booking)
    seen = money["payment"] and money["payment"].status, money["owed_back"], money["open_question"]
    return {
        "section": "consultations",
        "booking": booking,
        "professional": professional,
        "row": row,
        "join": join_state(booking, now),
        "can_move": can_move,
        "can_answer": booking.status == Status.WAITING_FOR_PROFESSIONAL and now < booking.ends_at,
        "zone": professional.timezone,
        "other_zone": other_zone(booking),
        "history": history,
        "notes_form": form,
        "reason_form": ReasonForm(),
        "now": now,
        "version": version_of([booking], row.verbs, can_move, len(history), seen),
    } | money


def money_of(booking: Booking) -> dict[str, Any]:
    """What is known of the booking's money, for the words about it."""
    payment = payment_of(SUBJECT, booking.pk) if booking.is_paid_online else None
    return {
        "payment": payment,
        "owed_back": owed_back(payment) if payment else None,
        "open_question": payment is not None and has_open_question(payment),
        "declined": payment is not None and was_declined(payment),
    }


def other_zone(booking: Booking) -> str:
    """The patient's zone, when its clocks show another time than the practice's at that moment; else ''."""
    name = booking.timezone or booking.patient.timezone
    if not name:
        return ""
    theirs = timezone.localtime(booking.starts_at, ZoneInfo(name)).utcoffset()
    return name if theirs != timezone.localtime(booking.starts_at).utcoffset() else ""
