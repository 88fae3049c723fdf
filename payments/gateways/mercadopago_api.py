"""Asking MercadoPago by its own SDK: at our address, under our keys, its errors in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import mercadopago
import requests
from django.conf import settings
from mercadopago.config import RequestOptions
from mercadopago.errors import MercadoPagoError
from mercadopago.http import HttpClient

from payments.gateways.base import GatewayError, GatewayRefused, GatewayUnavailable, NotFoundAtGateway

REAL_API = "https://api.mercadopago.com"


class _Client(HttpClient):
    """The SDK knows one address only."""

    def __init__(self, url: str) -> None:
        self.url = url

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        return super().request(method, url.replace(REAL_API, self.url, 1), *args, **kwargs)


def sdk() -> Any:
    return _made_sdk(
        settings.MERCADOPAGO_ACCESS_TOKEN, settings.MERCADOPAGO_API_URL, settings.GATEWAY_TIMEOUT_SECONDS
    )


@lru_cache(maxsize=4)
def _made_sdk(token: str, url: str, timeout: float) -> Any:
    """Whatever failed is tried again by us, with a longer breath."""
    once = RequestOptions(connection_timeout=timeout, max_retries=0)
    return mercadopago.SDK(token, http_client=_Client(url), request_options=once)


def options(key: str) -> RequestOptions:
    """Without a key of ours the SDK takes a new one for every call."""
    return RequestOptions(
        connection_timeout=settings.GATEWAY_TIMEOUT_SECONDS,
        max_retries=0,
        custom_headers={"x-idempotency-key": key},
    )


def said(call: Any) -> Any:
    """What MercadoPago answers. Raises GatewayError in our words; theirs may quote what we sent."""
    with _translated():
        answer = call()
        answer.raise_for_status()
        return answer["response"]


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except MercadoPagoError as error:
        raise _in_our_words(error) from error
    except requests.RequestException as error:
        raise GatewayUnavailable(type(error).__name__) from error


def _in_our_words(error: MercadoPagoError) -> GatewayError:
    code = str(error.error or type(error).__name__)
    if error.status_code == 404:
        return NotFoundAtGateway(code)
    # Wrong token, key still in use or used up, locked, something behind it fails, too many calls, broken.
    if error.status_code in (401, 403, 409, 423, 424, 429) or error.status_code >= 500:
        return GatewayUnavailable(code)
    return GatewayRefused(code)


def seller() -> int:
    return _account(settings.MERCADOPAGO_ACCESS_TOKEN, settings.MERCADOPAGO_API_URL)


@lru_cache(maxsize=4)
def _account(token: str, url: str) -> int:
    """Whose token it is; it never changes."""
    return int(said(lambda: sdk().user().get())["id"])
