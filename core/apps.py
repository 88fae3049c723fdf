from django.apps import AppConfig
from django.contrib.staticfiles import apps as staticfiles
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    default = True
    name = "core"
    verbose_name = _("System")

    def ready(self) -> None:
        from core.health import own  # noqa: F401  (its gauges)


class StaticFilesConfig(staticfiles.StaticFilesConfig):
    """Leaves out what no page of ours loads: a page about the API whose scripts refer to files that are not there, and
    the one to browse it."""

    ignore_patterns = [*staticfiles.StaticFilesConfig.ignore_patterns, "redoc", "rest_framework"]
