"""Leaving: what will happen is said before it does."""

from __future__ import annotations

from typing import cast

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from accounts.forms.leaving import LeaveForm, Way
from accounts.models import User
from accounts.services import leaving
from core.errors import DomainError, Refused
from core.form_pages import read_or_send, status_of


@sensitive_post_parameters()
@never_cache
@login_required
@read_or_send
def account_close(request: HttpRequest) -> HttpResponse:
    """Deactivates or deletes one's own account, after the password."""
    user, form = cast(User, request.user), LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        way, password = form.cleaned_data["way"], form.cleaned_data["password"]
        try:
            (leaving.close_own if way == Way.CLOSE else leaving.deactivate_own)(user=user, password=password)
        except DomainError as refusal:
            form.add_error("password" if refusal.attr == "password" else None, str(refusal))
        else:
            logout(request)
            return redirect("account_closed" if way == Way.CLOSE else "account_deactivated")
    context = {
        "section": "close",
        "form": form,
        "consequences": leaving.foretell(user),
        "hindrance": _hindrance(user),
        "has_password": user.has_usable_password(),
    }
    return render(request, "account/close.html", context, status=status_of(form))


@require_safe
def account_deactivated(request: HttpRequest) -> HttpResponse:
    return render(request, "account/deactivated.html")


@require_safe
def account_closed(request: HttpRequest) -> HttpResponse:
    return render(request, "account/closed.html")


def _hindrance(user: User) -> str:
    try:
        leaving.require_possible(user)
    except Refused as refusal:
        return str(refusal)
    return ""
