"""The pictures of professionals."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts import selectors
from core.errors import Missing

FOREVER = "public, max-age=31536000, immutable"


@require_safe
def photo(request: HttpRequest, slug: str, digest: str) -> HttpResponse:
    """Another picture has another address, so this one may be kept forever."""
    content = selectors.photo_content(slug=slug, digest=digest)
    if content is None:
        raise Missing
    headers = {"Cache-Control": FOREVER, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type="image/webp", headers=headers)
