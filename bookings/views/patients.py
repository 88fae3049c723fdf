"""A practice's patients: finding one, adding one, and what there is to know of one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import Patient, Professional
from accounts.selectors import patient_of, possible_duplicates, search_patients
from accounts.services import joined_account
from bookings import selectors, services
from bookings.forms.patients import ContactForm, NewPatientForm, NotesForm, PatientSearchForm
from bookings.groups import Group, in_group
from bookings.models import Booking
from bookings.selectors.memberships import has_bought, running_memberships
from bookings.selectors.visits import visits_of
from bookings.views.people import professional_only
from bookings.views.practice import actor_of, make_once
from bookings.views.zones import offered_zones
from core import audit
from core.errors import DomainError, Missing
from core.form_pages import read_or_send, status_of
from core.web import say_no

PER_PAGE = 25
# A search that finds more is to be narrowed: its words cannot be carried to a next page in the address.
MOST_FOUND = 50
APPOINTMENTS_PER_PAGE = 10


@never_cache
@professional_only
@read_or_send
def doctor_patients(request: HttpRequest, professional: Professional) -> HttpResponse:
    """All by name, or those who are searched for (POST: names have no place in addresses and logs)."""
    form = PatientSearchForm(request.POST or None)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    audit.looks()
    pages = Paginator(search_patients(professional, text), MOST_FOUND if text else PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    visits = visits_of(page)
    context = {
        "section": "patients",
        "form": form,
        "searched": text,
        "rows": [(patient, visits[patient.pk]) for patient in page],
        "page": page,
    }
    return render(request, "bookings/patients.html", context)


@never_cache
@professional_only
@read_or_send
def doctor_patient_new(request: HttpRequest, professional: Professional) -> HttpResponse:
    zones = offered_zones(professional.zone)
    form = NewPatientForm(request.POST or None, zones=zones, initial={"language": professional.user.language})
    known = None
    if form.is_valid():
        try:
            patient_id = make_once(request, professional, form, lambda: _added(professional, form).pk)
        except DomainError as error:
            form.refuse(error)
            known = error.extra.get("patient")
        else:
            messages.success(request, _("The patient is on record."))
            return redirect("doctor_patient", patient_id=patient_id)
    context = {"section": "patients", "form": form, "known": known}
    return render(request, "bookings/patient_new.html", context, status=status_of(form))


def _added(professional: Professional, form: NewPatientForm) -> Patient:
    return services.add_patient(professional=professional, **form.cleaned_data)


@never_cache
@professional_only
@read_or_send
def doctor_patient(request: HttpRequest, professional: Professional, patient_id: UUID) -> HttpResponse:
    """Contact, notes, appointments; POST changes the contact. `?names=1` also looks for others of the same name,
    which opens every record of the practice: only when somebody asks."""
    patient = patient_of(professional, patient_id)
    form = _contact_form(professional, patient, request.POST or None)
    known = None
    if form.is_valid():
        try:
            services.change_patient(patient_id=patient.pk, actor=actor_of(professional), **form.cleaned_data)
        except DomainError as error:
            form.refuse(error)
            known = error.extra.get("patient")
        else:
            messages.success(request, _("Saved."))
            return redirect("doctor_patient", patient_id=patient.pk)
    context = _about(request, professional, patient) | {"form": form, "known": known}
    return render(request, "bookings/patient.html", context, status=status_of(form))


def _contact_form(professional: Professional, patient: Patient, typed: Any = None) -> ContactForm:
    zones = offered_zones(professional.zone)
    if patient.timezone and patient.timezone not in zones:
        zones = [patient.timezone, *zones]
    initial = {name: getattr(patient, name) for name in ContactForm.base_fields}
    return ContactForm(typed, zones=zones, initial=initial)


def _about(request: HttpRequest, professional: Professional, patient: Patient) -> dict[str, Any]:
    now = timezone.now()
    bookings = selectors.bookings_of_professional(professional.user).filter(patient=patient)
    coming = bookings.filter(in_group(Group.COMING, now)).order_by("starts_at", "id")
    past = bookings.exclude(in_group(Group.COMING, now)).order_by("-starts_at", "-id")
    coming_page = Paginator(coming, APPOINTMENTS_PER_PAGE).get_page(request.GET.get("coming"))
    past_page = Paginator(past, APPOINTMENTS_PER_PAGE).get_page(request.GET.get("page"))
    by_name = "names" in request.GET
    return {
        "section": "patients",
        "patient": patient,
        "memberships": running_memberships(patient.user_id, professional) if patient.user_id else [],
        "notes_form": NotesForm(initial={"notes": patient.notes}),
        "coming": coming_page,
        "past": past_page,
        # Turning one list leaves the other where it is.
        "coming_query": f"page={past_page.number}",
        "past_query": f"coming={coming_page.number}",
        "by_name": by_name,
        "duplicates": possible_duplicates(patient, by_name=by_name),
        "may_remove": not coming_page.paginator.count
        and not past_page.paginator.count
        and not has_bought(patient.user_id, professional),
        "zone": professional.timezone,
    }


@never_cache
@professional_only
@require_POST
def doctor_patient_notes(request: HttpRequest, professional: Professional, patient_id: UUID) -> HttpResponse:
    patient = patient_of(professional, patient_id)
    form = NotesForm(request.POST)
    if form.is_valid():
        services.change_patient(patient_id=patient.pk, actor=actor_of(professional), **form.cleaned_data)
        messages.success(request, _("The notes are saved."))
        return redirect("doctor_patient", patient_id=patient.pk)
    context = _about(request, professional, patient)
    context |= {"form": _contact_form(professional, patient), "notes_form": form}
    return render(request, "bookings/patient.html", context, status=400)


@never_cache
@professional_only
@require_POST
def doctor_patient_remove(request: HttpRequest, professional: Professional, patient_id: UUID) -> HttpResponse:
    patient = patient_of(professional, patient_id)
    try:
        services.remove_patient(patient_id=patient.pk, actor=actor_of(professional))
    except DomainError as error:
        say_no(request, error)
        return redirect("doctor_patient", patient_id=patient.pk)
    messages.success(request, _("The patient has been removed."))
    return redirect("doctor_patients")


@never_cache
@professional_only
@read_or_send
def doctor_patient_merge(
    request: HttpRequest, professional: Professional, patient_id: UUID, other_id: UUID
) -> HttpResponse:
    """Both records side by side; POST says which one stays (`keep`)."""
    if patient_id == other_id:
        raise Missing
    pair = [patient_of(professional, pk) for pk in (patient_id, other_id)]
    refusal = None
    if request.method == "POST":
        keep, other = pair if request.POST.get("keep") != str(other_id) else reversed(pair)
        try:
            services.merge_patients(keep_id=keep.pk, other_id=other.pk, actor=actor_of(professional))
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("The two records are one now."))
            return redirect("doctor_patient", patient_id=keep.pk)
    are_two = len({record.user_id for record in pair if record.user_id}) == 2
    records = _side_by_side(pair)
    if not are_two:
        _mark_what_unlinks(records)
    context = {
        "section": "patients",
        "patient": pair[0],
        "records": records,
        "are_two": are_two,
        "refusal": refusal,
    }
    return render(request, "bookings/patient_merge.html", context, status=refusal.status if refusal else 200)


def _side_by_side(pair: list[Patient]) -> list[dict[str, Any]]:
    visits = visits_of(pair)
    return [
        {
            "patient": patient,
            "visits": visits[patient.pk],
            "appointments": Booking.objects.filter(patient=patient).count(),
        }
        for patient in pair
    ]


def _mark_what_unlinks(records: list[dict[str, Any]]) -> None:
    """Which record, kept, would lose the account, for an account follows its e-mail; and which one to keep."""
    for record, other in (records, records[::-1]):
        keep, gone = record["patient"], other["patient"]
        has_account = bool(keep.user_id or gone.user_id)
        record["unlinks"] = has_account and joined_account(keep=keep, other=gone) is None
    best = next((record for record in records if not record["unlinks"]), records[0])
    best["is_better"] = True
