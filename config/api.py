"""How the API reads, answers and describes itself: the same in every installation."""

from __future__ import annotations

from typing import Any

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsers.JSONBody"],
    "DEFAULT_PAGINATION_CLASS": "core.api.pagination.Pages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.AutoSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "COERCE_DECIMAL_TO_STRING": True,
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "core.api.exceptions.ExceptionHandler",
    "EXCEPTION_FORMATTER_CLASS": "core.api.exceptions.Formatter",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Vicita API",
    "DESCRIPTION": "Booking and telehealth. Times are RFC 3339 in UTC, amounts are decimal strings.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": ["drf_standardized_errors.openapi_hooks.postprocess_schema_enums"],
    "ENUM_NAME_OVERRIDES": {
        f"{name}Enum": f"drf_standardized_errors.openapi_serializers.{name}Enum.choices"
        for name in (
            "ValidationError",
            "ClientError",
            "ServerError",
            "ParseErrorCode",
            *(f"ErrorCode{status}" for status in (401, 403, 404, 405, 406, 415, 429, 500)),
        )
    }
    | {
        "BookingStatus": "bookings.domain.lifecycle_table.Status",
        "MeetingStatus": "bookings.api.outputs.MeetingStatus",
        "SeatRole": "bookings.api.outputs.Seat",
        "CancelledBy": "bookings.models.CancelledBy",
        "RequestStatus": "bookings.models.RequestStatus",
        "Modality": "bookings.models.Modality",
        "PaymentStatus": "payments.models.PaymentStatus",
        "UserRole": "accounts.models.Role",
        "Language": "config.settings.LANGUAGES",
    },
}
