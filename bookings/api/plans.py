"""Plans: what anybody may buy of a practice, the practice's own, and who is a member."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Professional, User
from bookings.api.keys import listed_professional
from bookings.api.outputs import BookedServiceSerializer
from bookings.api.people import own_practice
from bookings.member_rows import member_rows
from bookings.models import Plan, PlanService, Service
from bookings.plan_words import Standing
from bookings.selectors.memberships import members_of, offered_plan, offered_plans, own_plan, own_plans
from bookings.services import plans
from bookings.services.plans import Included
from core.actor import Actor
from core.api.fields import InstantField, MoneyField, money_text
from core.api.idempotency import Idempotent
from core.api.pagination import PAGED, Pages, PageSerializer


class PricedServiceSerializer(BookedServiceSerializer):
    price = MoneyField("price", help_text="What everybody else pays.")

    class Meta(BookedServiceSerializer.Meta):
        fields = [*BookedServiceSerializer.Meta.fields, "price"]
        read_only_fields = fields


class IncludedSerializer(serializers.ModelSerializer[PlanService]):
    service: serializers.Serializer[Service] = PricedServiceSerializer(read_only=True)
    member_price = serializers.SerializerMethodField(help_text="0: included.")

    class Meta:
        model = PlanService
        fields = ["service", "member_price", "times"]
        read_only_fields = fields
        extra_kwargs = {"times": {"help_text": "At most, in one membership; null: as often as needed."}}

    @extend_schema_field(MoneyField)
    def get_member_price(self, line: PlanService) -> str:
        return money_text(line.member_price, line.plan.currency)


class PlanPracticeSerializer(serializers.ModelSerializer[Professional]):
    class Meta:
        model = Professional
        fields = ["id", "slug", "name"]
        read_only_fields = fields


class PlanSerializer(serializers.ModelSerializer[Plan]):
    professional = PlanPracticeSerializer(read_only=True)
    price = MoneyField("price", help_text="Paid once, for all of its months.")
    included = IncludedSerializer(many=True, read_only=True)
    members = serializers.SerializerMethodField(
        help_text="How many people are members now; null for everybody but its practice."
    )
    can_change = serializers.SerializerMethodField(
        help_text="Whether price, months and services may change still, because nobody has asked for it; null for "
        "everybody but its practice."
    )

    class Meta:
        model = Plan
        fields = [
            "id",
            "professional",
            "name",
            "description",
            "price",
            "currency",
            "months",
            "is_offered",
            "included",
            "members",
            "can_change",
        ]
        read_only_fields = fields

    def get_members(self, plan: Plan) -> int | None:
        return getattr(plan, "members", None)

    def get_can_change(self, plan: Plan) -> bool | None:
        asked_for: int | None = getattr(plan, "asked_for", None)
        return None if asked_for is None else asked_for == 0


class IncludedInput(serializers.Serializer[Any]):
    service = serializers.UUIDField(source="service_id", help_text="One of the practice's own.")
    member_price = serializers.DecimalField(
        max_digits=14, decimal_places=3, min_value=Decimal(0), default=Decimal(0), help_text="0: included."
    )
    times = serializers.IntegerField(
        min_value=1,
        max_value=32767,
        allow_null=True,
        default=None,
        help_text="At most so many in one membership; null: as often as needed.",
    )


class PlanInput(serializers.ModelSerializer[Plan]):
    """The bounds are the model's; the rules among the values are the verbs' to say."""

    included = IncludedInput(many=True, help_text="All of the services that members have for less.")

    class Meta:
        model = Plan
        fields = ["name", "description", "price", "currency", "months", "included"]
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "description": {"default": ""},
            "price": {"help_text": "With no more decimals than its currency has."},
            "currency": {"min_length": 3, "help_text": "ISO 4217, that of its services."},
            "months": {"default": 1, "help_text": "Calendar months."},
        }

    def changes(self) -> dict[str, Any]:
        """In the words of the verbs."""
        given = dict(self.validated_data)
        if "included" in given:
            given["included"] = [Included(**line) for line in given["included"]]
        return given


class PlanChangesInput(PlanInput):
    class Meta(PlanInput.Meta):
        fields = [*PlanInput.Meta.fields, "is_offered"]
        extra_kwargs = PlanInput.Meta.extra_kwargs | {"is_offered": {"help_text": "Whether it is for sale."}}


class MemberSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="membership.pk", help_text="Of the membership.")
    patient = serializers.UUIDField(
        source="patient.pk", default=None, allow_null=True, help_text="The practice's record of them."
    )
    name = serializers.CharField()
    state = serializers.ChoiceField(source="standing", choices=[str(standing) for standing in Standing])
    starts_at = InstantField(source="membership.starts_at", allow_null=True)
    ends_at = InstantField(source="membership.ends_at", allow_null=True)


class MembersSerializer(PageSerializer):
    results = MemberSerializer(many=True)


class _ForAnybody(APIView):
    """Reading of what is for sale asks for no sign-in; everything else does."""

    def get_permissions(self) -> Any:
        return [AllowAny()] if self._is_public() else super().get_permissions()

    def _is_public(self) -> bool:
        return self.request.method in ("GET", "HEAD")


@extend_schema_view(
    get=extend_schema(
        operation_id="plans_list",
        parameters=[
            OpenApiParameter(
                "professional", str, description="Id or slug: what this practice sells, for anybody to see."
            )
        ],
    )
)
class PlanList(Idempotent, _ForAnybody, generics.ListAPIView[Plan]):
    """What a practice sells, the shortest first; without `professional` all of one's own, for professionals."""

    serializer_class = PlanSerializer
    filter_backends: list[Any] = []
    queryset = Plan.objects.none()

    def _is_public(self) -> bool:
        return super()._is_public() and "professional" in self.request.query_params

    def get_queryset(self) -> QuerySet[Plan]:
        if self._is_public():
            return offered_plans(listed_professional(self.request.query_params["professional"]))
        return own_plans(own_practice(self.request))

    @extend_schema(operation_id="plans_create", request=PlanInput, responses={201: PlanSerializer})
    def post(self, request: Request) -> Response:
        """For sale at once."""
        practice = own_practice(request)
        given, actor = _given(PlanInput(data=request.data)), Actor("professional", practice.user_id)
        plan_id = self.once(
            request,
            lambda: plans.save_plan(professional=practice, plan=None, actor=actor, **given).pk,
        )
        return Response(PlanSerializer(own_plan(practice, plan_id)).data, status=201)


