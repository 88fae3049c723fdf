"""A practice enters an appointment: what, when, for whom. The address holds ids and the time; who somebody new is, and
what is typed, only ever travels in a form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.models import Patient, Professional, User
from accounts.selectors import patient_of, search_patients
from accounts.services import account_of
from bookings import services
from bookings.domain.lifecycle_table import Status
from bookings.forms.consultations import PLEASE_TICK, HandTimeForm
from bookings.forms.new_consultation import PERSON, NewConsultationForm
from bookings.hindrances import Hindrances, hindrances
from bookings.models import Booking, BookingRequest, RequestStatus, Service
from bookings.selectors.memberships import member_terms
from bookings.selectors.requests import request_of
from bookings.services.booking import PatientDetails
from bookings.views.calendar import parse_start
from bookings.views.people import professional_only
from bookings.views.practice import actor_of, make_once, told
from bookings.views.practice_times import alternatives, is_unfit, practice_times
from core import audit
from core.errors import DomainError, Missing
from core.form_pages import read_or_send, status_of
from core.money import format_money
from core.templatetags.ui import start_text

# As many as fit on a phone; who is looked for among more is typed more of.
MOST_FOUND = 8
# Buttons that change the page but do not book.
LOOKING = ("search", "pick", "another")


@dataclass(frozen=True)
class Draft:
    """What the address says of the appointment so far."""

    professional: Professional
    patient: Patient | None
    wish: BookingRequest | None
    service: Service | None
    start: datetime | None

    def kept(self, *, without: str = "") -> dict[str, str]:
        """For an address that leads back here."""
        known = {
            "request": str(self.wish.pk) if self.wish else "",
            "patient": str(self.patient.pk) if self.patient else "",
            "service": str(self.service.pk) if self.service else "",
            "start": start_text(self.start) if self.start else "",
        }
        return {name: value for name, value in known.items() if value and name != without}

    def query(self, *, without: str = "") -> str:
        return urlencode(self.kept(without=without))


@never_cache
@professional_only
@read_or_send
def new_consultation(request: HttpRequest, professional: Professional) -> HttpResponse:
    offered = list(_services(professional))
    draft = _draft(request, professional, offered)
    if draft.wish and draft.wish.status != RequestStatus.PENDING:
        messages.error(request, _("This request has been answered already."))
        return redirect("doctor_requests")
    if draft.service is None:
        return _choose_service(request, draft, offered)
    if draft.start is None:
        return _choose_time(request, draft, draft.service)
    if request.method == "POST" and not any(button in request.POST for button in LOOKING):
        return _book(request, draft, draft.service, draft.start)
    return _details(request, draft, draft.service, draft.start, _form(draft, initial=_typed(request, draft)))


def _typed(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    """What stands in the form: what was typed, or what is likely."""
    typed: dict[str, Any] = request.POST.dict() if request.method == "POST" else {}
    if draft.patient and not draft.patient.email and (not typed or "pick" in typed):
        typed["pays_at_practice"] = True
    return {"language": draft.professional.user.language} | typed


def _services(professional: Professional) -> QuerySet[Service]:
    """What the practice can book: also what the public is not shown at the moment."""
    offered = Service.objects.filter(
        professional=professional, is_active=True, professional__policy__isnull=False
    )
    return offered.select_related("professional__policy", "professional__user")


def _draft(request: HttpRequest, professional: Professional, offered: list[Service]) -> Draft:
    """Raises Missing for ids that are not this practice's, Refused for a start that is none."""
    wish_id, patient_id, service_id = (_id(request, name) for name in ("request", "patient", "service"))
    wish = request_of(professional, wish_id) if wish_id else None
    patient = patient_of(professional, patient_id) if patient_id and not wish else None
    chosen = service_id or (wish.service_id if wish else None)
    service = next((one for one in offered if one.pk == chosen), None)
    if service_id and service is None:
        raise Missing(_("This service is not offered."))
    if service is None and len(offered) == 1:
        service = offered[0]
    start = parse_start(request.GET["start"]) if request.GET.get("start") else None
    return Draft(professional, patient, wish, service, start)


def _id(request: HttpRequest, name: str) -> UUID | None:
    try:
        return UUID(request.GET[name]) if request.GET.get(name) else None
    except ValueError:
        raise Missing from None


def _choose_service(request: HttpRequest, draft: Draft, offered: list[Service]) -> HttpResponse:
    """With how each fits, when the time is known already."""
    fits = hindrances(offered, draft.start) if draft.start else [Hindrances() for _one in offered]
    context = {"step": "service", "offers": list(zip(offered, fits, strict=True))}
    return _page(request, draft, context)


def _choose_time(request: HttpRequest, draft: Draft, service: Service) -> HttpResponse:
    by_hand, status = HandTimeForm(zone=service.professional.zone), 200
    if "date" in request.GET:
        by_hand = HandTimeForm(request.GET, zone=service.professional.zone)
        if by_hand.is_valid():
            return redirect(f"{request.path}?{draft.query()}&start={start_text(by_hand.start)}")
        status = 400
    times = practice_times(request, service, keep=draft.kept(), near=_wished(draft), wish=draft.wish)
    context = {"step": "time", "hand_form": by_hand, "carried": draft.kept().items()} | times
    return _page(request, draft, context, status=status)


