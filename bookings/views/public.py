"""The way from finding a professional to a booked time. Works without an account and without JavaScript."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Role
from accounts.selectors import listed_cities, listed_specialties, professional_by_slug
from bookings import selectors, services
from bookings.access import token_of
from bookings.discretion import discreet
from bookings.forms import DetailsForm, SearchForm
from bookings.lifecycle_table import HOLDING
from bookings.models import Booking, BookingPolicy, Channel, Service
from bookings.services.booking import PatientDetails
from bookings.showcase import find_professionals
from bookings.views.calendar import parse_start
from bookings.views.checkout import BOOKED, to_checkout
from bookings.views.choosing import about, time_choice
from bookings.views.limits import too_many
from bookings.views.zones import remember_zone, use_zone
from core.actor import Actor
from core.errors import DomainError

# Refusals that another time would cure: the form stays and offers the next ones.
TIME_CODES = frozenset({"slot_taken", "slot_not_available", "patient_busy"})
MOST_SHOWN = 60


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    search = SearchForm(request.GET)
    search.is_valid()
    wanted = {name: search.cleaned_data.get(name, "") for name in search.fields}
    found = find_professionals(
        query=wanted["q"], specialty=wanted["specialty"], city=wanted["city"], limit=MOST_SHOWN
    )
    context = {
        "found": found,
        "wanted": wanted,
        "searched": any(wanted.values()),
        "cities": listed_cities(),
        "specialties": listed_specialties(),
    }
    return render(request, "bookings/home.html", context)


@require_safe
def professional(request: HttpRequest, slug: str) -> HttpResponse:
    person = professional_by_slug(slug)
    use_zone(request, otherwise=person.zone)
    policy = BookingPolicy.objects.filter(professional=person).first()
    # Somebody new, whose practice is not set up yet, offers nothing.
    offered = list(selectors.services_of(person)) if policy else []
    soonest = selectors.next_free_slots(service=offered[0], count=1) if offered else []
    context = {
        "professional": person,
        "services": offered,
        "soonest": soonest[0] if soonest else None,
        "policy": policy,
    }
    return render(request, "bookings/professional.html", context)


@require_safe
def choose_time(request: HttpRequest, slug: str, service_slug: str) -> HttpResponse:
    service = selectors.active_service(slug, service_slug)
    zone = use_zone(request, otherwise=service.professional.zone)
    context = time_choice(request, service, zone)
    context["time_url"] = "book"
    return remember_zone(request, render(request, "bookings/choose_time.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, slug: str, service_slug: str) -> HttpResponse:
    """Details of the visitor, and the booking itself. The time is in the address, then in the form."""
    service = selectors.active_service(slug, service_slug)
    zone = use_zone(request, otherwise=service.professional.zone)
    if request.method == "POST" and "move_to" in request.POST:
        typed = DetailsForm(initial=request.POST.dict())
        return _details_page(request, service, parse_start(request.POST["move_to"]), typed)
    if request.method == "POST":
        return _book(request, service, zone)
    start = parse_start(request.GET.get("start", ""))
    form = DetailsForm(initial=_known_details(request))
    day = timezone.localdate(start, timezone=zone)
    if start in selectors.free_slots(service=service, first=day, last=day, zone=zone):
        return _details_page(request, service, start, form)
    if mine := _booked_here(request, service, start):
        return redirect("manage", token=token_of(mine))
    return _details_page(request, service, start, form, taken=True, status=409)


def _book(request: HttpRequest, service: Service, zone: ZoneInfo) -> HttpResponse:
    start = parse_start(request.POST.get("start", ""))
    form = DetailsForm(request.POST)
    if not form.is_valid():
        return _details_page(request, service, start, form, status=400)
    if mine := _booked_here(request, service, start):
        return to_checkout(request, mine)
    if too_many(request, group="book", rate="60/10m"):
        return render(request, "429.html", status=429)
    language = translation.get_language() or settings.LANGUAGE_CODE
    details = PatientDetails(**form.cleaned_data, language=language, timezone=zone.key)
    who = _who(request)
    try:
        with discreet(who["user"], details.email):
            booking = services.book(service=service, starts_at=start, patient=details, **who)
    except DomainError as error:
        form.add_error(None, str(error))
        taken = error.code in TIME_CODES
        return _details_page(request, service, start, form, taken=taken, status=error.status)
    return to_checkout(request, booking)


def _who(request: HttpRequest) -> dict[str, Any]:
    """Who books: a patient with an account, or a guest."""
    user = request.user
    if user.is_authenticated and user.role == Role.PATIENT:
        return {"actor": Actor("patient", user.pk), "user": user, "channel": Channel.ACCOUNT}
    return {"actor": Actor("patient"), "user": None, "channel": Channel.PUBLIC}


def _known_details(request: HttpRequest) -> dict[str, str]:
    user = request.user
    if user.is_authenticated and user.role == Role.PATIENT:
        return {"name": user.name, "email": user.email}
    return {}


def _booked_here(request: HttpRequest, service: Service, start: datetime) -> Booking | None:
    """This very time, booked by this browser before: the way back from the checkout must not read "taken"."""
    mine = selectors.whole_bookings().filter(pk__in=request.session.get(BOOKED, []))
    return mine.filter(service=service, starts_at=start, status__in=HOLDING).first()


def _details_page(
    request: HttpRequest,
    service: Service,
    start: datetime,
    form: DetailsForm,
    *,
    taken: bool = False,
    status: int = 200,
) -> HttpResponse:
    start = timezone.localtime(start)
    time_url = reverse("choose_time", args=[service.professional.slug, service.slug])
    context = about(service) | {
        "form": form,
        "start": start,
        "end": start + timedelta(minutes=service.duration_minutes),
        "taken": taken,
        "alternatives": _alternatives(service, start) if taken else [],
        "back_url": f"{time_url}?day={start:%Y-%m-%d}",
    }
    return render(request, "bookings/book.html", context, status=status)


def _alternatives(service: Service, start: datetime) -> list[datetime]:
    """The next free times after the one that was wanted, else from now on."""
    later = selectors.next_free_slots(service=service, count=6, after=start)
    return later or selectors.next_free_slots(service=service, count=6)
