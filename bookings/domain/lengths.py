"""What people may type about a booking: the same on pages, in the API and in the verbs. Lengths are characters."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts.names import valid_name as valid_name
from core.errors import Refused

NAME = 120
PHONE = 30
# What the appointment is about; only the professional reads it.
REASON = 2000
# What a practice keeps for itself about an appointment or a patient.
NOTES = 2000
# One line of its own about an opening or a time off.
LINE = 200
# Why somebody cancels, declines or moves; the other person reads it.
CLOSING_REASON = 300

# 6 to 15 digits, with what people put between them.
PHONE_PATTERN = r"^\+?(?:[\s().-]*[0-9]){6,15}[\s().-]*\Z"

valid_phone = RegexValidator(PHONE_PATTERN, _("Enter a phone number, such as +57 300 123 4567."))


def one_newline(text: str) -> str:
    """Line ends as one character, which is what browsers count; forms send two."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def kept_reason(text: str, longest: int = CLOSING_REASON, attr: str = "reason") -> str:
    """The words as they are kept, whole. Raises Refused `reason_too_long`."""
    words = one_newline(text).strip()
    if len(words) > longest:
        raise Refused(
            _("Please say it in at most %(longest)s characters.") % {"longest": longest},
            code="reason_too_long",
            attr=attr,
        )
    return words