def _wished(draft: Draft) -> datetime | None:
    """When the person who asked would like to come, if they said so and it is not past."""
    day = draft.wish.preferred_from if draft.wish else None
    if day is None or day < timezone.localdate():
        return None
    return datetime(day.year, day.month, day.day, tzinfo=draft.professional.zone)


def _form(draft: Draft, *args: Any, **options: Any) -> NewConsultationForm:
    without: tuple[str, ...] = PERSON if draft.patient or draft.wish else ()
    if draft.wish:
        without += ("reason",)  # their message says it
    person = draft.patient or draft.wish
    free = draft.service is not None and draft.service.is_free
    email = person.email if person else ""
    return NewConsultationForm(*args, without=without, is_free=free, known_email=email, **options)


def _book(request: HttpRequest, draft: Draft, service: Service, start: datetime) -> HttpResponse:
    (found,) = hindrances([service], start)
    form = _form(draft, request.POST, must_tick=found.may_be_overruled)
    if not form.is_valid():
        return _details(request, draft, service, start, form)

    def act() -> UUID:
        return _booked(draft, service, start, form.cleaned_data).pk

    try:
        booking_id = make_once(request, draft.professional, form, act)
    except DomainError as refusal:
        return _details(request, draft, service, start, form, refusal)
    booked = Booking.objects.select_related("patient__data_key", "membership__plan").get(pk=booking_id)
    messages.success(request, " ".join(filter(None, (_done(booked), _price_booked(booked)))))
    return redirect("consultation", booking_id=booking_id)


def _booked(draft: Draft, service: Service, start: datetime, typed: dict[str, Any]) -> Booking:
    terms = {
        "service": service,
        "starts_at": start,
        "actor": actor_of(draft.professional),
        "outside_hours": typed["outside_hours"],
        "pays_at_practice": typed["pays_at_practice"],
    }
    if draft.wish:
        return services.accept_request(request_id=draft.wish.pk, **terms)
    person = draft.patient or PatientDetails(
        name=typed["name"], email=typed["email"], phone=typed["phone"], language=typed["language"]
    )
    return services.book_by_hand(patient=person, reason=typed["reason"], **terms)


def _done(booking: Booking) -> str:
    if booking.status == Status.PENDING_PAYMENT:
        return _("The time is kept. The patient has been sent a link to pay.")
    return told(booking, _("Booked."))


def _price_booked(booking: Booking) -> str:
    """Who it is for decides the price, and is known for certain only now."""
    facts = {"price": format_money(booking.price, booking.currency)}
    if booking.membership is None:
        return "" if booking.is_free else _("It costs %(price)s.") % facts
    facts["plan"] = booking.membership.plan.name
    if booking.is_free:
        return _("It is included in the plan “%(plan)s”.") % facts
    return _("It costs %(price)s, the price of a member of “%(plan)s”.") % facts


def _details(
    request: HttpRequest,
    draft: Draft,
    service: Service,
    start: datetime,
    form: NewConsultationForm,
    refusal: DomainError | None = None,
) -> HttpResponse:
    """For whom, on what terms; what stands in the way of the time, and others where it cannot be had."""
    (found,) = hindrances([service], start)
    if refusal is not None and refusal.attr in form.fields:
        form.add_error(refusal.attr, str(refusal))
    elif refusal is not None and found.may_be_overruled:
        form.add_error("outside_hours", PLEASE_TICK)
    unfit = is_unfit(found, refusal)
    searched = form["q"].value() if "search" in request.POST and "q" in form.fields else ""
    results = search_patients(draft.professional, searched, limit=MOST_FOUND + 1) if searched else []
    if searched:
        audit.looks()
    terms = member_terms(user=_member(draft, request.POST), service=service, starts_at=start)
    context = {
        "step": "details",
        "form": form,
        "terms": terms,
        "price": terms.price if terms else service.price,
        "hindrances": found,
        "unfit": unfit,
        "refusal": refusal if refusal is not None and not found and not form.errors else None,
        "alternatives": alternatives(service, start) if unfit else [],
        "keep": draft.query(without="start"),
        "searched": searched,
        "results": results[:MOST_FOUND],
        "more": len(results) > MOST_FOUND,
        "without_patient": draft.query(without="patient"),
    }
    status = refusal.status if refusal else status_of(form)
    return _page(request, draft, context, status=status)


def _member(draft: Draft, typed: QueryDict) -> User | None:
    """By whose plans it may cost less: the account of the record that it will be booked for, as far as the person is
    chosen or typed."""
    if draft.patient is not None:
        return draft.patient.user
    wish = draft.wish
    name, email = (wish.name, wish.email) if wish else (typed.get("name", ""), typed.get("email", ""))
    asker = wish.user if wish else None
    return account_of(professional=draft.professional, name=name, email=email, user=asker)


def _page(request: HttpRequest, draft: Draft, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    start, service = draft.start and timezone.localtime(draft.start), draft.service
    context |= {
        "section": "consultations",
        "draft": draft,
        "patient": draft.patient,
        "wish": draft.wish,
        "service": service,
        "start": start,
        "end": start + timedelta(minutes=service.duration_minutes) if start and service else None,
        "zone": draft.professional.timezone,
        "query": draft.query(),
        "change_service": draft.query(without="service"),
        "change_time": draft.query(without="start"),
    }
    return render(request, "bookings/new_consultation.html", context, status=status)
