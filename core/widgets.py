"""Controls of forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class LongSelect(forms.Select):
    """For hundreds of options, without groups. Django renders a template for each, which takes a tenth of a second."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        widget = self.get_context(name, value, attrs)["widget"]
        options = (option for _name, group, _index in widget["optgroups"] for option in group)
        written = (
            (flatatt({"value": str(option["value"])} | option["attrs"]), option["label"])
            for option in options
        )
        return format_html(
            "<select{}>{}</select>",
            flatatt({"name": name} | widget["attrs"]),
            format_html_join("", "<option{}>{}</option>", written),
        )
