"""What is wrong with somebody's data, in our own shape."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.errors import Refused


def email_taken() -> Refused:
    return Refused(_("There is already an account with this e-mail."), code="email_taken", attr="email")


def refused(error: ValidationError, *, field: str = "password") -> Refused:
    """The first of the things that are wrong, in our own shape; those that name no field are about `field`."""
    by_field = error.error_dict if hasattr(error, "error_dict") else {field: error.error_list}
    name, problems = next(iter(by_field.items()))
    if name == "email" and any(problem.code == "unique" for problem in problems):
        return email_taken()
    return Refused(" ".join(problems[0].messages), code=problems[0].code or "invalid", attr=name)
