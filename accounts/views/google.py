"""To Google and back (`accounts.social`); where it is not set up there is nothing here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.socialaccount.providers.google.views import oauth2_callback
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts import social
from core.errors import Missing
from core.limits import public_write

View = Callable[..., HttpResponse]


def _where_configured(view: View) -> View:
    @wraps(view)
    def there(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not social.is_configured():
            raise Missing
        return view(request, *args, **kwargs)

    return there


@require_POST
@public_write
@_where_configured
def to_google(request: HttpRequest) -> HttpResponse:
    return social.to_google(request)


@never_cache
@require_GET
@_where_configured
def back_from_google(request: HttpRequest) -> HttpResponse:
    response: HttpResponse = oauth2_callback(request)
    return response
