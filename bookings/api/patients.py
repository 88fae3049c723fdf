"""The patients of who asks: only professionals have any. What is searched for never goes into a log."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Patient, Professional
from accounts.selectors import patient_of, search_patients
from bookings import services
from bookings.api.inputs import Words
from bookings.api.people import own_practice
from bookings.domain import lengths
from bookings.domain.patient_details import EMAIL
from bookings.selectors.visits import visits_of
from core import audit
from core.actor import Actor
from core.api.fields import InstantField, ZoneField
from core.api.idempotency import Idempotent
from core.api.pagination import PAGED, PageSerializer


class PatientRowSerializer(serializers.ModelSerializer[Patient]):
    """`context["visits"]` holds each patient's last and next appointment by id."""

    name = serializers.CharField(read_only=True)
    email = serializers.CharField(read_only=True, help_text="Empty when none is known.")
    phone = serializers.CharField(read_only=True)
    has_account = serializers.SerializerMethodField(help_text="Signs in with this e-mail.")
    last_appointment = serializers.SerializerMethodField(help_text="Start of the last one that is over.")
    next_appointment = serializers.SerializerMethodField(help_text="Start of the next one.")
    created_at = InstantField(read_only=True)

    class Meta:
        model = Patient
        fields = [
            "id",
            "name",
            "email",
            "phone",
            "language",
            "timezone",
            "has_account",
            "last_appointment",
            "next_appointment",
            "created_at",
        ]
        read_only_fields = fields

    def get_has_account(self, patient: Patient) -> bool:
        return patient.user_id is not None

    def get_last_appointment(self, patient: Patient) -> InstantField(allow_null=True):  # type: ignore[valid-type]
        return self._instant(self.context["visits"][patient.pk].last)

    def get_next_appointment(self, patient: Patient) -> InstantField(allow_null=True):  # type: ignore[valid-type]
        return self._instant(self.context["visits"][patient.pk].next)

    def _instant(self, value: Any) -> Any:
        return value and InstantField().to_representation(value)


class PatientSerializer(PatientRowSerializer):
    notes = serializers.CharField(
        read_only=True, help_text="The practice's own; the patient never reads them."
    )

    class Meta(PatientRowSerializer.Meta):
        fields = [*PatientRowSerializer.Meta.fields, "notes"]
        read_only_fields = fields


class PatientInput(serializers.Serializer[dict[str, Any]]):
    name = serializers.CharField(min_length=2, max_length=lengths.NAME, validators=[lengths.valid_name])
    email = serializers.EmailField(
        max_length=EMAIL,
        required=False,
        allow_blank=True,
        default="",
        help_text="Another one takes the appointments to come along; an account that has not verified it is unlinked.",
    )
    phone = serializers.CharField(
        max_length=lengths.PHONE,
        validators=[lengths.valid_phone],
        required=False,
        allow_blank=True,
        default="",
    )
    notes = Words(max_length=lengths.NOTES, required=False, allow_blank=True, default="")
    language = serializers.ChoiceField(
        choices=settings.LANGUAGES, required=False, help_text="Of what is written to the patient."
    )
    timezone = ZoneField(required=False, allow_blank=True, default="")


class PatientSearchInput(serializers.Serializer[dict[str, Any]]):
    q = serializers.CharField(
        max_length=100, allow_blank=True, help_text="Parts of a name, an e-mail or a phone."
    )


class MergeInput(serializers.Serializer[dict[str, Any]]):
    other = serializers.UUIDField(help_text="The duplicate; it is gone afterwards.")


class PatientPageSerializer(PageSerializer):
    results = PatientRowSerializer(many=True)


class _Found(generics.GenericAPIView[Patient]):
    serializer_class = PatientRowSerializer
    queryset = Patient.objects.none()
    filter_backends: list[Any] = []

    def found(self, practice: Professional, text: str) -> Response:
        """A page of those who are meant, by name."""
        patients = search_patients(practice, text)
        rows = self.paginate_queryset(patients) or []
        serializer = PatientRowSerializer(rows, many=True, context={"visits": visits_of(rows)})
        return self.get_paginated_response(serializer.data)


