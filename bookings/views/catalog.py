"""What a professional offers: the list, one service, out of the offer and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Professional
from bookings.forms.catalog import ServiceForm
from bookings.models import Service
from bookings.selectors import services_of
from bookings.selectors.catalog import own_service, own_services
from bookings.services import catalog
from bookings.views.people import View, professional_only
from bookings.views.practice import actor_of, make_once
from core.errors import DomainError
from core.form_pages import read_or_send, status_of, typed
from core.web import say_no


@never_cache
@professional_only
@require_safe
def doctor_services(request: HttpRequest, professional: Professional) -> HttpResponse:
    mine = list(own_services(professional))
    context = {
        "offered": [service for service in mine if service.is_active],
        "removed": [service for service in mine if not service.is_active],
        # Whose practice is not listed has services, but no page to book them on.
        "on_page": set(services_of(professional).values_list("pk", flat=True)),
    }
    return _page(request, "bookings/services.html", professional, context)


@never_cache
@professional_only
@read_or_send
def doctor_service_new(request: HttpRequest, professional: Professional) -> HttpResponse:
    form = ServiceForm(typed(request), professional=professional)
    if form.is_valid():
        try:
            make_once(request, professional, form, lambda: _added(professional, form).pk)
        except DomainError as error:
            form.refuse(error)
        else:
            name = form.cleaned_data["name"]
            messages.success(request, _("“%(name)s” is part of your offer now.") % {"name": name})
            return redirect("doctor_services")
    return _form_page(request, professional, form)


def _added(professional: Professional, form: ServiceForm) -> Service:
    return catalog.add_service(professional=professional, actor=actor_of(professional), **form.changes())


@never_cache
@professional_only
@read_or_send
def doctor_service(request: HttpRequest, professional: Professional, service_id: UUID) -> HttpResponse:
    service = own_service(professional, service_id)
    form = ServiceForm(typed(request), professional=professional, service=service)
    if form.is_valid():
        try:
            catalog.change_service(
                professional=professional,
                service_id=service_id,
                actor=actor_of(professional),
                **form.changes(),
            )
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved. What is booked already stays as it was booked."))
            return redirect("doctor_services")
    return _form_page(request, professional, form, service)


def _form_page(
    request: HttpRequest, professional: Professional, form: ServiceForm, service: Service | None = None
) -> HttpResponse:
    is_on_page = service is not None and services_of(professional).filter(pk=service.pk).exists()
    context = {"form": form, "service": service, "is_on_page": is_on_page}
    return _page(request, "bookings/service.html", professional, context, status=status_of(form))


def _page(
    request: HttpRequest,
    template: str,
    professional: Professional,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    shared = {"professional": professional, "section": "services"}
    return render(request, template, shared | context, status=status)


def _verb(act: Callable[..., Service], done: Callable[[], str]) -> View:
    @professional_only
    @require_POST
    def press(request: HttpRequest, professional: Professional, service_id: UUID) -> HttpResponse:
        own_service(professional, service_id)
        try:
            service = act(professional=professional, service_id=service_id, actor=actor_of(professional))
            messages.success(request, done() % {"name": service.name})
        except DomainError as error:
            say_no(request, error)
        return redirect("doctor_services")

    return press


doctor_service_remove = _verb(
    catalog.remove_service,
    lambda: _("“%(name)s” is no longer offered. What is booked stays booked."),
)
doctor_service_restore = _verb(catalog.restore_service, lambda: _("“%(name)s” is part of your offer again."))
