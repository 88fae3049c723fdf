"""What every request of somebody who is signed in passes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts import sessions
from accounts.second_factor import rule
from core.audit import trail as audit
from core.web import is_api, refusal

GetResponse = Callable[[HttpRequest], HttpResponse]


class SecondFactor:
    """Whose role needs a second factor is led to setting it up, and to nothing else. Tokens: `BearerAuthentication`."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        match = request.resolver_match
        try:
            rule.check(request.user, match.view_name if match else None)
        except rule.SecondFactorRequired as error:
            audit.refused(error.code)
            return refusal(request, error) if is_api(request) else redirect("mfa_index")
        return None


class LastSeen:
    """Keeps the list of one's sessions telling when and where each was used last. Tokens: `BearerAuthentication`."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key and request.user.is_authenticated:
            sessions.saw(request, request.session.session_key)
        return self.get_response(request)
