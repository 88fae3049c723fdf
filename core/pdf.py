"""PDFs by typst, from a template in `templates/` and plain data. No network, no files but templates and our fonts.

Data reach the template as JSON: whatever somebody typed is printed as it is, and never run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import typst
from django.conf import settings
from django.http import HttpResponse

FONTS = settings.BASE_DIR / "static" / "vendor"
TEMPLATES = settings.BASE_DIR / "templates"


def render(template: str, data: Mapping[str, Any], *, made_at: datetime) -> bytes:
    """A tagged PDF (PDF/A-2a) of `template`, which finds its data in `json(bytes(sys.inputs.data))`. The same data and
    moment give the same bytes.

    PDF/A takes no sign that our fonts lack, such as 王 or an emoji in somebody's name: then it is a tagged PDF with the
    machine's own fonts, and an empty box for what these lack too.
    """

    def made(**as_what: Any) -> bytes:
        return typst.compile(
            str(TEMPLATES / template),
            root=str(TEMPLATES),
            font_paths=[str(FONTS)],
            sys_inputs={"data": json.dumps(data)},
            package_path=str(TEMPLATES),  # where there are none, so that none is fetched
            package_cache_path=str(TEMPLATES),
            timestamp=int(made_at.timestamp()),
            **as_what,
        )

    try:
        return made(ignore_system_fonts=True, pdf_standards=["a-2a"])
    except typst.TypstError:
        return made()


def pdf_response(content: bytes, filename: str) -> HttpResponse:
    """Shown by the browser, and kept under this name."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{filename}"'
    response["Cache-Control"] = "no-store"
    return response
