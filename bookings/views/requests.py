"""A wish for a time: asked for where no free one suits, answered on the practice's own page."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Professional
from bookings import selectors, services
from bookings.forms import ReasonForm
from bookings.forms.requests import RequestForm
from bookings.models import RequestStatus, Service
from bookings.selectors.agenda import waiting_for_answer
from bookings.selectors.memberships import member_terms
from bookings.selectors.requests import request_of, requests_of, whole_requests
from bookings.services.booking import PatientDetails
from bookings.views.choosing import about
from bookings.views.fresh import answer_if_changed, version_of
from bookings.views.people import professional_only
from bookings.views.practice import actor_of
from bookings.views.zones import use_zone
from core.errors import DomainError
from core.form_pages import read_or_send, status_of
from core.limits import public_write, require_within
from core.web import say_no

# The last request that this browser has made.
ASKED = "asked"
# More than a practice can answer in a sitting; the rest moves up.
MOST_SHOWN, ANSWERED_PER_PAGE = 50, 20


@read_or_send
@public_write
def request_time(request: HttpRequest, slug: str, service_slug: str) -> HttpResponse:
    service = selectors.active_service(slug, service_slug)
    zone = use_zone(request, otherwise=service.professional.zone)
    user = services.who_books(request.user)["user"]
    if request.method == "POST":
        return _ask(request, service, zone)
    known = {"name": user.name, "email": user.email} if user else {}
    return _form_page(request, service, RequestForm(initial=known, today=timezone.localdate(timezone=zone)))


def _ask(request: HttpRequest, service: Service, zone: ZoneInfo) -> HttpResponse:
    form = RequestForm(request.POST, today=timezone.localdate(timezone=zone))
    if not form.is_valid():
        return _form_page(request, service, form)
    require_within(request, group="request_time", rate="20/10m")
    wish = form.cleaned_data
    who = services.who_books(request.user)
    language = translation.get_language() or settings.LANGUAGE_CODE
    contact = {name: wish.pop(name) for name in ("name", "email", "phone")}
    try:
        made = services.request_booking(
            service=service,
            patient=PatientDetails(**contact, language=language, timezone=zone.key),
            user=who["user"],
            actor=who["actor"],
            **wish,
        )
    except DomainError as refusal:
        if refusal.attr in form.fields:
            form.add_error(refusal.attr, str(refusal))
            return _form_page(request, service, form)
        return _form_page(request, service, form, refusal)
    request.session[ASKED] = str(made.pk)
    return redirect("request_sent", slug=service.professional.slug, service_slug=service.slug)


def _form_page(
    request: HttpRequest, service: Service, form: RequestForm, refusal: DomainError | None = None
) -> HttpResponse:
    asker = services.who_books(request.user)["user"]
    closed = selectors.door(service.professional, asker)
    terms = member_terms(user=asker, service=service, starts_at=timezone.now())
    context = about(service, terms) | {"form": form, "refusal": refusal, "closed": closed, "asker": asker}
    status = refusal.status if refusal else 403 if closed else status_of(form)
    return render(request, "bookings/request_time.html", context, status=status)


@never_cache
@require_safe
def request_sent(request: HttpRequest, slug: str, service_slug: str) -> HttpResponse:
    """Thanks to the browser that has just asked; others are led to the form."""
    service = selectors.active_service(slug, service_slug)
    use_zone(request, otherwise=service.professional.zone)
    asked = request.session.get(ASKED)
    made = whole_requests().filter(pk=asked, service=service).first() if asked else None
    if made is None:
        return redirect("request_time", slug=slug, service_slug=service_slug)
    return render(request, "bookings/request_sent.html", about(service) | {"wish": made})


@never_cache
@professional_only
@require_safe
def doctor_requests(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Who waits for an answer, longest first, and what became of the others. Asks for news of itself."""
    mine = requests_of(professional)
    pending = mine.filter(status=RequestStatus.PENDING)
    waiting = list(pending.order_by("created_at", "id")[: MOST_SHOWN + 1])
    answered = mine.exclude(status=RequestStatus.PENDING).order_by("-answered_at", "id")
    page = Paginator(answered, ANSWERED_PER_PAGE).get_page(request.GET.get("page"))
    seen = [(str(wish.pk), wish.status) for wish in (*waiting, *page)]
    to_answer = waiting_for_answer(professional.user, timezone.now())
    context: dict[str, Any] = {
        "section": "requests",
        "waiting_count": to_answer,
        "professional": professional,
        "zone": professional.timezone,
        "waiting": waiting[:MOST_SHOWN],
        "more": len(waiting) > MOST_SHOWN,
        "page": page,
        "reason_form": ReasonForm(),
        "version": version_of([], seen, to_answer, page.number, page.paginator.num_pages),
    }
    return answer_if_changed(request, "bookings/requests.html", context)


@professional_only
@require_POST
def doctor_request_reject(request: HttpRequest, professional: Professional, request_id: UUID) -> HttpResponse:
    wish = request_of(professional, request_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.problem)
        return redirect("doctor_requests")
    try:
        services.reject_request(
            request_id=wish.pk, actor=actor_of(professional), reason=form.cleaned_data["reason"]
        )
        messages.success(request, _("Declined. The person has been told."))
    except DomainError as refusal:
        say_no(request, refusal)
    return redirect("doctor_requests")