@extend_schema_view(
    get=extend_schema(
        operation_id="patients_list",
        parameters=[
            OpenApiParameter(
                "q", str, description="Parts of a name, an e-mail or a phone. See `patients/search`."
            )
        ],
    )
)
class PatientList(Idempotent, _Found, generics.ListAPIView[Patient]):
    """The practice's patients by name."""

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.found(own_practice(request), request.query_params.get("q", ""))

    @extend_schema(operation_id="patients_create", request=PatientInput, responses={201: PatientSerializer})
    def post(self, request: Request) -> Response:
        """Adds somebody. The same name and e-mail as somebody known: 409 `patient_exists` with their id."""
        practice = own_practice(request)
        asked = PatientInput(data=request.data)
        asked.is_valid(raise_exception=True)
        details = {"language": practice.user.language} | asked.validated_data
        pk = self.once(request, lambda: services.add_patient(professional=practice, **details).pk)
        return Response(_answer(practice, pk), status=201)


class PatientSearch(_Found):
    """As `GET patients?q=`, with what is searched for in the body: addresses end up in the logs of proxies."""

    @extend_schema(
        operation_id="patients_search",
        request=PatientSearchInput,
        responses=PatientPageSerializer,
        parameters=PAGED,
    )
    def post(self, request: Request) -> Response:
        practice = own_practice(request)
        asked = PatientSearchInput(data=request.data)
        asked.is_valid(raise_exception=True)
        audit.looks()
        return self.found(practice, asked.validated_data["q"])


class PatientDetail(APIView):
    @extend_schema(operation_id="patients_retrieve", responses=PatientSerializer)
    def get(self, request: Request, patient_id: UUID) -> Response:
        return Response(_answer(own_practice(request), patient_id))

    @extend_schema(operation_id="patients_update", request=PatientInput, responses=PatientSerializer)
    def put(self, request: Request, patient_id: UUID) -> Response:
        """Replaces everything; what is not given becomes empty, but for the language."""
        return self._change(request, patient_id, partial=False)

    @extend_schema(operation_id="patients_partial_update", request=PatientInput, responses=PatientSerializer)
    def patch(self, request: Request, patient_id: UUID) -> Response:
        """Changes what is given."""
        return self._change(request, patient_id, partial=True)

    @extend_schema(operation_id="patients_destroy", responses={204: None})
    def delete(self, request: Request, patient_id: UUID) -> Response:
        """Removes somebody who never had an appointment nor bought a plan; else 400 `has_bookings`, `has_plan`."""
        patient = patient_of(own_practice(request), patient_id)
        services.remove_patient(patient_id=patient.pk, actor=_actor(request))
        return Response(status=204)

    def _change(self, request: Request, patient_id: UUID, *, partial: bool) -> Response:
        practice = own_practice(request)
        patient = patient_of(practice, patient_id)
        asked = PatientInput(data=request.data, partial=partial)
        asked.is_valid(raise_exception=True)
        services.change_patient(patient_id=patient.pk, actor=_actor(request), **asked.validated_data)
        return Response(_answer(practice, patient_id))


class PatientMerge(APIView):
    """Two records of one person become one: appointments and notes of the other, and contact that is missing, move
    to this one."""

    @extend_schema(operation_id="patients_merge", request=MergeInput, responses=PatientSerializer)
    def post(self, request: Request, patient_id: UUID) -> Response:
        practice = own_practice(request)
        keep = patient_of(practice, patient_id)
        asked = MergeInput(data=request.data)
        asked.is_valid(raise_exception=True)
        other_id = asked.validated_data["other"]
        services.merge_patients(keep_id=keep.pk, other_id=other_id, actor=_actor(request))
        return Response(_answer(practice, patient_id))


def _answer(practice: Professional, patient_id: UUID) -> dict[str, Any]:
    """Raises Missing."""
    patient = patient_of(practice, patient_id)
    return dict(PatientSerializer(patient, context={"visits": visits_of([patient])}).data)


def _actor(request: Request) -> Actor:
    return Actor("professional", request.user.pk)
