"""The language of the pages on one device."""

from __future__ import annotations

from typing import TypeVar

from django.conf import settings
from django.http import HttpResponse

R = TypeVar("R", bound=HttpResponse)


def remember_language(response: R, language: str) -> R:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
    )
    return response
