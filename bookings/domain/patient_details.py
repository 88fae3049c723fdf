"""What a practice writes about a patient: tidied and checked by one set of rules, whoever asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypedDict, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MinLengthValidator, validate_email
from django.utils.translation import gettext_lazy as _

from accounts.models import validate_zone
from bookings.domain import lengths
from core.errors import Refused

EMAIL = 254


def _valid_language(code: str) -> None:
    if code not in dict(settings.LANGUAGES):
        raise ValidationError(_("Unknown language."), code="unknown_language")


RULES: dict[str, Sequence[Callable[[str], None]]] = {
    "name": (
        MinLengthValidator(2, _("Please enter the first and the last name.")),
        MaxLengthValidator(lengths.NAME),
        lengths.valid_name,
    ),
    "email": (validate_email, MaxLengthValidator(EMAIL)),
    "phone": (MaxLengthValidator(lengths.PHONE), lengths.valid_phone),
    "notes": (MaxLengthValidator(lengths.NOTES),),
    "language": (_valid_language,),
    "timezone": (validate_zone,),
}
_NEEDED = frozenset({"name", "language"})


class Details(TypedDict, total=False):
    name: str
    email: str
    phone: str
    language: str
    timezone: str
    notes: str


def checked(given: Details) -> dict[str, str]:
    """The same, as it is kept: names on one line, nothing around. Raises Refused, naming the field."""
    return {field: _checked(field, value) for field, value in cast(Mapping[str, str], given).items()}


def _checked(field: str, value: str) -> str:
    kept = " ".join(value.split()) if field == "name" else lengths.one_newline(value).strip()
    if not kept and field not in _NEEDED:
        return kept
    for rule in RULES[field]:
        try:
            rule(kept)
        except ValidationError as error:
            raise Refused(" ".join(error.messages), code=error.code, attr=field) from error
    return kept
