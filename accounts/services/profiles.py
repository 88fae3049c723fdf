"""What people say about themselves: everybody of their account, professionals of their practice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict, Unpack

from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import diary
from accounts.countries import is_country
from accounts.models import Professional, Specialty, User
from accounts.names import valid_name
from accounts.selectors import own_practice
from accounts.services.refusals import refused
from core import audit
from core.errors import Refused

MOST_LANGUAGES = 12


class AccountChanges(TypedDict, total=False):
    """`timezone` "" is that of the device."""

    name: str
    language: str
    timezone: str


class PracticeChanges(TypedDict, total=False):
    """`country` is ISO 3166-1, `languages` are codes such as "es", `timezone` is where the wall times belong."""

    name: str
    specialties: Iterable[Specialty]
    licence: str
    bio: str
    city: str
    country: str
    address: str
    languages: Iterable[str]
    timezone: str
    is_listed: bool


@transaction.atomic
def change_profile(*, user: User, account: AccountChanges, practice: Mapping[str, Any] | None) -> User:
    """Both together, or nothing. `practice`: PracticeChanges, and `confirm_timezone`.

    Raises Refused as the two below, with "professional." before the fields of the practice; `wrong_role` for the
    practice of somebody who has none.
    """
    change_account(user=user, **account)
    if practice is not None:
        mine = own_practice(user)
        if mine is None:
            raise Refused(_("This user is not a professional."), code="wrong_role", attr="professional")
        given = dict(practice)
        try:
            change_practice(professional=mine, zone_confirmed=given.pop("confirm_timezone", False), **given)
        except Refused as error:
            error.attr = f"professional.{error.attr}"
            raise
    return user


def change_account(*, user: User, **changes: Unpack[AccountChanges]) -> User:
    """What is not given stays. Raises Refused with the field: `link_in_name`, or its own bounds."""
    if _assign(user, changes):
        user.save(update_fields=[*changes])
    return user


@transaction.atomic
def change_practice(
    *, professional: Professional, zone_confirmed: bool = False, **changes: Unpack[PracticeChanges]
) -> Professional:
    """What is not given stays. In another time zone the hours keep what their clocks say, appointments and time off
    keep their moments; where appointments are to come, this has to be `zone_confirmed`.

    Raises Refused with the field: `confirm_timezone` with the number of `appointments`, `link_in_name`,
    `unknown_country`, `unknown_language`, or its own bounds.
    """
    practice = (
        Professional.objects.select_for_update(of=("self",)).select_related("user").get(pk=professional.pk)
    )
    zone = practice.timezone
    given: dict[str, Any] = dict(changes)
    specialties = given.pop("specialties", None)
    if "bio" in given:
        given["bio"] = given["bio"].replace("\r\n", "\n").strip()
    if "languages" in given:
        given["languages"] = _known_languages(given["languages"], practice.languages)
    if given.get("country") and not is_country(given["country"]):
        raise Refused(_("We do not know this country."), code="unknown_country", attr="country")
    _assign(practice, given)
    if practice.timezone != zone and not zone_confirmed:
        _require_empty_diary(practice)
    practice.save(update_fields=[*given])
    if specialties is not None:
        practice.specialties.set(specialties)
    audit.record("practice.changed", object=practice, fields=" ".join(sorted(changes)))
    return practice


def _assign(row: User | Professional, given: Mapping[str, Any]) -> bool:
    """Whether there is something to save. Raises Refused for what its field does not allow."""
    for name, value in given.items():
        setattr(row, name, " ".join(value.split()) if name == "name" else value)
    others = {field.name for field in row._meta.concrete_fields} - given.keys()
    try:
        row.clean_fields(exclude=others)
        if "name" in given:
            valid_name(row.name)
    except ValidationError as error:
        raise refused(error, field="name") from error
    return bool(given)


def _require_empty_diary(practice: Professional) -> None:
    if number := diary.appointments_to_come(practice):
        raise Refused(
            _("Your hours would be those of the new time zone. Please confirm that this is what you want."),
            code="confirm_timezone",
            attr="timezone",
            extra={"appointments": number},
        )


def _known_languages(codes: Iterable[str], spoken: Iterable[str]) -> list[str]:
    """Each once. Those that are `spoken` already may stay, whatever they are."""
    chosen = list(dict.fromkeys(codes))
    if len(chosen) > MOST_LANGUAGES or not all(code in LANG_INFO or code in spoken for code in chosen):
        raise Refused(_("We do not know one of these languages."), code="unknown_language", attr="languages")
    return chosen
