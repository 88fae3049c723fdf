"""One's own data: to take along, or to be erased."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.leaving import OwnPasswordSerializer
from accounts.services import own_erasure
from accounts.services.own_erasure import Fate, Outcome
from bookings.api.people import signed_in
from bookings.erasure_words import in_words
from bookings.selectors.own_data import everything_of


class OutcomeSerializer(serializers.Serializer[Any]):
    patient_id = serializers.UUIDField(source="record.pk")
    practice = serializers.CharField(source="record.professional.name")
    what = serializers.ChoiceField(
        choices=[fate.value for fate in Fate],
        source="fate",
        help_text="It would: `erase`, `ask` (staff decide), `settle_first`; it did: `erased`, `asked`, `withdrawn`.",
    )
    asked_at = serializers.DateTimeField(
        source="record.erasure_asked_at",
        allow_null=True,
        help_text="When staff were asked; null where nobody asks.",
    )
    code = serializers.CharField(
        help_text="What has to be settled first: `appointments_to_come`, `open_request`, `open_refund`; else empty."
    )
    words = serializers.SerializerMethodField()

    def get_words(self, outcome: Outcome) -> str:
        return in_words(outcome)


class OutcomesSerializer(serializers.Serializer[Any]):
    records = OutcomeSerializer(many=True)


class ExportView(APIView):
    @extend_schema(operation_id="me_export", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """All that is kept about you: account, records, appointments, requests, money, plans, notifications, and which
        letters were sent to you. What a professional notes for themselves is the practice's to give."""
        return Response(everything_of(signed_in(request)))


class EraseView(APIView):
    @extend_schema(operation_id="me_erase_preview", responses=OutcomesSerializer)
    def get(self, request: Request) -> Response:
        """What asking to be erased would do now, for each practice."""
        return Response(OutcomesSerializer({"records": own_erasure.foretell(signed_in(request))}).data)

    @extend_schema(operation_id="me_erase", request=OwnPasswordSerializer, responses=OutcomesSerializer)
    def post(self, request: Request) -> Response:
        """Ask to be erased, for good: at once where nothing has to be kept; where there were consultations or notes,
        staff are asked, who know what the law wants kept. The account stays: `POST me/close` deletes it."""
        given = OwnPasswordSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        outcomes = own_erasure.erase_own(user=signed_in(request), password=given.validated_data["password"])
        return Response(OutcomesSerializer({"records": outcomes}).data)

    @extend_schema(operation_id="me_erase_withdraw", responses=OutcomesSerializer)
    def delete(self, request: Request) -> Response:
        """Withdraw what waits for staff. Says of each record that waited what became of it: `withdrawn`, or `erased`
        where staff were faster. 409 `no_request_waits` where nothing was withdrawn: it is decided, or was withdrawn
        before."""
        return Response(
            OutcomesSerializer({"records": own_erasure.withdraw_own(user=signed_in(request))}).data
        )
