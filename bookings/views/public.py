"""The way from finding a professional to a booked time. Works without an account and without JavaScript."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.selectors import listed_cities, listed_specialties, professional_by_slug
from bookings import selectors, services
from bookings.access import token_of
from bookings.discretion import discreet
from bookings.domain.lifecycle_table import HOLDING
from bookings.domain.slots import Refusal
from bookings.forms import DetailsForm, SearchForm
from bookings.models import Booking, BookingPolicy, Service
from bookings.selectors.memberships import member_terms, offered_plans, terms_by_service
from bookings.selectors.showcase import find_professionals
from bookings.services.booking import PatientDetails, require_open
from bookings.services.taking import require_free
from bookings.views.calendar import parse_start
from bookings.views.checkout import BOOKED, to_checkout
from bookings.views.choosing import about, time_choice
from bookings.views.search import Search, soonest_of
from bookings.views.zones import remember_zone, use_zone, zone_of
from core.errors import DomainError
from core.form_pages import read_or_send, status_of
from core.limits import public_write, require_within

# Refusals that another time would cure: the form stays and offers the next ones.
TIME_CODES = frozenset({"slot_taken", "slot_not_available", "patient_busy"})
# Refusals that no time would cure: there is no form to fill in.
DOOR_CODES = frozenset({Refusal.BOOKING_CLOSED.value, Refusal.PATIENTS_ONLY.value})
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
    asker = _asker(request)
    soonest = soonest_of(offered, asker=asker)
    terms = terms_by_service(user=asker, services=offered)
    context = {
        "professional": person,
        "offers": [(one, soonest.get(one.pk), terms.get(one.pk)) for one in offered],
        "plans": offered_plans(person),
        "closed": selectors.door(offered[0].professional, asker) if offered else None,
        "policy": policy,
        "asker": asker,
    }
    return render(request, "bookings/professional.html", context)


@require_safe
def choose_time(request: HttpRequest, slug: str, service_slug: str) -> HttpResponse:
    service = selectors.active_service(slug, service_slug)
    zone = zone_of(request, practice=service.professional.zone, modality=service.modality)
    asker = _asker(request)
    context = {"closed": selectors.door(service.professional, asker), "asker": asker}
    if not context["closed"]:
        context |= time_choice(request, Search(service, zone, asker)) | {"time_url": "book"}
    # Which time it will be is not known yet: of what holds now the card says until when.
    context |= about(service, member_terms(user=asker, service=service, starts_at=timezone.now()))
    return remember_zone(request, render(request, "bookings/choose_time.html", context))


@read_or_send
@public_write
def book(request: HttpRequest, slug: str, service_slug: str) -> HttpResponse:
    """Details of the visitor, and the booking itself. The time stands in the address, whatever is typed."""
    service = selectors.active_service(slug, service_slug)
    zone = zone_of(request, practice=service.professional.zone, modality=service.modality)
    start = parse_start(request.GET.get("start", ""))
    if request.method == "POST" and "another" not in request.POST:
        return _book(request, service, start, zone)
    # Another time was pressed: what was typed comes along.
    known = request.POST.dict() if request.method == "POST" else _known_details(request)
    form = DetailsForm(initial=known)
    try:
        require_open(service, _asker(request))
        require_free(service, start)
    except DomainError as refusal:
        if mine := _booked_here(request, service, start):
            return redirect("manage", token=token_of(mine))
        return _details_page(request, service, start, form, refusal)
    return _details_page(request, service, start, form)


def _book(request: HttpRequest, service: Service, start: datetime, zone: ZoneInfo) -> HttpResponse:
    form = DetailsForm(request.POST)
    if not form.is_valid():
        return _details_page(request, service, start, form)
    if mine := _booked_here(request, service, start):
        return to_checkout(request, mine)
    require_within(request, group="book", rate="60/10m")
    language = translation.get_language() or settings.LANGUAGE_CODE
    details = PatientDetails(**form.cleaned_data, language=language, timezone=zone.key)
    who = services.who_books(request.user)
    try:
        with discreet(who["user"], details.email):
            booking = services.book(service=service, starts_at=start, patient=details, **who)
    except DomainError as refusal:
        return _details_page(request, service, start, form, refusal)
    return to_checkout(request, booking)


def _asker(request: HttpRequest) -> User | None:
    """The account that would book: staff and professionals look around as guests."""
    return services.who_books(request.user)["user"]


def _known_details(request: HttpRequest) -> dict[str, str]:
    user = _asker(request)
    return {"name": user.name, "email": user.email} if user else {}


def _booked_here(request: HttpRequest, service: Service, start: datetime) -> Booking | None:
    """This very time, booked by this browser before: the way back from the checkout must not read "taken"."""
    mine = selectors.whole_bookings().filter(pk__in=request.session.get(BOOKED, []))
    return mine.filter(service=service, starts_at=start, status__in=HOLDING).first()


def _details_page(
    request: HttpRequest,
    service: Service,
    start: datetime,
    form: DetailsForm,
    refusal: DomainError | None = None,
) -> HttpResponse:
    if refusal is not None and refusal.code in DOOR_CODES:
        closed = about(service) | {"closed": refusal.code, "asker": _asker(request)}
        return render(request, "bookings/choose_time.html", closed, status=refusal.status)
    taken = refusal is not None and refusal.code in TIME_CODES
    start = timezone.localtime(start)
    time_url = reverse("choose_time", args=[service.professional.slug, service.slug])
    terms = member_terms(user=_asker(request), service=service, starts_at=start)
    context = about(service, terms) | {
        "form": form,
        "start": start,
        "refusal": refusal,
        "end": start + timedelta(minutes=service.duration_minutes),
        "taken": taken,
        "alternatives": _alternatives(request, service, start) if taken else [],
        "back_url": f"{time_url}?day={start:%Y-%m-%d}",
    }
    status = refusal.status if refusal else status_of(form)
    return render(request, "bookings/book.html", context, status=status)


def _alternatives(request: HttpRequest, service: Service, start: datetime) -> list[datetime]:
    """The next free times after the one that was wanted, else from now on."""
    asker = _asker(request)
    later = selectors.next_free_slots(service=service, count=6, after=start, asker=asker)
    return later or selectors.next_free_slots(service=service, count=6, asker=asker)
