from django.apps import AppConfig
from django.contrib.staticfiles import apps as staticfiles


class CoreConfig(AppConfig):
    default = True
    name = "core"


class StaticFilesConfig(staticfiles.StaticFilesConfig):
    """Leaves out what no page of ours loads: its scripts refer to files that are not there."""

    ignore_patterns = [*staticfiles.StaticFilesConfig.ignore_patterns, "redoc"]
