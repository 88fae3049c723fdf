"""One shape for every error of the API: `{"type", "errors": [{"code", "detail", "attr"}]}`."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext_lazy as _
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler as StandardHandler
from rest_framework.exceptions import APIException

from core.audit import trail as audit
from core.errors import DomainError, as_domain_error
from core.web import SORRY


class DomainAPIException(APIException):
    """A domain error on its way out; `extra` is put beside the errors."""

    def __init__(self, error: DomainError) -> None:
        super().__init__(detail=str(error), code=error.code)
        self.status_code = error.status
        self.attr = error.attr
        self.extra = error.extra
        self.wait = error.retry_after


class TooLarge(APIException):
    """The body is larger than `DATA_UPLOAD_MAX_MEMORY_SIZE`."""

    status_code = 413
    default_code = "too_large"
    default_detail = _("The body is too large.")


class ExceptionHandler(StandardHandler):
    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if (error := as_domain_error(exc)) is not None:
            return DomainAPIException(error)
        if isinstance(exc, RequestDataTooBig):
            return TooLarge()
        return super().convert_known_exceptions(exc)

    def convert_unhandled_exceptions(self, exc: Exception) -> APIException:
        """A mistake of ours, in words of ours."""
        return exc if isinstance(exc, APIException) else APIException(SORRY)


class Formatter(ExceptionFormatter):
    def run(self) -> Any:
        body: dict[str, Any] = super().run()
        if isinstance(self.exc, DomainAPIException):
            body["errors"][0]["attr"] = self.exc.attr
            body |= self.exc.extra
        audit.refused(body["errors"][0]["code"])
        return body
