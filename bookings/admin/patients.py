"""Patients across practices: found by the whole e-mail or phone, by name within one practice; two records of one
person merged; somebody erased."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from accounts.admin_lists import ByPastDay, ByProfessional, BySelect, StaffList, column, titled
from accounts.admin_verbs import VerbForm, verb
from accounts.models import Patient, User
from accounts.names import folded
from accounts.selectors import possible_duplicates
from accounts.services import erase_patient
from accounts.services.own_erasure import keep_record
from bookings import services
from bookings.admin import words
from bookings.admin.bookings import STAFF, UNREAD, actor_of
from bookings.models import Booking, BookingRequest
from bookings.selectors.found import cleaned, patients_meant
from bookings.services.money import SUBJECT
from core import audit
from core.csv_stream import in_batches
from payments.selectors import payments_of

# The latest; the list of appointments has them all.
MOST_SHOWN = 50


class MergeForm(VerbForm):
    """Which other record of the practice is the same person's: those with the same e-mail, phone or name."""

    other_id = forms.ChoiceField(
        label=gettext_lazy("The other record, which goes into this one"),
        widget=UnfoldAdminRadioSelectWidget,
    )

    def __init__(self, *args: Any, rows: list[Patient], **kwargs: Any) -> None:
        super().__init__(*args, rows=rows, **kwargs)
        (patient,) = rows
        with audit.unseen():
            alike = possible_duplicates(patient, by_name=True)
        choices = [(str(other.pk), _in_words(other)) for other in alike]
        audit.saw(*alike)
        self.fields["other_id"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            self.is_possible = False
            del self.fields["other_id"]
            self.says = _("There is no other record with this e-mail, phone or name in the practice.")


class EraseForm(VerbForm):
    """Asks twice: whether it is meant, and who."""

    name = forms.CharField(
        label=gettext_lazy("Type the patient's name"),
        help_text=gettext_lazy("So that it is the right one."),
        max_length=120,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    sure = forms.BooleanField(
        label=gettext_lazy("I know that nobody can bring this back, from no backup either"),
        widget=UnfoldBooleanWidget,
    )
    # Whether the patient asked for it when this was read: who has withdrawn since is not erased.
    as_asked = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, rows: list[Patient], **kwargs: Any) -> None:
        super().__init__(*args, rows=rows, **kwargs)
        (patient,) = rows
        self.fields["as_asked"].initial = patient.erasure_asked_at is not None

    def clean_name(self) -> str:
        typed: str = self.cleaned_data["name"]
        (patient,) = self.rows
        if folded(typed) != folded(patient.name):
            raise forms.ValidationError(_("This is not the name of the patient above."), code="other_name")
        return typed


# The practice may have to keep something: staff decide.
ASKS = Q(erasure_asked_at__isnull=False, erased_at=None)


def _is_there(patient: Patient) -> bool:
    return patient.erased_at is None


class ByErasure(BySelect):
    title = gettext_lazy("erasing")
    parameter_name = "erasing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("asked", gettext_lazy("asks to be erased"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Patient]) -> QuerySet[Patient]:
        return queryset.filter(ASKS) if self.value() == "asked" else queryset


@admin.register(Patient)
class PatientAdmin(StaffList):
    managers = STAFF
    menu_icon = "groups"
    verbs_for_one = ("merge", "erase", "keep")
    list_display = ("full_name", "email", "phone", "practice", "created")
    list_display_links = ("full_name", "email")
    sortable_by = ("practice", "created")
    list_filter = (
        ByProfessional,
        ByErasure,
        ("created_at", titled(ByPastDay, gettext_lazy("on record since"))),
    )
    ordering = ("-created_at",)
    search_fields = ("email_index",)
    search_help_text = gettext_lazy(
        "The whole e-mail or phone number; a name, once a professional is chosen in the filters"
    )
    list_after_template = "admin/export.html"
    csv_name = "patients"
    csv_header = ("name", "email", "phone", "professional", "language", "time_zone", "created_at")
    change_form_outer_after_template = "admin/bookings/patient.html"
    fields = (
        "full_name",
        ("email", "phone"),
        ("practice", "account"),
        ("language", "timezone"),
        ("created", "asked"),
    )
    readonly_fields = (
        "full_name",
        "email",
        "phone",
        "practice",
        "account",
        "language",
        "timezone",
        "created",
        "asked",
    )
    asked = column("erasure_asked_at", gettext_lazy("asks to be erased since"))
    created = column("created_at", gettext_lazy("on record since"), ordering=True)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Patient]:
        found: QuerySet[Patient] = super().get_queryset(request)
        return (
            found.filter(merged_into=None).select_related("data_key", "professional", "user").defer("notes")
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Patient], search_term: str
    ) -> tuple[QuerySet[Patient], bool]:
        typed = cleaned(search_term)
        return (
            queryset.filter(patients_meant(typed, self.practice_of(request))) if typed else queryset
        ), False

    def describe(self, patient: Patient) -> str:
        return f"{_in_words(patient) or _('(erased)')} · {patient.professional.name}"

    def named_in_message(self, patient: Patient) -> str:
        return ""  # its verbs are for one alone

    @verb(
        gettext_lazy("Merge with another record"),
        done=ngettext_lazy("The records are one now.", "%(count)d records are one now.", "count"),
        asks=gettext_lazy(
            "Appointments and notes of the other record move to this one, which also takes over what it lacks of "
            "e-mail and phone. This cannot be undone."
        ),
        form=MergeForm,
        icon="merge",
        dangerous=True,
        applies=_is_there,
    )
    def merge(self, request: HttpRequest, patient: Patient, *, other_id: str) -> None:
        services.merge_patients(keep_id=patient.pk, other_id=UUID(other_id), actor=actor_of(request))

    @verb(
        gettext_lazy("Erase for good"),
        done=ngettext_lazy("The patient is erased.", "%(count)d patients are erased.", "count"),
        asks=gettext_lazy(
            "The key of this patient's data is destroyed: name, contact, notes and everything written about them can "
            "never be read again. Their appointments stay in the figures, without a name."
        ),
        form=EraseForm,
        icon="delete_forever",
        dangerous=True,
        applies=_is_there,
    )
    def erase(self, request: HttpRequest, patient: Patient, *, name: str, sure: bool, as_asked: bool) -> None:
        erase_patient(patient_id=patient.pk, by=cast(User, request.user), as_asked=as_asked)

    @verb(
        gettext_lazy("Keep the record"),
        done=ngettext_lazy("The request is answered.", "%(count)d requests are answered.", "count"),
        asks=gettext_lazy(
            "Only when the law wants this record kept, and the person was told so. Their request to be erased is "
            "closed; they may ask again."
        ),
        icon="inventory_2",
        applies=lambda patient: _is_there(patient) and patient.erasure_asked_at is not None,
    )
    def keep(self, request: HttpRequest, patient: Patient) -> None:
        keep_record(patient_id=patient.pk, by=cast(User, request.user))

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        response = super().changeform_view(request, object_id, *args, **kwargs)
        patient = getattr(response, "context_data", {}).get("original")
        if patient is not None:
            response.context_data |= _story_of(patient)
        return response

    @admin.display(description=gettext_lazy("name"))
    def full_name(self, patient: Patient) -> str:
        return patient.name or (_("(erased)") if patient.erased_at else "")

    # Words, not links: the pages of professionals and users are not this role's.
    @admin.display(description=gettext_lazy("professional"), ordering="professional__name")
    def practice(self, patient: Patient) -> str:
        return patient.professional.name

    @admin.display(description=gettext_lazy("user"), empty_value="-")
    def account(self, patient: Patient) -> str | None:
        return patient.user.email if patient.user else None

    def csv_rows(self, rows: QuerySet[Patient]) -> Iterator[list[Any]]:
        for batch in in_batches(rows):
            for patient in batch:
                yield [
                    patient.name,
                    patient.email,
                    patient.phone,
                    patient.professional.name,
                    patient.language,
                    patient.timezone,
                    patient.created_at.isoformat(),
                ]


