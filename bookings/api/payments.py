"""A practice's money by the API: the list with its sums, each payment with its story, giving back, receipts."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Professional, Role
from bookings.api.people import own_practice, signed_in
from bookings.domain.money_states import MoneyState
from bookings.money_file import money_file
from bookings.receipts import receipt_for_payer, receipt_for_practice
from bookings.selectors.payments import (
    Wanted,
    payment_of_practice,
    rows_of,
    wanted_payments,
    wanted_totals,
)
from core.api.fields import InstantField, MoneyField
from core.api.files import FileView
from core.api.idempotency import Idempotent
from core.api.pagination import PAGED, Pages, PageSerializer
from core.pdf import pdf_response
from payments.models import Refund
from payments.receipts import as_pdf
from payments.services import give_back_by_payee
from payments.story import story_of, why


class MoneyQuery(serializers.Serializer[Any]):
    """Dates are those of the practice's zone, both included: when it was paid, else asked for."""

    to = serializers.DateField(source="last", required=False, help_text="Last date, included.")
    status = serializers.ChoiceField(
        choices=MoneyState.choices,
        source="state",
        required=False,
        help_text="`returned` and `owed_back`: something of it has gone back, or still has to. Narrows the list, not "
        "the totals.",
    )
    currency = serializers.CharField(max_length=3, required=False)

    def get_fields(self) -> dict[str, serializers.Field]:
        """`from` is a word of the language."""
        first = serializers.DateField(source="first", required=False, help_text="First date, YYYY-MM-DD.")
        return {"from": first, **super().get_fields()}


class MonthSerializer(serializers.Serializer[Any]):
    """Money counts in the month it came or went; `owed_back` was asked for in it, and still has to go."""

    month = serializers.DateField(help_text="Its first day, in the practice's zone.")
    currency = serializers.CharField()
    paid = MoneyField("paid")
    returned = MoneyField("returned", help_text="Given back, or taken by the payer's bank after a dispute.")
    owed_back = MoneyField("owed_back")
    net = MoneyField("net")


class PurposeSerializer(serializers.Serializer[Any]):
    type = serializers.CharField(source="kind", help_text="`booking` or `membership`.")
    id = serializers.UUIDField()
    title = serializers.CharField(source="what", help_text="The service's or the plan's name.")
    patient = serializers.CharField(source="who")
    reference = serializers.CharField(help_text="Of the appointment; empty for a membership.")


class PracticePaymentSerializer(serializers.Serializer[Any]):
    """What became of one payment. `status` is as in the filter; of one that is `returned`, `net` may be left."""

    id = serializers.UUIDField(source="payment.id")
    reference = serializers.CharField(source="payment.reference")
    subject = PurposeSerializer(source="purpose")
    status = serializers.CharField(source="state")
    in_question = serializers.BooleanField(
        help_text="A gateway holds money for it that is not what was asked for."
    )
    gateway = serializers.CharField(help_text="Where it was paid, or last tried, as people call it.")
    currency = serializers.CharField()
    amount = MoneyField("amount")
    returned = MoneyField("returned")
    owed_back = MoneyField("owed_back")
    net = MoneyField("net")
    created_at = InstantField(source="payment.created_at")
    paid_at = InstantField(source="payment.paid_at", allow_null=True)


class PracticePaymentsSerializer(PageSerializer):
    results = PracticePaymentSerializer(many=True)
    totals = MonthSerializer(many=True, help_text="By month and currency, the latest first; of all pages.")


class LineSerializer(serializers.Serializer[Any]):
    at = InstantField()
    what = serializers.CharField()
    who = serializers.CharField(help_text="`you`, staff, or empty.")
    note = serializers.CharField()


class RefundSerializer(serializers.ModelSerializer[Refund]):
    currency = serializers.CharField()
    amount = MoneyField()
    reason = serializers.SerializerMethodField(help_text="In words.")
    done_at = InstantField(allow_null=True)
    created_at = InstantField()

    class Meta:
        model = Refund
        fields = ["id", "amount", "currency", "status", "reason", "created_at", "done_at"]
        read_only_fields = fields

    def get_reason(self, refund: Refund) -> str:
        return why(refund)


