"""Charts in templates: `{% column_chart chart %}`, and `{% bar value most %}` within the cell of a table."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import figures
from core.charts import ColumnChart

register = template.Library()

register.filter("number", figures.number)
register.filter("percent", figures.percent)
register.filter("long_date", figures.long_date)


@register.inclusion_tag("components/column_chart.html")
def column_chart(chart: ColumnChart) -> dict[str, Any]:
    """The drawing, its legend where there are several series, and a table of the same numbers."""
    return {"chart": chart}


@register.simple_tag
def bar(value: float, most: float, tone: int = 1) -> SafeString:
    """A bar as long as `value` is of `most`; decoration: the number stands beside it."""
    share = round(100 * value / most, 2) if most else 0
    rect = format_html('<rect class="tone-{}" width="{}%" height="10" rx="2"/>', tone, f"{share:.2f}")
    return format_html('<svg class="row-bar" height="10" aria-hidden="true">{}</svg>', rect)
