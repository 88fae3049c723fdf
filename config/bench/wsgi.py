"""The application as ever, and beside it under `/bare/` plain views with the middleware of a new Django project, and
under `/unaudited/` the application without its audit: all in the same processes of the same server."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.test import override_settings

from config.wsgi import application as vicita

AUDIT, UNAUDITED = "core.audit.middleware.Audit", "/unaudited"
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
with override_settings(MIDDLEWARE=[one for one in settings.MIDDLEWARE if one != AUDIT]):
    _unaudited = WSGIHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if path.startswith(UNAUDITED):
        return _unaudited(environ | {"PATH_INFO": path[len(UNAUDITED) :]}, start_response)
    handler = _bare if path.startswith("/bare/") else vicita
    return handler(environ, start_response)
