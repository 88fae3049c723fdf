"""Logs in JSON that name nobody: no private links, no e-mail addresses, no values of rows."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from pythonjsonlogger.json import JsonFormatter

request_id: ContextVar[str] = ContextVar("request_id", default="")

_HIDDEN = "…"
# Addresses whose last parts let anybody in who knows them.
_SECRET_ADDRESS = re.compile(
    r"(/b/|/manage/|/join/|/unlock/|/password/reset/|/email/confirm/)(?!done\b)[^/\s\"'?]+"
)
_SECRETS = (
    (_SECRET_ADDRESS, rf"\1{_HIDDEN}"),
    # What is searched for may be somebody's name.
    (re.compile(r"([?&](?:q|_changelist_filters|account)=)[^&\s\"'#]+"), rf"\1{_HIDDEN}"),
    # The token of a private link, wherever it stands.
    (re.compile(r"\b[0-9a-f]{32}~[\w-]+"), _HIDDEN),
    # Only from the beginning of a word: else a long address of a page takes the square of its length.
    (re.compile(r"(?<![\w.+-])[\w.+-]+(@|%40)[\w-]+(\.[\w-]+)+"), _HIDDEN),
    # Where somebody is: servers tell who connected. (Our own machine is nobody.)
    (re.compile(r"\b(?!127\.|0\.0\.)\d{1,3}(\.\d{1,3}){3}\b"), _HIDDEN),
    (
        re.compile(r"\b([0-9a-fA-F]{1,4}:){4,7}[0-9a-fA-F]{1,4}\b|\b([0-9a-fA-F]{1,4}:){1,7}:[0-9a-fA-F:]*"),
        _HIDDEN,
    ),
    # Keys of payment gateways.
    (re.compile(r"\b(sk_|rk_|whsec_|prv_|APP_USR-|TEST-\d|(test|prod)_(integrity|events)_)[\w-]+"), _HIDDEN),
    # PostgreSQL quotes the row that it refuses.
    (re.compile(r"\bDETAIL:.*"), f"DETAIL: {_HIDDEN}"),
)


def is_secret(path: str) -> bool:
    """Does whoever knows this address get in?"""
    return _SECRET_ADDRESS.search(path) is not None


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        """Django tells of a refused request when it is over: then the request still knows its id."""
        record.request_id = request_id.get() or getattr(getattr(record, "request", None), "request_id", "")
        return True


class PrivateJson(JsonFormatter):
    """Leaves out the request that Django hangs on its records, and hides secrets in all the rest, tracebacks too."""

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        return {name: without_secrets(value) for name, value in log_data.items() if name != "request"}


def without_secrets(value: Any) -> Any:
    """The same, fit for a log; what JSON does not know becomes text."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(name): without_secrets(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_secrets(item) for item in value]
    text = str(value)
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text