class PaymentStorySerializer(PracticePaymentSerializer):
    story = LineSerializer(many=True, help_text="What happened, the latest first.")
    refunds = RefundSerializer(many=True)


class GiveBackInput(serializers.Serializer[Any]):
    amount = serializers.DecimalField(
        max_digits=14, decimal_places=3, required=False, help_text="All that is left when not given."
    )
    reason = serializers.CharField(
        max_length=200,
        required=False,
        allow_blank=True,
        default="",
        help_text="Of the money alone: no name, and nothing about anybody's health.",
    )


class PaymentList(APIView):
    """The practice's payments, the latest first, with sums by month and currency."""

    @extend_schema(
        operation_id="payments_list", parameters=[MoneyQuery, *PAGED], responses=PracticePaymentsSerializer
    )
    def get(self, request: Request) -> Response:
        practice, wanted = own_practice(request), _wanted(request)
        pages = Pages()
        payments = pages.paginate_queryset(wanted_payments(practice, wanted), request, view=self) or []
        answer = pages.get_paginated_response(PracticePaymentSerializer(rows_of(payments), many=True).data)
        answer.data["totals"] = MonthSerializer(wanted_totals(practice, wanted), many=True).data
        return answer


class PaymentFile(FileView):
    """The same as a CSV file: all of it, not a page."""

    @extend_schema(
        operation_id="payments_export",
        parameters=[MoneyQuery],
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> HttpResponseBase:
        return money_file(own_practice(request), _wanted(request))


class PaymentDetail(APIView):
    """One payment with its story and its refunds."""

    @extend_schema(operation_id="payments_retrieve", responses=PaymentStorySerializer)
    def get(self, request: Request, payment_id: UUID) -> Response:
        return Response(_whole(own_practice(request), payment_id))


class PaymentRefund(Idempotent):
    """Gives money back the way it came, all that is left or a part. What it was paid for stays as it is; a plan whose
    money went back in full ends."""

    @extend_schema(
        operation_id="payments_refund",
        request=GiveBackInput,
        responses={201: PaymentStorySerializer},
    )
    def post(self, request: Request, payment_id: UUID) -> Response:
        practice = own_practice(request)
        payment = payment_of_practice(practice, payment_id)
        asked = GiveBackInput(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        self.once(
            request,
            lambda: (
                give_back_by_payee(
                    payment_id=payment.pk,
                    amount=given.get("amount"),
                    why=given["reason"],
                    by=practice.user_id,
                    once=uuid4(),
                ).pk
            ),
        )
        return Response(_whole(practice, payment.pk), status=201)


class PaymentReceipt(FileView):
    """The receipt as PDF, for whoever paid and for the practice, in the language that is asked for."""

    @extend_schema(
        operation_id="payments_receipt",
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, payment_id: UUID) -> HttpResponse:
        user = signed_in(request)
        if user.role == Role.PROFESSIONAL:
            receipt = receipt_for_practice(own_practice(request), payment_id)
        else:
            receipt = receipt_for_payer(user, payment_id)
        return pdf_response(as_pdf(receipt), receipt.filename)


def _wanted(request: Request) -> Wanted:
    """Raises Refused, and what the serializer raises."""
    asked = MoneyQuery(data=request.query_params)
    asked.is_valid(raise_exception=True)
    given = asked.validated_data
    if "state" in given:
        given["state"] = MoneyState(given["state"])
    return Wanted(**given)


def _whole(practice: Professional, payment_id: UUID) -> dict[str, Any]:
    payment = payment_of_practice(practice, payment_id)
    (row,) = rows_of([payment])
    story = story_of(payment, for_payee=practice.user_id)
    return {
        **PracticePaymentSerializer(row).data,
        "story": LineSerializer(story.lines, many=True).data,
        "refunds": RefundSerializer(story.refunds, many=True).data,
    }
