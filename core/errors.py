"""Errors of the domain: what a person did that a rule forbids, in words for that person.

Services raise them; faces translate them at the edge (`core.api.exceptions`, `core.web`), nowhere else.
"""

from __future__ import annotations

from typing import Any

from django.db import InterfaceError, OperationalError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A rule said no. `code` is stable for programs, `message` is for the person, `attr` names the field."""

    status = 400
    code = "invalid"
    retry_after: int | None = None  # seconds, where another try may help
    page = "error.html"  # the template that says it to whoever reads pages
    message: str | Promise = _("This cannot be done.")

    def __init__(
        self,
        message: str | Promise | None = None,
        *,
        code: str | None = None,
        attr: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        self.message = message or self.message
        self.code = code or self.code
        self.attr = attr
        self.extra = extra or {}
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message)


class Refused(DomainError):
    """The request is understood, but its values or the state of things do not allow it."""


class NotAllowed(DomainError):
    """This person may not do that."""

    status = 403
    code = "permission_denied"
    message = _("You do not have permission to do this.")


class Missing(DomainError):
    """There is no such thing, or this person may not know of it."""

    status = 404
    page = "404.html"
    code = "not_found"
    message = _("Not found.")


class WrongMethod(DomainError):
    """The address takes what a form sends, and somebody opened it."""

    status = 405
    code = "method_not_allowed"
    message = _("There is nothing to see at this address: it only takes what a form sends.")


class Conflict(DomainError):
    """Somebody else was first. `extra` may carry what is still possible."""

    status = 409
    code = "conflict"


class LengthRequired(DomainError):
    """The body comes in pieces of unknown number: nobody could say beforehand that it is too large."""

    status = 411
    code = "length_required"
    message = _("The request must say how long its body is (Content-Length).")


class TooMany(DomainError):
    """Somebody asked for it too often. `retry_after` says when it is counted anew."""

    status = 429
    page = "429.html"
    code = "throttled"
    message = _("Too many attempts. Please wait a few minutes and try again.")
    retry_after: int | None = 60

    def __init__(self, *args: Any, retry_after: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.retry_after = retry_after or self.retry_after


class Busy(DomainError):
    """The database cannot do it now: somebody holds the lock too long, no connection is free, it starts again."""

    status = 503
    page = "503.html"
    title = _("Please try again in a moment")
    code = "busy"
    message = _("We are very busy right now. Please try again in a moment; nothing was changed.")
    retry_after = 5


class MaybeSaved(DomainError):
    """It was done, as far as we know, and then the database went away: nobody is told to send it once more."""

    status = 503
    page = "503.html"
    title = _("Please look before you try again")
    code = "maybe_saved"
    message = _(
        "We lost our database just after your request. What you sent may have been saved: please look before you send "
        "it again."
    )


def as_domain_error(exception: BaseException | None) -> DomainError | None:
    """What can be told to a person; None for a mistake of ours."""
    if isinstance(exception, DomainError):
        return exception
    return Busy() if isinstance(exception, OperationalError | InterfaceError) else None
