"""What a history has for itself: the time, every id, the network, and a process that may die after any commit."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

import httpx
import requests
import time_machine
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.functions import Now
from django.test import override_settings
from django.utils import timezone
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict

from config.chaos_payments.dice import Dice
from payments.gateways import mercadopago_api
from payments.local_gateways import environment
from payments.local_gateways.messages import Answer, Request
from payments.local_gateways.world import Cut, World

ADDRESS = "http://companies.test"
BEGINS = datetime(2031, 3, 3, 8, tzinfo=UTC)


class Clock:
    """Stands still unless it is moved, here and in the database's words."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller

    def forward(self, by: timedelta) -> None:
        self._traveller.shift(by)

    def to(self, moment: datetime) -> None:
        if moment > timezone.now():
            self._traveller.move_to(moment, tick=False)


@contextmanager
def staged(world: World, dice: Dice, chance: random.Random) -> Iterator[Clock]:
    """Inside, nothing is left to anything but chance."""
    mercadopago_api._account.cache_clear()  # asked for anew, as by a new process
    with ExitStack() as stack:
        traveller = stack.enter_context(time_machine.travel(BEGINS, tick=False))
        stack.enter_context(override_settings(**settings()))
        for patched in (
            patch.object(Now, "as_postgresql", _now),
            patch.object(os, "urandom", chance.randbytes),
            patch.object(random, "_urandom", chance.randbytes),
            patch.object(HTTPAdapter, "send", _requests_wire(world, dice)),
            patch.object(httpx.HTTPTransport, "handle_request", _httpx_wire(world, dice)),
            # The broker is away: what matters is found by sweeps.
            patch("core.queue.valkey.answers", lambda: False),
        ):
            stack.enter_context(patched)
        stack.enter_context(_mortal(dice))
        yield Clock(traveller)


def settings() -> dict[str, Any]:
    shop: dict[str, Any] = environment.of_shop(ADDRESS)
    gateways = shop.pop("PAYMENT_GATEWAYS").split(",")
    return {
        **shop,
        "PAYMENT_GATEWAYS": gateways,
        "WEBHOOK_RATE": "1000000/m",
        "PUBLIC_URL": "http://localhost",
    }


def _now(_self: Now, _compiler: Any, _connection: Any, **_context: Any) -> tuple[str, list[Any]]:
    return "%s::timestamptz", [timezone.now()]


# The network


def _requests_wire(world: World, dice: Dice) -> Any:
    def send(_self: HTTPAdapter, request: requests.PreparedRequest, **_kwargs: Any) -> requests.Response:
        try:
            answer = _carry(world, dice, request.method, request.url, request.headers, request.body)
        except Cut as cut:
            raise (requests.ReadTimeout if cut.after else requests.ConnectionError)(request=request) from cut
        response = requests.Response()
        response.status_code, response._content = answer.status, answer.body
        response.headers = CaseInsensitiveDict(answer.headers)
        response.url, response.request = str(request.url), request
        return response

    return send


def _httpx_wire(world: World, dice: Dice) -> Any:
    def handle(_self: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        try:
            answer = _carry(world, dice, request.method, str(request.url), request.headers, request.read())
        except Cut as cut:
            raise (httpx.ReadTimeout if cut.after else httpx.ConnectError)("cut", request=request) from cut
        return httpx.Response(answer.status, headers=dict(answer.headers), content=answer.body)

    return handle


def _carry(world: World, dice: Dice, method: Any, url: Any, headers: Any, body: Any) -> Answer:
    address = urlsplit(url)
    raw = body.encode() if isinstance(body, str) else body or b""
    named = {name.title(): str(value) for name, value in headers.items()}
    answer = world.answer(Request(method, address.path, dict(parse_qsl(address.query)), named, raw))
    dice.maybe_crash("an answer of the company")
    return answer


# Death


@contextmanager
def _mortal(dice: Dice) -> Iterator[None]:
    """After any commit the process may die: what was to follow in it does not."""
    connection = connections[DEFAULT_DB_ALIAS]
    usual = connection.run_and_clear_commit_hooks

    def after_commit() -> None:
        try:
            dice.maybe_crash("a commit")
        except BaseException:
            connection.run_on_commit, connection.run_commit_hooks_on_set_autocommit_on = [], False
            raise
        usual()

    def after_statement(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if not connection.in_atomic_block and not sql.startswith("SELECT"):
            dice.maybe_crash("a commit")
        return result

    with (
        patch.object(connection, "run_and_clear_commit_hooks", after_commit),
        connection.execute_wrapper(after_statement),
    ):
        yield
