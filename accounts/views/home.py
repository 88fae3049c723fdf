"""Where each role is at home, and the language of the pages. Sign-in itself is allauth's (`urls.py`)."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.i18n import LANGUAGE_QUERY_PARAMETER
from django.views.i18n import set_language as remember_language

from accounts import services
from accounts.models import Role, User
from core.errors import Refused
from core.limits import public_write

HOMES = {
    Role.PATIENT: "my_bookings",
    Role.PROFESSIONAL: "doctor_today",
    Role.AGENT: "account",  # until there are chats to answer
    Role.MEDICAL_ADMIN: "admin:index",
    Role.IT_ADMIN: "admin:index",
}


@login_required
def home_of_role(request: HttpRequest) -> HttpResponse:
    return redirect(HOMES[Role(cast(User, request.user).role)])


@require_POST
@public_write
def set_language(request: HttpRequest) -> HttpResponse:
    """Remembers the language on this device and, signed in, for the person; leads back to a safe `next`."""
    language = request.POST.get(LANGUAGE_QUERY_PARAMETER, "")
    if language not in dict(settings.LANGUAGES):
        raise Refused(_("Vicita does not speak this language."), code="unknown_language")
    if isinstance(request.user, User):
        services.set_language(user=request.user, language=language)
    return remember_language(request)
