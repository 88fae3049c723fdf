"""Public holidays of a country and one of its regions, from the library `holidays`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache

import holidays
import holidays.countries  # else the first one who asks waits while the library loads all of them
from holidays.registry import COUNTRIES

# By ISO 3166-1. From the registry: to ask the library for all it supports reads every calendar.
CALENDARS = {code for _name, code, *_others in COUNTRIES.values()}


def is_known(country: str, region: str = "") -> bool:
    """Whether there is a calendar for this country (ISO 3166-1), and for that region of it where one is named."""
    return country in CALENDARS and (not region or region in _regions(country))


@cache
def _regions(country: str) -> frozenset[str]:
    return frozenset(holidays.country_holidays(country).subdivisions)


def regions_of(country: str) -> list[tuple[str, str]]:
    """Codes and names of the regions with holidays of their own, by name; none for a country without."""
    if not is_known(country):
        return []
    calendar = holidays.country_holidays(country)
    names: dict[str, str] = {}
    for name, code in calendar.subdivisions_aliases.items():
        names.setdefault(code, name)
    regions = ((code, names.get(code, code)) for code in calendar.subdivisions)
    return sorted(regions, key=lambda region: region[1])


def holidays_between(
    country: str, region: str, first: date, last: date, language: str = ""
) -> dict[date, str]:
    """The public holidays from `first` to `last`, both included, with their names in `language` (es, en) where the
    calendar has them, else in the country's own. Empty for a country without a calendar."""
    if not is_known(country, region):
        return {}
    return {
        day: name
        for year in range(first.year, last.year + 1)
        for day, name in sorted(_of_year(country, region, year, language).items())
        if first <= day <= last
    }


@lru_cache(maxsize=256)
def _of_year(country: str, region: str, year: int, language: str) -> Mapping[date, str]:
    known = holidays.country_holidays(country).supported_languages
    spoken = next((name for name in known if name.split("_")[0] == language), None)
    return dict(holidays.country_holidays(country, subdiv=region or None, years=year, language=spoken))
