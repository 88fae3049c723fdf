"""Buying a plan, and what one has bought."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from bookings.api.outputs import BookingPaymentSerializer
from bookings.api.paying import (
    NO_CHECKOUT,
    CheckoutInput,
    FirstCheckoutSerializer,
    asked_gateway,
    names_of_ways,
    opened_checkout,
)
from bookings.api.people import signed_in
from bookings.api.plans import PlanPracticeSerializer, PricedServiceSerializer
from bookings.member_cards import Card, cards_of
from bookings.models import Membership, Plan
from bookings.plan_words import Standing
from bookings.selectors.memberships import SUBJECT, Left, membership_of, memberships_of
from bookings.services.memberships import membership_checkout_url, subscribe
from core.api.fields import InstantField, MoneyField, money_text
from core.api.limits import LimitedWrites
from core.api.pagination import PAGED, Pages, PageSerializer
from core.errors import Refused
from payments.selectors import payment_of


class BoughtPlanSerializer(serializers.ModelSerializer[Plan]):
    professional = PlanPracticeSerializer(read_only=True)
    price = MoneyField("price")

    class Meta:
        model = Plan
        fields = ["id", "name", "professional", "price", "currency", "months", "is_offered"]
        read_only_fields = fields


class LeftSerializer(serializers.Serializer[Left]):
    """A service of the plan, and what is left of it."""

    service = PricedServiceSerializer(source="included.service")
    member_price = serializers.SerializerMethodField(help_text="0: included.")
    times = serializers.IntegerField(
        source="included.times", allow_null=True, help_text="At most; null: as often as needed."
    )
    used = serializers.IntegerField()
    left = serializers.IntegerField(allow_null=True, help_text="null: as often as needed.")

    @extend_schema_field(MoneyField)
    def get_member_price(self, one: Left) -> str:
        return money_text(one.included.member_price, one.included.plan.currency)


class MembershipSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="membership.pk")
    plan = BoughtPlanSerializer(source="membership.plan")
    state = serializers.ChoiceField(source="standing", choices=[str(standing) for standing in Standing])
    starts_at = InstantField(
        source="membership.starts_at", allow_null=True, help_text="null until it is paid."
    )
    ends_at = InstantField(source="membership.ends_at", allow_null=True)
    cancelled_at = InstantField(
        source="membership.cancelled_at", allow_null=True, help_text="When its money went back."
    )
    services = LeftSerializer(source="left", many=True)
    payment = serializers.SerializerMethodField()
    can_renew = serializers.BooleanField(
        help_text="`POST plans/{id}/subscribe` goes on from where this ends."
    )
    created_at = InstantField(source="membership.created_at")

    @extend_schema_field(BookingPaymentSerializer(allow_null=True))
    def get_payment(self, card: Card) -> Any:
        return None if card.payment is None else BookingPaymentSerializer(card.payment).data


class MembershipsSerializer(PageSerializer):
    results = MembershipSerializer(many=True)


class SubscribedSerializer(FirstCheckoutSerializer):
    membership = MembershipSerializer()
    gateway = serializers.CharField(
        allow_blank=True, help_text="Where the checkout is; empty where none could be opened."
    )


class PlanSubscribe(LimitedWrites):
    """Buys a plan, or renews it, for the patient who asks; asked again before it is paid, the same membership."""

    @extend_schema(
        operation_id="plans_subscribe", request=CheckoutInput, responses={201: SubscribedSerializer}
    )
    def post(self, request: Request, plan_id: UUID) -> Response:
        user, gateway = signed_in(request), asked_gateway(request)
        membership = subscribe(user=user, plan_id=plan_id)
        opened = _checkout(membership, gateway)
        return Response({"membership": _shown(user, membership.pk)} | opened, status=201)


class MyMemberships(APIView):
    """What one has bought, the latest first."""

    @extend_schema(operation_id="me_membership", parameters=PAGED, responses=MembershipsSerializer)
    def get(self, request: Request) -> Response:
        user, pages = signed_in(request), Pages()
        rows = pages.paginate_queryset(memberships_of(user), request, view=self) or []
        cards = MembershipSerializer(cards_of(user, rows, timezone.now()), many=True)
        return pages.get_paginated_response(cards.data)


def _checkout(membership: Membership, gateway: str) -> dict[str, Any]:
    """A gateway that is down takes nothing back: it can be paid a bit later. Raises Refused for everything else."""
    try:
        url = membership_checkout_url(membership, gateway=gateway)
    except Refused as refusal:
        if refusal.code != "payment_unavailable":
            raise
        ways = names_of_ways(payment_of(SUBJECT, membership.pk))
        return NO_CHECKOUT | {"gateway": "", "ways_to_pay": ways}
    return opened_checkout(url, payment_of(SUBJECT, membership.pk))


def _shown(user: User, membership_id: UUID) -> Any:
    (card,) = cards_of(user, [membership_of(user, membership_id)], timezone.now())
    return MembershipSerializer(card).data
