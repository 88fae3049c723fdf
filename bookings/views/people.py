"""Who asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.models import Professional, Role, User
from core.errors import NotAllowed

View = Callable[..., HttpResponseBase]


def user_of(request: HttpRequest) -> User:
    """The signed-in user. Raises NotAllowed; pages ask for the sign-in before."""
    if not isinstance(request.user, User):
        raise NotAllowed
    return request.user


def signed_in_for(home: str) -> Callable[[View], View]:
    """Asks for the sign-in, which leads back to the page; what was pressed there leads back to where its button was,
    or to `home` (the name of a page), and is not done."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.is_authenticated:
                return view(request, *args, **kwargs)
            if request.method in ("GET", "HEAD"):
                return redirect_to_login(request.get_full_path())
            messages.warning(request, _("Please sign in again; what you pressed was not done."))
            return redirect_to_login(_page_of_button(request) or reverse(home))

        return guarded

    return decorate


def _page_of_button(request: HttpRequest) -> str:
    """Path and query of the page it was pressed on; "" unless that is one of ours."""
    address = request.headers.get("Referer", "")
    hosts = {request.get_host()}
    if not url_has_allowed_host_and_scheme(address, allowed_hosts=hosts, require_https=request.is_secure()):
        return ""
    page = urlsplit(address)._replace(scheme="", netloc="", fragment="").geturl()
    # A path of two slashes would be an address elsewhere.
    return page if url_has_allowed_host_and_scheme(page, allowed_hosts=None) else ""


def professional_only(view: View) -> View:
    """Signed in as a professional; times of these pages are the practice's own."""

    @wraps(view)
    @signed_in_for("doctor_today")
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        professional = Professional.objects.filter(user=user_of(request)).select_related("user").first()
        if professional is None or professional.user.role != Role.PROFESSIONAL:
            raise NotAllowed
        timezone.activate(professional.zone)
        return view(request, professional, *args, **kwargs)

    return guarded
