"""What a name may be, and how people's names and numbers compare. Pure."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.crypto import normalize

# Accents, once they stand apart from their letters.
_MARKS = re.compile("[\u0300-\u036f]+")
# What mail programs would turn into a link.
_LINK = re.compile(
    r"://|\bwww\.|[^\s.]\.(?:app|biz|click|club|cn|com|dev|info|io|link|ly|net|online|org|ru|shop|site|top|xyz)\b",
    re.I,
)


def valid_name(name: str) -> None:
    """Names stand in e-mails, which go to whatever address somebody typed: they may not advertise. Raises
    ValidationError."""
    if _LINK.search(name):
        raise ValidationError(
            _("Please enter only a name, without a link or an e-mail."), code="link_in_name"
        )


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
