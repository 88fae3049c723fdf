"""The application as ever, and beside it under `/bare/` plain views with the middleware of a new Django project:
both in the same processes of the same server."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.test import override_settings

from config.wsgi import application as vicita

DEFAULT_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


class _BareRequest(WSGIRequest):
    urlconf = "config.bench.bare"


class _BareHandler(WSGIHandler):
    request_class = _BareRequest


with override_settings(MIDDLEWARE=DEFAULT_MIDDLEWARE):
    _bare = _BareHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    handler = _bare if environ["PATH_INFO"].startswith("/bare/") else vicita
    return handler(environ, start_response)
