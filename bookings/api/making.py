"""How a booking is asked for: by a patient with an account, or by the practice."""

from __future__ import annotations

from uuid import UUID

from rest_framework.request import Request

from accounts.models import Patient, Professional, Role, User
from accounts.selectors import patient_of
from bookings import services
from bookings.api.inputs import AccountBookingInput, BookingByHandInput, asked_language
from bookings.api.keys import listed_professional, pick, service_of
from bookings.api.people import own_practice, signed_in
from bookings.discretion import discreet
from bookings.models import Service
from bookings.services.booking import PatientDetails
from core.actor import Actor
from core.errors import NotAllowed


def book(request: Request) -> UUID:
    """In the role of who asks. Raises NotAllowed for a role that books nothing."""
    user = signed_in(request)
    if user.role == Role.PATIENT:
        return _for_account(request, user)
    if user.role == Role.PROFESSIONAL:
        return _by_hand(request, Actor("professional", user.pk), own_practice(request))
    if user.role == Role.MEDICAL_ADMIN:
        return _by_hand(request, Actor("staff", user.pk), None)
    raise NotAllowed


def _for_account(request: Request, user: User) -> UUID:
    """In the account's name."""
    asked = AccountBookingInput(data=request.data)
    asked.is_valid(raise_exception=True)
    given = asked.validated_data
    service = service_of(listed_professional(given["professional"]), given["service"])
    with discreet(user, user.email):
        booking = services.book(
            service=service,
            starts_at=given["start"],
            patient=PatientDetails(
                name=user.get_full_name(),
                email=user.email,
                phone=given["phone"],
                reason=given["reason"],
                language=given.get("language") or user.language or asked_language(),
                timezone=given.get("timezone") or user.timezone or service.professional.timezone,
            ),
            **services.who_books(user),
        )
    return booking.pk


def _by_hand(request: Request, actor: Actor, practice: Professional | None) -> UUID:
    asked = BookingByHandInput(data=request.data)
    asked.is_valid(raise_exception=True)
    given = asked.validated_data
    professional = practice or listed_professional(given.get("professional", ""))
    own = Service.objects.filter(professional=professional, is_active=True)
    service = pick(own.select_related("professional__policy", "professional__user"), given["service"])
    if "patient" in given:
        patient: Patient | PatientDetails = patient_of(professional, given["patient"])
    else:
        patient = PatientDetails(
            name=given["name"],
            email=given["email"],
            phone=given["phone"],
            language=given.get("language") or professional.user.language,
            timezone=given.get("timezone") or professional.timezone,
        )
    booking = services.book_by_hand(
        service=service,
        starts_at=given["start"],
        patient=patient,
        actor=actor,
        reason=given["reason"],
        outside_hours=given["outside_hours"],
        pays_at_practice=given["pays_at_practice"],
    )
    return booking.pk
