from __future__ import annotations

import re

from django import forms

from core.widgets import LongSelect

CHOICES = [("", "Please choose"), ("a", 'A "quoted" <b>'), ("b", "B & C"), (3, "Three")]


def written(widget: type[forms.Select], value: object) -> list[str]:
    """Every tag with its attributes in one order, and every text."""
    html = widget(choices=CHOICES).render("choice", value, {"id": "x", "required": True, "hidden": False})
    found = re.findall(r"<[^>]*>|[^<>\s][^<>]*", html)
    return [" ".join(sorted(part.strip("<>").split(" "))) for part in found]


def test_it_is_written_as_django_would():
    for value in ("", "a", "b", 3, None, "nothing of these"):
        assert written(LongSelect, value) == written(forms.Select, value)