class PlanDetail(_ForAnybody):
    @extend_schema(operation_id="plans_retrieve", responses=PlanSerializer)
    def get(self, request: Request, plan_id: UUID) -> Response:
        """One that is for sale, or any of one's own."""
        return Response(PlanSerializer(_own_or_offered(request, plan_id)).data)

    @extend_schema(
        operation_id="plans_partial_update",
        request=PlanChangesInput(partial=True),
        responses=PlanSerializer,
    )
    def patch(self, request: Request, plan_id: UUID) -> Response:
        """Writes what is given. Once somebody has asked for it only `name`, `description` and `is_offered` change."""
        practice = own_practice(request)
        own_plan(practice, plan_id)  # what is not theirs is not found, whatever is sent
        given = _given(PlanChangesInput(data=request.data, partial=True))
        actor = Actor("professional", practice.user_id)
        plans.change_plan(professional=practice, plan_id=plan_id, actor=actor, **given)
        return Response(PlanSerializer(own_plan(practice, plan_id)).data)

    @extend_schema(operation_id="plans_destroy", responses={204: None})
    def delete(self, request: Request, plan_id: UUID) -> Response:
        """Only one that nobody has asked for; of any other the sale is ended (`is_offered`)."""
        practice = own_practice(request)
        plans.delete_plan(
            professional=practice, plan_id=plan_id, actor=Actor("professional", practice.user_id)
        )
        return Response(status=204)


class PlanMembers(APIView):
    """Who bought it, the latest first; for its practice."""

    @extend_schema(operation_id="plans_members", parameters=PAGED, responses=MembersSerializer)
    def get(self, request: Request, plan_id: UUID) -> Response:
        practice = own_practice(request)
        pages = Pages()
        rows = pages.paginate_queryset(members_of(own_plan(practice, plan_id)), request, view=self) or []
        shown = MemberSerializer(member_rows(practice, rows, timezone.now()), many=True)
        return pages.get_paginated_response(shown.data)


def _own_or_offered(request: Request, plan_id: UUID) -> Plan:
    """Raises Missing."""
    if isinstance(request.user, User):
        practice = Professional.objects.filter(user=request.user).first()
        own = own_plans(practice).filter(pk=plan_id).first() if practice else None
        if own is not None:
            return own
    return offered_plan(plan_id)


def _given(asked: PlanInput) -> dict[str, Any]:
    asked.is_valid(raise_exception=True)
    return asked.changes()
