from __future__ import annotations

from typing import Any

from django.conf import settings
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Names by content also for what our scripts import from each other: only hashed files are kept."""

    support_js_module_import_aggregation = True

    def create_compressor(self, **options: Any) -> Compressor:
        """Where all of it runs on one machine, people wait for the first start, and Brotli would take most of that."""
        return super().create_compressor(**options, use_brotli=not settings.EMBEDDED)
