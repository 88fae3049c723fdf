"""The plans of a practice, for its professional: made, changed, sold, ended, and who is a member."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Professional
from bookings.forms.plans import PlanForm, PlanWordsForm
from bookings.member_rows import member_rows
from bookings.models import Plan, Service
from bookings.selectors.catalog import own_services
from bookings.selectors.memberships import members_of, own_plan, own_plans
from bookings.services import plans
from bookings.views.people import View, professional_only
from bookings.views.practice import actor_of, make_once
from core.errors import DomainError, Missing
from core.form_pages import read_or_send, status_of, typed
from core.web import say_no

MEMBERS_PER_PAGE = 25
# Nobody needs a plan for what is free.
PAID = Q(is_active=True, price__gt=0)


@never_cache
@professional_only
@require_safe
def doctor_plans(request: HttpRequest, professional: Professional) -> HttpResponse:
    mine = list(own_plans(professional))
    context = {
        "offered": [plan for plan in mine if plan.is_offered],
        "ended": [plan for plan in mine if not plan.is_offered],
        "services": own_services(professional).filter(PAID).exists(),
    }
    return _page(request, "bookings/plans.html", professional, context)


@never_cache
@professional_only
@require_safe
def doctor_plan(request: HttpRequest, professional: Professional, plan_id: UUID) -> HttpResponse:
    """Its terms, and who is a member."""
    plan = own_plan(professional, plan_id)
    page = Paginator(members_of(plan), MEMBERS_PER_PAGE).get_page(request.GET.get("page"))
    rows = member_rows(professional, list(page), timezone.now())
    return _page(request, "bookings/plan_own.html", professional, {"plan": plan, "rows": rows, "page": page})


@never_cache
@professional_only
@read_or_send
def doctor_plan_new(request: HttpRequest, professional: Professional) -> HttpResponse:
    """A new one, that may begin like another of the practice (`?like=`)."""
    like = _like(request, professional)
    form = PlanForm(typed(request), services=_choosable(professional, like), like=like)
    if form.is_valid():
        try:
            plan_id = make_once(request, professional, form, lambda: _made(professional, form).pk)
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("“%(name)s” is for sale now.") % {"name": form.cleaned_data["name"]})
            return redirect("doctor_plan", plan_id=plan_id)
    return _form_page(request, professional, form)


def _made(professional: Professional, form: PlanForm) -> Plan:
    actor = actor_of(professional)
    return plans.save_plan(professional=professional, plan=None, actor=actor, **form.changes())


@never_cache
@professional_only
@read_or_send
def doctor_plan_edit(request: HttpRequest, professional: Professional, plan_id: UUID) -> HttpResponse:
    """All of it, or its words alone once somebody has asked for it."""
    plan = own_plan(professional, plan_id)
    form = _form_of(request, professional, plan)
    if form.is_valid():
        try:
            plans.change_plan(
                professional=professional, plan_id=plan_id, actor=actor_of(professional), **form.changes()
            )
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("doctor_plan", plan_id=plan.pk)
    return _form_page(request, professional, form, plan)


def _form_of(request: HttpRequest, professional: Professional, plan: Plan) -> PlanWordsForm:
    """Terms that were sent are never left aside in silence, though somebody has asked for the plan meanwhile."""
    if plan.memberships.exists() and "price" not in request.POST:
        words = {"name": plan.name, "description": plan.description}
        return PlanWordsForm(typed(request), initial=words)
    return PlanForm(typed(request), services=_choosable(professional, plan), like=plan)


def _choosable(professional: Professional, like: Plan | None) -> list[Service]:
    """What is offered for money, and what the plan has already."""
    kept = [one.service_id for one in like.included.all()] if like else []
    return list(own_services(professional).filter(PAID | Q(pk__in=kept)))


def _like(request: HttpRequest, professional: Professional) -> Plan | None:
    asked = request.GET.get("like", "")
    try:
        return own_plan(professional, UUID(asked)) if asked else None
    except ValueError:
        raise Missing from None


def _form_page(
    request: HttpRequest, professional: Professional, form: PlanWordsForm, plan: Plan | None = None
) -> HttpResponse:
    context = {"form": form, "plan": plan}
    return _page(request, "bookings/plan_edit.html", professional, context, status=status_of(form))


def _page(
    request: HttpRequest,
    template: str,
    professional: Professional,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    shared = {"professional": professional, "section": "plans"}
    return render(request, template, shared | context, status=status)


def _verb(act: Callable[[Professional, UUID], str], *, leads_to_list: bool = False) -> View:
    @professional_only
    @require_POST
    def press(request: HttpRequest, professional: Professional, plan_id: UUID) -> HttpResponse:
        own_plan(professional, plan_id)
        try:
            messages.success(request, act(professional, plan_id))
        except DomainError as error:
            say_no(request, error)
            return redirect("doctor_plan", plan_id=plan_id)
        return redirect("doctor_plans") if leads_to_list else redirect("doctor_plan", plan_id=plan_id)

    return press


def _end(professional: Professional, plan_id: UUID) -> str:
    plan = plans.offer_plan(
        professional=professional, plan_id=plan_id, offered=False, actor=actor_of(professional)
    )
    words = _("“%(name)s” is no longer for sale. Members stay members until their time is over.")
    return words % {"name": plan.name}


def _offer(professional: Professional, plan_id: UUID) -> str:
    plan = plans.offer_plan(
        professional=professional, plan_id=plan_id, offered=True, actor=actor_of(professional)
    )
    return _("“%(name)s” is for sale again.") % {"name": plan.name}


def _delete(professional: Professional, plan_id: UUID) -> str:
    plans.delete_plan(professional=professional, plan_id=plan_id, actor=actor_of(professional))
    return _("The plan is deleted.")


doctor_plan_end = _verb(_end)
doctor_plan_offer = _verb(_offer)
doctor_plan_delete = _verb(_delete, leads_to_list=True)
