"""What somebody may not learn by asking: that a patient has an appointment elsewhere at a certain time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import owns_email
from core.errors import Conflict, Refused


@contextmanager
def discreet(user: User | None = None, email: str = "") -> Iterator[None]:
    """Around a verb that finds a patient a time: `patient_busy` is told only to an account whose own verified
    e-mail this is. Anybody else reads that the time is not available (Refused `slot_not_available`), as for any
    other time that cannot be had."""
    try:
        yield
    except Conflict as conflict:
        if conflict.code != "patient_busy" or (user is not None and owns_email(user, email)):
            raise
        raise Refused(
            _("This time is not available. Please choose another one."),
            code="slot_not_available",
            attr="start",
        ) from None
