from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Names by content also for what our scripts import from each other: only hashed files are kept."""

    support_js_module_import_aggregation = True
