"""Who saw or changed one's own data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.api.people import signed_in
from bookings.record_access import told
from bookings.selectors.record_access import accesses_to, names_of
from core.api.pagination import PAGED, Pages, PageSerializer
from core.models import AuditEvent


class AccessSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    who = serializers.CharField(help_text="A name; where there is none, what they are.")
    role = serializers.CharField(help_text='In words; "" where `who` says it all.')
    what = serializers.CharField(help_text='In words, to be read after `who`: "opened your record".')


class RecordAccessPageSerializer(PageSerializer):
    results = AccessSerializer(many=True)


class RecordAccess(APIView):
    @extend_schema(
        operation_id="me_record_access",
        parameters=PAGED,
        responses=RecordAccessPageSerializer,
    )
    def get(self, request: Request) -> Response:
        """Who saw or changed your data in any practice, the latest first; neither what you did yourself nor what
        happens by itself."""
        pages = Pages()
        rows: Sequence[AuditEvent] = (
            pages.paginate_queryset(accesses_to(signed_in(request)), request, view=self) or []
        )
        return pages.get_paginated_response(AccessSerializer(told(rows, names_of(rows)), many=True).data)
