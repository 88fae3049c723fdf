"""Who asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import Professional, Role, User
from core.errors import NotAllowed

View = Callable[..., HttpResponse]


def user_of(request: HttpRequest) -> User:
    """The signed-in user. Raises NotAllowed; pages ask for the sign-in before."""
    if not isinstance(request.user, User):
        raise NotAllowed
    return request.user


def professional_only(view: View) -> View:
    """Signed in as a professional; times of these pages are the practice's own."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        professional = Professional.objects.filter(user=user_of(request)).select_related("user").first()
        if professional is None or professional.user.role != Role.PROFESSIONAL:
            raise NotAllowed
        timezone.activate(professional.zone)
        return view(request, professional, *args, **kwargs)

    return guarded
