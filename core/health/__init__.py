"""Is the process alive, can it serve, and how is the work behind it going?"""

from core.health.gauges import TROUBLE, Level, Reading, gauge, read_all
from core.health.views import live, metrics, ready

__all__ = ["TROUBLE", "Level", "Reading", "gauge", "live", "metrics", "read_all", "ready"]
