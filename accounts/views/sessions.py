"""Where one is signed in, with a way to end each."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import sessions as service
from accounts.devices import device_in_words
from accounts.models import User


@login_required
@require_safe
@never_cache
def sessions(request: HttpRequest) -> HttpResponse:
    current = service.key_of(request)
    found = [
        {"row": row, "device": device_in_words(row.user_agent), "is_current": row.session_key == current}
        for row in service.sessions_of(cast(User, request.user))
    ]
    found.sort(key=lambda one: not one["is_current"])
    return render(request, "account/sessions.html", {"section": "sessions", "sessions": found})


@login_required
@require_POST
def end(request: HttpRequest, session_id: int) -> HttpResponse:
    service.end_session(cast(User, request.user), session_id)
    messages.success(request, _("Signed out there."))
    return redirect("sessions")


@login_required
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    service.end_sessions(cast(User, request.user), but=service.key_of(request))
    messages.success(request, _("Signed out everywhere else."))
    return redirect("sessions")
