"""What the three companies have in common: books, keys that make a second call harmless, and news for the shop."""

from __future__ import annotations

import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from payments.local_gateways.messages import Answer, Request, Webhook, as_json

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Button:
    """Something a person can do: `name` is what the form sends."""

    name: str
    label: str
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Sale:
    """One checkout as pages show it."""

    id: str
    reference: str
    state: str
    amount: str
    details: str
    buttons: tuple[Button, ...]


class Company(ABC):
    """`base` is where it is reached, `shop` where the shop is; `send` takes its webhooks."""

    name: ClassVar[str]
    title: ClassVar[str]
    prefix: ClassVar[str]

    def __init__(self, *, base: str, shop: str, send: Callable[[Webhook], None]) -> None:
        self.base = f"{base}/{self.prefix}"
        self.shop = shop
        self.send = send
        # All that the company knows, by table and id; plain values, so that they can be kept in a file.
        self.books: dict[str, dict[str, Row]] = {}

    @abstractmethod
    def api(self, request: Request) -> Answer:
        """Raises Refusal."""

    def stumble(self, request: Request) -> Answer:
        """An error on the company's side, with nothing done."""
        return as_json({"message": "an error on our side", "error": "internal_error"}, 500)

    @abstractmethod
    def sale_of(self, request: Request) -> Sale | None:
        """The checkout whose page is asked for."""

    @abstractmethod
    def sales(self) -> list[Sale]:
        """Every checkout with what can be done to it, the latest first."""

    @abstractmethod
    def press(self, sale_id: str, button: str) -> str:
        """What a person does on a page, if it is (still) possible; returns where the browser goes."""

    def table(self, name: str) -> dict[str, Row]:
        return self.books.setdefault(name, {})

    def remembered(self, request: Request, key: str, make: Callable[[], Answer]) -> Answer:
        """The first answer to a call under this key, again; without a key every call is a new one."""
        if not key:
            return make()
        known = self.table("keys").get(key)
        call = f"{request.path} {request.body.decode()}"
        if known is not None:
            if known["call"] != call:
                return self.key_reused()
            headers = {"Content-Type": "application/json", "Idempotent-Replayed": "true"}
            return Answer(known["status"], known["body"].encode(), headers)
        answer = make()
        self.table("keys")[key] = {"call": call, "status": answer.status, "body": answer.body.decode()}
        return answer

    @abstractmethod
    def key_reused(self) -> Answer:
        """To another call under a key that was used."""


def now() -> int:
    return int(time.time())


def new_id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(12)}"


def iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+00:00")


def from_iso(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
