"""Asking the API as somebody."""

from __future__ import annotations

from typing import Any

from rest_framework.test import APIClient

from accounts.models import User

BACKEND = "accounts.backends.AccountBackend"


def api(user: User | None = None, **headers: str) -> APIClient:
    """A client, signed in as `user`, that reads English."""
    client = APIClient(headers={"accept-language": "en"} | headers)
    if user is not None:
        client.force_login(user, backend=BACKEND)
    return client


def error_of(response: Any) -> dict[str, Any]:
    """The first error, after checking that the shape is the one shape."""
    body = response.json()
    assert {"type", "errors"} <= body.keys()
    for error in body["errors"]:
        assert error.keys() == {"code", "detail", "attr"}
    first: dict[str, Any] = body["errors"][0]
    return first
