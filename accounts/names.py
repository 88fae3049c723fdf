"""How people's names and numbers compare. Pure."""

from __future__ import annotations

import re
import unicodedata

from core.crypto import normalize

# Accents, once they stand apart from their letters.
_MARKS = re.compile("[\u0300-\u036f]+")


def same_name(one: str, other: str) -> bool:
    """The same person's, as far as spelling can tell: case and spaces do not count, accents do."""
    return " ".join(normalize(one).split()) == " ".join(normalize(other).split())


def folded(text: str) -> str:
    """For searching and sorting: without case, accents and spare spaces."""
    if not text.isascii():
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text))
    return " ".join(text.casefold().split())


def digits(text: str) -> str:
    """A phone number without what people put between its figures."""
    return "".join(character for character in text if character.isdecimal())
