"""What IT administration looks for in the audit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.audit_search import Criteria, account_named
from accounts.models import Role
from core.audit.words import known_actions

WAYS = {
    "page": _("pages"),
    "api": _("API"),
    "admin": _("administration"),
    "live": _("live connection"),
    "command": _("command on the server"),
}
# Who acts without an account.
OTHERS = {
    "guest": _("somebody not signed in"),
    "operator": _("operator of the server"),
    "system": _("the system itself"),
}
_LONGEST_ACTION = 60
# Nobody can reckon with the days around the ends of the calendar.
_RECKONED = (MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31)))
ROLES = {role.value: role.label for role in Role} | OTHERS


def _text(label: Any, longest: int, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=longest, required=False, widget=UnfoldAdminTextInputWidget, **options
    )


def _choice(
    label: Any,
    choices: Callable[[], list[tuple[str, Any]]],
    *,
    kind: type[forms.ChoiceField] = forms.ChoiceField,
) -> forms.ChoiceField:
    return kind(
        label=label,
        choices=lambda: [("", _("All of them")), *choices()],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
        validators=_RECKONED,
    )


class _ActionField(forms.ChoiceField):
    """Also one that nobody names any more: its events stay."""

    def valid_value(self, value: Any) -> bool:
        return len(str(value)) <= _LONGEST_ACTION and "\x00" not in str(value)


def _actions() -> list[tuple[str, str]]:
    return sorted(((code, str(words)) for code, words in known_actions().items()), key=lambda one: one[1])


class AuditForm(forms.Form):
    account = _text(_("Account"), 254, help_text=_("Who did it: the whole e-mail, or the id."))
    action = _choice(_("What"), _actions, kind=_ActionField)
    since = _day(_("From"))
    until = _day(_("Until"))
    role = _choice(_("Role"), lambda: [(code, capfirst(words)) for code, words in ROLES.items()])
    via = _choice(_("By way of"), lambda: [(code, capfirst(words)) for code, words in WAYS.items()])
    object_id = _text(_("Id of a thing"), 64, help_text=_("Of an account, an appointment, a refund."))
    patient = forms.UUIDField(
        label=_("Id of a patient"),
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Whoever saw or changed data of this record."),
    )
    address = _text(_("Address"), 45)
    request_id = _text(_("Request"), 64)

    # The others are unfolded when they are wanted.
    FIRST = ("account", "action", "since", "until")

    @property
    def first(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FIRST]

    @property
    def more(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in self.FIRST]

    @property
    def asks_more(self) -> bool:
        return any(field.value() or field.errors for field in self.more)

    def clean_account(self) -> UUID | None:
        text = self.cleaned_data["account"]
        found = account_named(text) if text else None
        if text and found is None:
            raise forms.ValidationError(_("There is no account with this e-mail."), code="unknown_account")
        return found

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("since") and given.get("until") and given["until"] < given["since"]:
            self.add_error("until", _("The last day is before the first."))
        return given

    @property
    def query(self) -> str:
        """What was looked for, for an address: an account by its id, whose e-mail has no place there."""
        given = {name: value for name, value in self.cleaned_data.items() if value}
        return urlencode(given)

    def show_account(self, email: str) -> None:
        """In the place of the id by which it stands in the address."""
        if email:
            self.data = {**{name: self.data.get(name) for name in self.fields}, "account": email}

    @property
    def criteria(self) -> Criteria:
        """Days are those of whoever looks, the last one included."""
        given: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if value}
        if "since" in given:
            given["since"] = _midnight(given["since"])
        if "until" in given:
            given["until"] = _midnight(given["until"] + timedelta(days=1))
        return Criteria(**given)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(0)))
