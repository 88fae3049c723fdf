"""Code, words for people and docs/audit-events.md name the same actions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.contrib import admin

from accounts.admin_lists import StaffList
from bookings.audited import DONE
from bookings.events import patients, requests
from core.audit.words import TRAILS, known_actions

ROOT = Path(__file__).resolve().parents[2]
APPS = ("core", "accounts", "live", "notifications", "meetings", "payments", "bookings")


def named_in_code() -> Iterator[str]:
    """What is written as it is; the rest is put together from tables."""
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            source = path.read_text()
            if "tests" in path.parts or "audit" not in source:
                continue
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"record", "attempted"}:
                    yield from (name for first in node.args[:1] for name in written_out(first))


def written_out(argument: ast.expr) -> Iterator[str]:
    """A name, or either of two."""
    if isinstance(argument, ast.IfExp):
        yield from written_out(argument.body)
        yield from written_out(argument.orelse)
    elif isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value


def put_together() -> Iterator[str]:
    yield from DONE.values()
    yield from (event.action() for event in (*patients.ALL, *requests.ALL))
    lists = [one for one in admin.site._registry.values() if isinstance(one, StaffList)]
    yield from (f"{one.csv_name}.exported" for one in lists if one.csv_name)


def test_every_action_has_words_and_every_name_is_used():
    assert {*named_in_code(), *put_together(), *TRAILS} == {*known_actions()}


def test_the_page_lists_them_all():
    page = (ROOT / "docs" / "audit-events.md").read_text()
    listed = re.findall(r"^\| `([a-z_.]+)` \|", page.partition("## Actions")[2], re.MULTILINE)
    assert sorted(listed) == sorted(known_actions())
