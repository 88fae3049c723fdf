"""How one phone number may have been written down: with the country's code or without, as people there write it."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import Patient
from accounts.names import digits


def indexes_of(number: str, countries: Iterable[str]) -> list[str]:
    """Blind indexes of all spellings of what somebody typed, in the countries (ISO 3166-1) whose number it may be."""
    return [Patient.index_of_phone(spelling) for spelling in sorted(spellings(number, countries))]


def spellings(number: str, countries: Iterable[str]) -> set[str]:
    """Of "600 000 001" in Spain: as it was typed, "+34600000001", "0034600000001", "34600000001", "600000001"."""
    import phonenumbers  # its tables take a tenth of a second, and only who searches needs them

    typed = ("+" if number.strip().startswith("+") else "") + digits(number)
    whole = "+" + typed[2:] if typed.startswith("00") else typed
    found = {typed, whole}
    regions: set[str | None] = {country or None for country in countries}
    for country in regions or {None}:
        try:
            meant = phonenumbers.parse(whole, country)
        except phonenumbers.NumberParseException:
            continue
        if not phonenumbers.is_possible_number(meant):
            continue
        whole_one = phonenumbers.format_number(meant, phonenumbers.PhoneNumberFormat.E164)
        as_there = phonenumbers.format_number(meant, phonenumbers.PhoneNumberFormat.NATIONAL)
        national = phonenumbers.national_significant_number(meant)
        found |= {whole_one, "00" + whole_one[1:], whole_one[1:], national, digits(as_there)}
    return found
