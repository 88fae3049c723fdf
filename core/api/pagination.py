from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.pagination import PageNumberPagination


class Pages(PageNumberPagination):
    page_size = 25
    page_size_query_param = "page_size"
    max_page_size = 100


# For the schema, where it cannot see by itself that an answer comes in pages.
PAGED = [
    OpenApiParameter("page", int),
    OpenApiParameter("page_size", int, description=f"At most {Pages.max_page_size}."),
]


class PageSerializer(serializers.Serializer[Any]):
    """What is around the rows of a page."""

    count = serializers.IntegerField(help_text="On all pages together.")
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
