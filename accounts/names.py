"""How people's names and numbers compare. Pure."""

from __future__ import annotations

import unicodedata

from core.crypto import normalize


def same_name(one: str, other: str) -> bool:
    """The same person's, as far as spelling can tell: case and spaces do not count, accents do."""
    return " ".join(normalize(one).split()) == " ".join(normalize(other).split())


def folded(text: str) -> str:
    """For searching and sorting: without case, accents and spare spaces."""
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text)
        text = "".join(character for character in apart if not unicodedata.combining(character))
    return " ".join(text.casefold().split())


def digits(text: str) -> str:
    """A phone number without what people put between its figures."""
    return "".join(character for character in text if character.isdecimal())
