"""What is wrong with the values of a practice's own rows, in our own shape."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from core.errors import Refused


def require_valid_fields(row: models.Model, *, besides: Collection[str] = ()) -> None:
    """Raises Refused for the first field, `besides` these, that its own bounds do not allow."""
    try:
        row.clean_fields(exclude=set(besides))
    except ValidationError as error:
        field, problems = next(iter(error.error_dict.items()))
        code = problems[0].code or "invalid"
        raise Refused(" ".join(problems[0].messages), code=code, attr=field) from error


def require_by_five(row: models.Model, field: str) -> None:
    """Raises Refused (`step_size`) for minutes that no clock face shows."""
    if getattr(row, field) % 5:
        raise Refused(_("Please choose a multiple of five minutes."), code="step_size", attr=field)
