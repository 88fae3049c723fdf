"""What flows up: payments, meetings and the outbox call these, without knowing of bookings."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import claims, diary, email_change, erasing, leaving, practices
from accounts.models import Patient
from bookings import services
from bookings.models import Booking, Membership
from bookings.selectors import memberships
from bookings.selectors.bookings import appointments_to_come
from bookings.selectors.found import booking_ids_meant, membership_ids_meant
from bookings.services.erasing import ERASING
from bookings.services.leaving import LEAVING, claim_requests
from bookings.services.leaving_members import LEAVING as LEAVING_MEMBERS
from bookings.services.limits import another_is_in_progress
from bookings.services.meeting import start_when_both_are_there
from bookings.services.memberships import follow_money
from bookings.services.money import SUBJECT
from bookings.services.patients import readdress_records
from bookings.services.policy import open_practice
from core import outbox
from core.actor import SYSTEM, Actor
from core.errors import DomainError, Refused
from core.models import OutboxEvent
from meetings import hooks
from meetings.models import EndReason
from payments import subjects

_WHO_ENDED = {
    EndReason.LIMIT: SYSTEM,
    EndReason.PROFESSIONAL: Actor("professional"),
    EndReason.STAFF: Actor("staff"),
}


def connect() -> None:
    practices.on_opened(open_practice)
    claims.register(claim_requests)
    diary.register(appointments_to_come)
    leaving.register(LEAVING)
    leaving.register(LEAVING_MEMBERS)
    erasing.register(ERASING)
    subjects.register(
        SUBJECT,
        subjects.Subject(
            describe=describe,
            on_settled=services.payment_settled,
            named=named_for_staff,
            found=booking_ids_meant,
        ),
    )
    subjects.register(
        memberships.SUBJECT,
        subjects.Subject(
            describe=describe_membership,
            on_settled=services.membership_settled,
            named=memberships_for_staff,
            found=membership_ids_meant,
        ),
    )
    hooks.on_both_present(_both_present)
    hooks.on_host_busy(_professional_is_busy)


def describe(subject_id: UUID, language: str) -> str:
    """What the checkout page says is being paid; nothing of the patient."""
    booking = Booking.objects.select_related("service", "professional").get(pk=subject_id)
    with translation.override(language):
        return _("%(service)s with %(professional)s") % {
            "service": booking.service.name,
            "professional": booking.professional.name,
        }


def named_for_staff(ids: Collection[UUID]) -> dict[UUID, subjects.Named]:
    known = Booking.objects.filter(pk__in=ids).values_list("pk", "reference", "patient__data_key_id")
    return {
        pk: subjects.Named(reference, reverse("admin:bookings_booking_change", args=[pk]), about)
        for pk, reference, about in known
    }


def describe_membership(subject_id: UUID, language: str) -> str:
    membership = Membership.objects.select_related("plan__professional").get(pk=subject_id)
    with translation.override(language):
        return _("%(plan)s, plan of %(professional)s") % {
            "plan": membership.plan.name,
            "professional": membership.plan.professional.name,
        }


def memberships_for_staff(ids: Collection[UUID]) -> dict[UUID, subjects.Named]:
    """By the plan's name; whose they are stands on the page of each."""
    record = Patient.objects.filter(user=OuterRef("user"), professional=OuterRef("plan__professional"))
    known = Membership.objects.filter(pk__in=ids).annotate(about=Subquery(record.values("data_key")[:1]))
    return {
        pk: subjects.Named(plan, reverse("admin:bookings_membership_change", args=[pk]), about)
        for pk, plan, about in known.values_list("pk", "plan__name", "about")
    }


def _both_present(meeting_id: UUID) -> None:
    """A refusal (another meeting still runs) leaves them waiting; the next heartbeat tries again."""
    try:
        start_when_both_are_there(meeting_id)
    except Refused:
        return


def _professional_is_busy(meeting_id: UUID) -> bool:
    booking = Booking.objects.filter(meeting_id=meeting_id).first()
    return booking is not None and another_is_in_progress(booking)


@outbox.handles(email_change.CHANGED)
def readdress(event: OutboxEvent) -> None:
    readdress_records(user_id=UUID(event.payload["user_id"]), old_index=event.payload["old"])


@outbox.handles(
    "payment.refund_decided", "payment.refunded", "payment.refund_needs_staff", "payment.disputed"
)
def membership_follows_its_money(event: OutboxEvent) -> None:
    follow_money(UUID(event.payload["payment_id"]))


@outbox.handles("meeting.unattended")
def wait_again(event: OutboxEvent) -> None:
    booking_id = (
        Booking.objects.filter(meeting_id=event.payload["meeting_id"]).values_list("pk", flat=True).first()
    )
    if booking_id is not None:
        services.wait_again(booking_id=booking_id)


@outbox.handles("meeting.ended")
def finish_with_its_meeting(event: OutboxEvent) -> None:
    booking_id = (
        Booking.objects.filter(meeting_id=event.payload["meeting_id"]).values_list("pk", flat=True).first()
    )
    if booking_id is None:
        return
    try:
        services.finish(booking_id=booking_id, actor=_WHO_ENDED[EndReason(event.payload["reason"])])
    except DomainError:
        return  # it ended in another way meanwhile
