"""Two openings of a day, or two times off, never overlap: the database sees to it, here it is put into words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from core.errors import Refused

_CONSTRAINTS = frozenset({"block_weekday_once", "block_date_once", "time_off_once"})


@contextmanager
def overlaps_in_words(refusal: Callable[[], Refused]) -> Iterator[None]:
    """Around writes within a transaction that holds the professional's lock: an overlap takes these writes back, all
    of them, and raises `refusal()`, which may look up what is in the way."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
        if constraint not in _CONSTRAINTS:
            raise
        raise refusal() from error
