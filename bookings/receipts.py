"""Receipts of appointments and memberships: for whoever paid, and for the practice that was paid.

They say what was paid for by the name of the service or the plan, and nothing else of anybody's health.
"""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Professional, User
from accounts.shown import note_shown
from bookings.models import Booking, Membership
from bookings.selectors.memberships import SUBJECT as MEMBERSHIP
from bookings.selectors.payments import payments_by, payments_of_practice
from bookings.services.money import SUBJECT as BOOKING
from core.errors import Missing
from payments.models import Payment
from payments.receipts import Receipt, Sale, receipt_of
from payments.selectors import payment_of


def receipt_of_booking(booking: Booking) -> Receipt:
    """For whoever may see the booking, loaded whole. Raises Missing while nothing is paid."""
    payment = payment_of(BOOKING, booking.pk)
    if payment is None:
        raise Missing
    return receipt_of(payment, _of_booking(booking))


def receipt_for_payer(user: User, payment_id: UUID) -> Receipt:
    """Raises Missing, for what others paid as for what is not paid."""
    return _receipt(payments_by(user).filter(pk=payment_id).first())


def receipt_for_practice(professional: Professional, payment_id: UUID) -> Receipt:
    """Raises Missing."""
    return _receipt(payments_of_practice(professional).filter(pk=payment_id).first())


def _receipt(payment: Payment | None) -> Receipt:
    if payment is None:
        raise Missing
    if payment.subject_type == MEMBERSHIP:
        members = Membership.objects.select_related("plan__professional", "user")
        return receipt_of(payment, _of_membership(members.get(pk=payment.subject_id)))
    bookings = Booking.objects.select_related("professional", "service", "patient__data_key")
    return receipt_of(payment, _of_booking(bookings.get(pk=payment.subject_id)))


def _of_booking(booking: Booking) -> Sale:
    starts_at = timezone.localtime(booking.starts_at, booking.professional.zone)
    day = f"{date_format(starts_at, 'DATE_FORMAT')}, {starts_at:%H:%M}"
    return Sale(
        seller=booking.professional.name,
        seller_details=_details(booking.professional),
        what=booking.service.name,
        details=[_("Appointment %(reference)s, %(day)s") % {"reference": booking.reference, "day": day}],
        payer=booking.patient.name,
        zone=booking.professional.zone,
    )


def _of_membership(membership: Membership) -> Sale:
    plan, zone = membership.plan, membership.plan.professional.zone
    note_shown([membership.user_id])
    months = ngettext("Plan of %(number)d month", "Plan of %(number)d months", plan.months)
    details = [months % {"number": plan.months}]
    if membership.starts_at and membership.ends_at:
        days = (timezone.localtime(moment, zone) for moment in (membership.starts_at, membership.ends_at))
        first, last = (date_format(day, "DATE_FORMAT") for day in days)
        details.append(_("From %(first)s to %(last)s") % {"first": first, "last": last})
    return Sale(
        seller=plan.professional.name,
        seller_details=_details(plan.professional),
        what=plan.name,
        details=details,
        payer=membership.user.get_full_name(),
        zone=zone,
    )


def _details(professional: Professional) -> list[str]:
    licence = _("Licence %(number)s") % {"number": professional.licence} if professional.licence else ""
    place = ", ".join(filter(None, [professional.address, professional.city]))
    return [line for line in (licence, place) if line]
