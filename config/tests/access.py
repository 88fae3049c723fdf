"""Reads `docs/access.md`, the table of who gets which answer where, and lists what there is to be in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.admindocs.views import simplify_regex
from django.urls import URLPattern, get_resolver

PAGE = Path(__file__).resolve().parents[2] / "docs" / "access.md"
METHODS = ("get", "post", "put", "patch", "delete")
COLUMNS = (
    "nobody",
    "own_patient",
    "other_patient",
    "own_professional",
    "other_professional",
    "agent",
    "medical_admin",
    "it_admin",
    "new_it_admin",
)


@dataclass(frozen=True)
class Line:
    method: str
    address: str  # with names for what varies: /b/<token>/
    about: str
    answers: dict[str, str]

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.address} {self.about}".strip()


@cache
def lines() -> tuple[Line, ...]:
    """The page's lines, of addresses and of live events."""
    found = []
    for text in PAGE.read_text().splitlines():
        left, bar, right = text.partition(" | ")
        if bar and re.match(r"[A-Z]+ +\S", left):
            method, address, *about = left.split()
            answers = dict(zip(COLUMNS, right.split(), strict=True))
            found.append(Line(method.lower(), address, " ".join(about), answers))
    return tuple(found)


def addresses(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every address of the product as the page writes it, with its view."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield re.sub(r"<\w+:", "<", simplify_regex(here)).replace("\\.", "."), pattern.callback
        else:
            yield from addresses(pattern.url_patterns, here)