def _in_words(patient: Patient) -> str:
    return " · ".join(filter(None, (patient.name, patient.email, patient.phone)))


def _story_of(patient: Patient) -> dict[str, Any]:
    """The person's appointments with their payments, requests, and records that went into this one; four queries."""
    rows = Booking.objects.filter(patient=patient).select_related("service", "professional")
    latest = list(
        rows.defer(*(name for name in UNREAD if "__" not in name)).order_by("-starts_at", "pk")[
            : MOST_SHOWN + 1
        ]
    )
    payments = payments_of(SUBJECT, [booking.pk for booking in latest])
    return {
        "bookings": [
            (
                booking,
                words.moment(booking.starts_at, patient.professional),
                words.TONES.get(booking.status, ""),
                payments.get(booking.pk),
            )
            for booking in latest[:MOST_SHOWN]
        ],
        "more_bookings": len(latest) > MOST_SHOWN,
        "requests": [(wish, words.TONES.get(wish.status, "")) for wish in _requests_of(patient)],
        "merged": list(patient.merged.order_by("created_at").values_list("created_at", flat=True)),
    }


def _requests_of(patient: Patient) -> list[BookingRequest]:
    if not patient.email_index:
        return []
    asked = BookingRequest.objects.filter(
        professional=patient.professional, email_index=patient.email_index
    ).select_related("service")
    return list(
        asked.defer("name", "email", "phone", "message", "closing_reason").order_by("-created_at")[
            :MOST_SHOWN
        ]
    )
