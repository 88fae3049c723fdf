"""Bodies are small, but where a view takes a file: here and in the proxy before us."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.pictures import LARGEST_FILE
from core.uploads import ENVELOPE

NGINX = (Path(__file__).resolve().parents[2] / "deploy" / "nginx.conf").read_text()
MEGABYTE = 1024 * 1024


def takers(patterns: list[Any], start: str = "") -> list[str]:
    """Addresses of the views that take a file."""
    found = []
    for pattern in patterns:
        address = start + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += takers(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern):
            view = pattern.callback
            found += [address] if hasattr(getattr(view, "cls", view), "largest_body") else []
    return found


def test_only_pictures_may_be_large():
    assert sorted(takers(get_resolver().url_patterns)) == ["api/v1/me/photo", "doctor/profile/photo"]


def test_the_proxy_lets_through_what_we_take_and_no_more():
    exception = re.search(r"location ~ \^/\((\S+?)\)\$ \{\s+client_max_body_size (\d+)m;", NGINX)
    assert set(exception[1].split("|")) == set(takers(get_resolver().url_patterns))
    assert int(exception[2]) * MEGABYTE >= LARGEST_FILE + ENVELOPE
    rest = int(re.search(r"\n    client_max_body_size (\d+)k;", NGINX)[1]) * 1024
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE <= rest < MEGABYTE


def test_a_file_never_touches_the_disk():
    assert settings.FILE_UPLOAD_HANDLERS == ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
    assert LARGEST_FILE + ENVELOPE <= settings.FILE_UPLOAD_MAX_MEMORY_SIZE
