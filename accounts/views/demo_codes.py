"""The codes of the demo's accounts, whose phones nobody has. Their passwords are printed at every start: both open
nothing outside the embedded demo (`accounts.backends`)."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.backends import DEMO_DOMAIN
from accounts.second_factor.codes import next_code
from core.errors import Missing


@require_safe
@never_cache
def demo_codes(request: HttpRequest) -> HttpResponse:
    if not settings.EMBEDDED:
        raise Missing
    apps = (
        Authenticator.objects.filter(
            type=Authenticator.Type.TOTP, user__email__endswith=f"@{DEMO_DOMAIN}", user__is_active=True
        )
        .select_related("user")
        .order_by("user__email")
    )
    found = [{"user": app.user, "code": next_code(app)} for app in apps]
    return render(request, "account/demo_codes.html", {"codes": found})
