"""What stands where nothing stands, and what the API says of itself."""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import Any

from django.http import HttpResponse
from django.utils.encoding import force_bytes
from django.utils.translation import get_language
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


@extend_schema(exclude=True)
class UnknownView(APIView):
    """404 in the API's own shape, whoever asks."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound

    def get(self, request: Request) -> Response:
        raise NotFound


unknown = UnknownView.as_view()


@extend_schema(exclude=True)
class SchemaView(SpectacularAPIView):
    """The schema. To write it takes more than a second of processor, and anybody may ask for it: each process writes
    it once for a language and format."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        renderer = request.accepted_renderer
        with _writing:  # of whoever asks first, one writes; the library knows no second thread meanwhile
            schema = _written(renderer.format, get_language() or "")
        kind, name = f"{renderer.media_type}; charset=utf-8", f"vicita-api.{renderer.format}"
        headers = {"Content-Disposition": f'inline; filename="{name}"'}
        return HttpResponse(schema, content_type=kind, headers=headers)


_writing = Lock()


@cache
def _written(form: str, _language: str) -> bytes:
    renderer = OpenApiYamlRenderer() if form == OpenApiYamlRenderer.format else OpenApiJsonRenderer()
    return force_bytes(renderer.render(SchemaGenerator().get_schema(public=True), renderer_context={}))
