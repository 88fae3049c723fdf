"""Every address, asked by everybody: what is not in `docs/access.md` fails, as does any other answer."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin import site

from config.tests.access import COLUMNS, METHODS, Line, addresses, lines
from config.tests.access_audit import what_is_missing
from config.tests.access_world import Answer, World, ask

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("whole_product")]
# What is remembered of a visitor, whatever the answer is; the audit's rows: `access_audit`.
BOOKKEEPING = {"django_session", "usersessions_usersession", "core_auditevent"}
TWO = {"nobody", "medical_admin"}  # who ask even for what the framework refuses to all


def what_is_wrong(line: Line, person: str, answer: Answer) -> str:
    said = f"{line}: {answer.status}, not {line.answers[person]}"
    if str(answer.status) != line.answers[person]:
        return said
    wrote = answer.wrote - BOOKKEEPING
    is_mere_reading = line.method == "get" or answer.status >= 400
    return f"{line}: {answer.status}, and wrote {wrote}" if is_mere_reading and wrote else ""


@pytest.mark.slow
@pytest.mark.parametrize("person", COLUMNS)
def test_everybody_gets_the_answers_of_the_page_and_nothing_else(person):
    world = World()
    client = world.client(person)
    wrong = []
    for line in lines():
        if line.address.startswith("/"):
            answer = ask(world, client, line)
            wrong += [what_is_wrong(line, person, answer), what_is_missing(world, line, person, answer)]
    wrong += [what_is_open(line, person, ask(world, client, line)) for line in unsaid(person)]
    assert not any(wrong), "\n" + "\n".join(filter(None, wrong))


def unsaid(person: str) -> list[Line]:
    """What the page does not say that one may."""
    said = {(line.address, line.method) for line in lines()}
    return [
        Line(method, address, "", {})
        for address, view in sorted(addresses(), key=lambda known: known[0])
        for method in (METHODS if address.startswith("/api/") else ("get", "post"))
        if (address, method) not in said and (person in TWO or not is_refused_to_all(view, method))
    ]


def is_refused_to_all(view: Any, method: str) -> bool:
    """A view of the API that has no such method: the framework says so, and nothing of ours is asked."""
    return hasattr(view, "cls") and not hasattr(view.cls, method)


def what_is_open(line: Line, person: str, answer: Answer) -> str:
    read = {(known.address, known.method): known.answers[person] for known in lines()}.get(
        (line.address, "get")
    )
    as_if_read = line.method == "post" and read == str(answer.status)
    is_refused = answer.status in {401, 403, 404, 405} or as_if_read
    return "" if is_refused and not answer.wrote - BOOKKEEPING else f"{line}: {answer}"


def test_every_address_is_on_the_page():
    known = {(line.address, line.method) for line in lines()}
    missing = [address for address, _view in addresses() if not {(address, m) for m in METHODS} & known]
    for address, view in addresses():
        handled = [method for method in METHODS if hasattr(getattr(view, "cls", None), method)]
        missing += [f"{method} {address}" for method in handled if (address, method) not in known]
    assert not missing


def test_every_action_of_the_admin_is_on_the_page():
    said = {(line.address, line.about) for line in lines() if line.method == "post"}
    missing = [
        f"{model._meta.label}: {action}"
        for model, model_admin in site._registry.items()
        for action in model_admin.actions
        if (f"/admin/{model._meta.app_label}/{model._meta.model_name}/", action) not in said
    ]
    assert not missing


def test_the_page_speaks_of_nothing_else():
    there = {address for address, _view in addresses()}
    assert not [str(line) for line in lines() if line.address.startswith("/") and line.address not in there]


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_pages_know_no_other_methods(client, method):
    pages = {address for address, _view in addresses() if not address.startswith("/api/")}
    assert {getattr(client, method)(page).status_code for page in pages} == {405}
