"""What a webhook costs at the door: a signed one against a bare view with one insert, and those that are refused.

Each signed one is new: verified, stored, answered. What refused ones store is counted.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from functools import partial

from config.bench.figures import Figure, in_turns
from config.bench.server import Connection, request
from payments.local_gateways import mercadopago, stripe_books, wompi
from payments.models import ProviderEvent

AIM = 2.0
PATH = "/api/v1/payments/webhook"
MILLION = 1_000_000
_number = itertools.count(1)


def figures(port: int) -> list[Figure]:
    one = Connection(port)
    signed = {"stripe": _stripe, "mercadopago": _mercadopago, "wompi": _wompi}
    calls: dict[str, Callable[[], object]] = {
        name: partial(_send, one, make) for name, make in signed.items()
    }
    before = ProviderEvent.objects.count()
    times = in_turns(
        {**calls, "bare": lambda: one.send(_bare())}, seconds=24, least=200, least_disturbed=True
    )
    stored = ProviderEvent.objects.exclude(gateway="bare").count() - before
    made = [Figure(f"(a) a signed webhook of {name}", times[name], times["bare"], aim=AIM) for name in signed]
    return [*made, *_refused(port, times["bare"], before + stored)]


def _refused(port: int, bare: float, stored: int) -> list[Figure]:
    one = Connection(port)
    wrong = {
        "forged": (401, lambda: _stripe(secret="guessed")),  # noqa: S106
        "malformed": (400, lambda: request("POST", f"{PATH}/wompi", b"{")),
    }
    calls = {name: partial(_send, one, make, status) for name, (status, make) in wrong.items()}
    times = in_turns(calls, seconds=6, least=100, least_disturbed=True)
    rows = ProviderEvent.objects.exclude(gateway="bare").count() - stored
    made = [Figure(f"(b) {name}", times[name], bare, note=f"{wrong[name][0]}, {rows} rows") for name in wrong]
    long = request("POST", f"{PATH}/stripe", b" " * MILLION)
    took = in_turns({"long": lambda: Connection(port).send(long, expect=413)}, seconds=2, least=10)
    return [*made, Figure("(b) a body of a million bytes", took["long"], bare, note="413")]


def _send(to: Connection, make: Callable[[], bytes], expect: int = 0) -> object:
    return to.send(make(), expect=expect)


def _bare() -> bytes:
    return request(
        "POST", "/bare/bare/events", json.dumps({"reference": f"P-BENCH-{next(_number)}"}).encode()
    )


def _stripe(secret: str = stripe_books.WEBHOOK_SECRET) -> bytes:
    number = next(_number)
    money = {"id": f"pi_{number}", "object": "payment_intent", "metadata": {"reference": f"P-BENCH-{number}"}}
    event = {"id": f"evt_{number}", "type": "payment_intent.succeeded", "data": {"object": money}}
    body = json.dumps(event).encode()
    return _sent("stripe", stripe_books.signed(body, secret=secret), body)


def _mercadopago() -> bytes:
    data_id = str(next(_number))
    return _sent(f"mercadopago?data.id={data_id}&type=payment", mercadopago.signed(data_id), b"{}")


def _wompi() -> bytes:
    number = next(_number)
    said = {
        "id": f"1-{number}",
        "status": "APPROVED",
        "amount_in_cents": 100,
        "reference": f"P-BENCH-{number}",
    }
    headers, body = wompi.signed({"event": "transaction.updated", "data": {"transaction": said}})
    return _sent("wompi", headers, body)


def _sent(where: str, headers: dict[str, str], body: bytes) -> bytes:
    signed = {name: value for name, value in headers.items() if name != "Content-Type"}
    return request("POST", f"{PATH}/{where}", body, headers=signed)
