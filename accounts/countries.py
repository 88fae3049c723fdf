"""The countries of the world (ISO 3166-1), by their names."""

from __future__ import annotations

import unicodedata
from functools import cache

from babel.core import Locale

# Of two letters too, but none: unions, outlying islands, codes for trying out.
_NONE = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})


@cache
def country_names(language: str) -> dict[str, str]:
    """Code to name in a language such as "es", by name."""
    territories = Locale.parse(language, sep="-").territories
    names = {code: name for code, name in territories.items() if len(code) == 2 and code not in _NONE}
    return dict(sorted(names.items(), key=lambda entry: _without_accents(entry[1])))


def _without_accents(name: str) -> str:
    """For the order: México stands before Mozambique."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def is_country(code: str) -> bool:
    return code in country_names("en")
