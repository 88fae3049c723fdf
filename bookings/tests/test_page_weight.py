"""A first visit to any page on the public way stays under 60 KB over the wire, fonts and scripts included."""

from __future__ import annotations

import gzip
import re

import brotli
import pytest
from django.contrib.staticfiles import finders

from bookings.access import token_of
from bookings.tests.factories import make_booking, make_professional, make_service

pytestmark = pytest.mark.django_db

LIMIT = 60_000
HEADERS = 600  # bytes of an answer's headers, generously
COMPRESSED_ALREADY = (".woff2",)


@pytest.fixture
def service():
    """Day and night in steps of ten minutes: the longest list of times there is."""
    return make_service(make_professional(slug="ana", always_open=True), slug="talk")


def weight_of(name: str) -> int:
    with open(str(finders.find(name)), "rb") as file:
        content = file.read()
    return len(content) if name.endswith(COMPRESSED_ALREADY) else len(brotli.compress(content))


def files_of(html: str) -> set[str]:
    """Static files that a page asks for, by itself, its styles and its scripts."""
    names = set(re.findall(r'(?:href|src)="/static/([^"#]+)', html))
    for name in list(names):
        if name.endswith((".css", ".js")):
            with open(str(finders.find(name))) as file:
                text = file.read()
            names |= set(re.findall(r'url\("\.\./([^"]+)"\)', text))
            names |= {f"js/{module}" for module in re.findall(r'from "\./([^"]+)"', text)}
    # Its unicode-range is asked for by few names only.
    return names - {"vendor/figtree-latin-ext.woff2"}


@pytest.mark.parametrize(
    "path", ["/", "/p/ana/", "/p/ana/talk/", "/p/ana/talk/book?start={start}", "/b/{token}/"]
)
def test_a_first_visit_is_light(client, service, path):
    booking = make_booking(service)
    address = path.format(token=token_of(booking), start=booking.starts_at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    html = client.get(address).content
    files = files_of(html.decode())
    assert "css/base.css" in files
    assert "vendor/figtree-latin.woff2" in files
    total = len(gzip.compress(html)) + sum(weight_of(name) for name in files) + HEADERS * (len(files) + 1)
    assert total < LIMIT, f"{total} bytes: {sorted(files)}"
