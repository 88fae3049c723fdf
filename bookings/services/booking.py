"""`book`: a patient takes a free start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Patient, Role, User
from accounts.services import find_or_create_patient
from bookings.domain.words import refusal_words
from bookings.models import Booking, Channel, Service
from bookings.selectors import door, offer, open_holds_of
from bookings.services.creating import Terms, create
from bookings.services.taking import races_in_words, require_free
from bookings.services.transition import lock_identity, lock_professional, require_actor
from core.actor import Actor
from core.errors import Missing, NotAllowed, Refused

# Unpaid times one person may hold at one practice: nobody keeps a whole day from others.
MAX_HOLDS = 3


@dataclass(frozen=True)
class PatientDetails:
    """Who comes, as typed. `language` and `timezone` are for what is written to them."""

    name: str
    email: str
    phone: str = ""
    reason: str = ""
    language: str = "es"
    timezone: str = ""


class Booker(TypedDict):
    """Who books, in the words of `book`."""

    actor: Actor
    channel: str
    user: User | None


def who_books(user: User | AnonymousUser | None) -> Booker:
    """A patient books by the account. Everybody else is a guest: what staff or a professional types here belongs
    to the patient they type it for, not to their own account."""
    if isinstance(user, User) and user.role == Role.PATIENT:
        return {"actor": Actor("patient", user.pk), "channel": Channel.ACCOUNT, "user": user}
    return {"actor": Actor("patient"), "channel": Channel.PUBLIC, "user": None}


def book(
    *,
    service: Service,
    starts_at: datetime,
    patient: PatientDetails,
    actor: Actor,
    channel: str = Channel.PUBLIC,
    user: User | None = None,
) -> Booking:
    """Books a free start (UTC). Pays later when something is owed: the time is held for `hold_minutes`.

    Raises Refused (`slot_not_available`, naming the rule; `too_many_holds`, `reason_too_long`), Conflict
    (`slot_taken` with `next_slots`, `patient_busy`), NotAllowed (`booking_closed`, `patients_only`,
    `not_yours_to_do`), Missing (service gone).
    """
    require_actor("book", actor)
    with races_in_words(service, starts_at, asker=user), transaction.atomic():
        professional = lock_professional(service.professional_id)
        service = _fresh(professional.slug, service.pk, user)
        require_free(service, starts_at, asker=user)
        person = _patient(service, patient, user)
        lock_identity(person.email_index)  # keeps until the end: nobody holds one more meanwhile
        terms = Terms(
            channel=channel,
            hold_minutes=service.professional.policy.hold_minutes,
            reason=patient.reason,
            language=patient.language,
            timezone=patient.timezone,
            # Members pay less for themselves, not for whom they book under another address.
            member=user if user is not None and person.user_id == user.pk else None,
        )
        booking = create(service, starts_at, person, terms, actor)
        _require_few_holds(booking)
        return booking


def _fresh(professional_slug: str, service_id: UUID, asker: User | None) -> Service:
    service = next((service for service in offer(professional_slug) if service.pk == service_id), None)
    if service is None:
        raise Missing(_("This service is not offered."))
    require_open(service, asker)
    return service


def require_open(service: Service, asker: User | None = None) -> None:
    """Raises NotAllowed when this person may book nothing here: `booking_closed`, `patients_only`."""
    if refusal := door(service.professional, asker):
        raise NotAllowed(refusal_words[refusal], code=str(refusal))


def _patient(service: Service, details: PatientDetails, user: User | None) -> Patient:
    return find_or_create_patient(
        professional=service.professional,
        name=details.name,
        email=details.email,
        phone=details.phone,
        language=details.language,
        timezone=details.timezone,
        user=user,
    )


def _require_few_holds(booking: Booking) -> None:
    """This one among them."""
    holds = open_holds_of(booking.professional_id, booking.patient_identity) if booking.is_paid_online else 0
    if holds > MAX_HOLDS:
        raise Refused(
            _("You hold %(number)s unpaid times here already. Please pay one of them or let it go first.")
            % {"number": MAX_HOLDS},
            code="too_many_holds",
        )
