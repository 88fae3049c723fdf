"""How the API describes itself, where the libraries cannot know."""

from __future__ import annotations

from typing import Any

from drf_standardized_errors.openapi import AutoSchema as StandardizedErrorsSchema

from core.api.idempotency import PARAMETER, Idempotent


class AutoSchema(StandardizedErrorsSchema):
    def get_override_parameters(self) -> list[Any]:
        """Creations may carry an Idempotency-Key."""
        given = list(super().get_override_parameters())
        return [*given, PARAMETER] if isinstance(self.view, Idempotent) and self.method == "POST" else given
