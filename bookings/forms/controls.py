"""What the forms of a practice share: refusals at their fields, one wish however often it is sent, numbers among those
offered, numbers with their unit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import DomainError

Words = Callable[[int], str]
HOUR, DAY = 60, 24 * 60


def span_words(minutes: int) -> str:
    """ "45 minutes", "1 hour 30 minutes", "36 hours", "2 days"."""
    if minutes and minutes % DAY == 0:
        return ngettext("%(number)d day", "%(number)d days", minutes // DAY) % {"number": minutes // DAY}
    hours, rest = divmod(minutes, HOUR)
    parts = []
    if hours:
        parts.append(ngettext("%(number)d hour", "%(number)d hours", hours) % {"number": hours})
    if rest or not hours:
        parts.append(ngettext("%(number)d minute", "%(number)d minutes", rest) % {"number": rest})
    return " ".join(parts)


def before_the_start(minutes: int) -> str:
    """ "1 day before"."""
    return _("%(span)s before") % {"span": span_words(minutes)}


class OfferedNumberField(forms.TypedChoiceField):
    """A number among those offered; one that was chosen elsewhere (by the API) stays on offer.

    `words` says a number in the active language, hence only when the form is made: see `offer`.
    """

    def __init__(self, offered: Iterable[int], words: Words = span_words, **options: Any) -> None:
        self.offered, self.words = tuple(offered), words
        super().__init__(coerce=int, **options)

    def offer(self, *chosen: int) -> None:
        """Also these, beside what is always offered."""
        numbers = sorted({*self.offered, *chosen})
        self.choices = [(number, self.words(number)) for number in numbers]


class OfferedNumbersField(forms.TypedMultipleChoiceField):
    """Several of them, the largest first."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, offered: Iterable[int], words: Words = span_words, **options: Any) -> None:
        self.offered, self.words = tuple(offered), words
        super().__init__(coerce=int, **options)

    def offer(self, *chosen: int) -> None:
        numbers = sorted({*self.offered, *chosen}, reverse=True)
        self.choices = [(number, self.words(number)) for number in numbers]


class Affixed(forms.TextInput):
    """An input with words before or after it, such as a unit, that are read out with it."""

    def __init__(
        self,
        *,
        before: str | Promise = "",
        after: str | Promise = "",
        input_type: str = "number",
        attrs: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(attrs)
        self.input_type, self.before, self.after = input_type, before, after

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        given = dict(attrs or {})
        affix_id = f"{given.get('id', name)}_affix"
        given["aria-describedby"] = f"{given.get('aria-describedby', '')} {affix_id}".strip()
        control = super().render(name, value, given, renderer)
        words = format_html('<span class="affix" id="{}">{}</span>', affix_id, self.before or self.after)
        inside = (words, control) if self.before else (control, words)
        return format_html('<span class="affixed">{}{}</span>', *inside)


class RefusableForm(forms.Form):
    """A form whose values the domain may refuse, each at its field."""

    # Fields by what the domain calls them.
    names: Mapping[str, str] = {}

    def refuse(self, error: DomainError) -> None:
        name = self.names.get(error.attr or "", error.attr)
        self.add_error(name if name in self.fields else None, str(error))


class OnceForm(forms.Form):
    """What makes something. Sent twice, it makes one (`bookings.views.practice.make_once`)."""

    # Anything will do: it is no part of what was typed, and nobody can put it right.
    key = forms.Field(required=False, initial=uuid4, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        self.wish = given.pop("key") or uuid4()
        return given
