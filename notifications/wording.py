"""What each kind of notification says, in the active language. Payloads hold facts; the words live here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from core.money import format_money
from notifications.templatetags.emails import day, hour

BOOKING_REQUEST = "BOOKING_REQUEST"
BOOKING_CONFIRMED = "BOOKING_CONFIRMED"
BOOKING_REMINDER = "BOOKING_REMINDER"
BOOKING_WISH = "BOOKING_WISH"
MEMBERSHIP_STARTED = "MEMBERSHIP_STARTED"
MEMBERSHIP_SOLD = "MEMBERSHIP_SOLD"
MEMBERSHIP_ENDING = "MEMBERSHIP_ENDING"
MEMBERSHIP_ENDED = "MEMBERSHIP_ENDED"
MEMBERSHIP_CANCELLED = "MEMBERSHIP_CANCELLED"
MEMBERSHIP_LEFT_ALONE = "MEMBERSHIP_LEFT_ALONE"
MEMBERSHIP_NEEDS_STAFF = "MEMBERSHIP_NEEDS_STAFF"
REFUND_NEEDS_STAFF = "REFUND_NEEDS_STAFF"
PAYMENT_NEEDS_STAFF = "PAYMENT_NEEDS_STAFF"
PAYMENT_DISPUTED = "PAYMENT_DISPUTED"
UNKNOWN_MONEY = "UNKNOWN_MONEY"


class Words(NamedTuple):
    title: str
    message: str


def words_of(kind: str, payload: dict[str, Any]) -> Words:
    """Title and message; a kind without words of its own still shows as something."""
    phrase = _PHRASES.get(kind)
    return phrase(payload) if phrase else Words(_("You have a new notification"), "")


def _booking_request(payload: dict[str, Any]) -> Words:
    """Payload: booking_id, patient_id; payment_id, amount and currency when it was paid."""
    amount = _amount(payload)
    if not payload.get("payment_id"):
        return Words(
            _("New appointment request"), _("You have a new appointment request waiting for your answer.")
        )
    if not amount:
        return Words(
            _("New paid appointment request"),
            _("You have a new paid appointment request waiting for your answer."),
        )
    return Words(
        _("New paid appointment request"),
        _("You have a new appointment request, paid with %(amount)s, waiting for your answer.")
        % {"amount": amount},
    )


def _booking_confirmed(payload: dict[str, Any]) -> Words:
    """Payload: booking_id, professional_name, room, can_join_now."""
    name = payload.get("professional_name", "")
    message = _("%(name)s has accepted your request.") % {"name": name}
    if payload.get("can_join_now"):
        message = _("%(name)s has accepted your request. You can join now.") % {"name": name}
    return Words(_("Appointment confirmed"), message)


def _booking_wish(payload: dict[str, Any]) -> Words:
    """Payload: request_id, service_id."""
    return Words(
        _("Somebody asks for an appointment"),
        _("No free time suited them; they say when they could come."),
    )


def _booking_reminder(payload: dict[str, Any]) -> Words:
    """Payload: booking_id, professional_name, starts_at (ISO 8601), timezone (the reader's)."""
    message = _("%(name)s expects you on %(when)s.") % {
        "name": payload.get("professional_name", ""),
        "when": _moment(payload),
    }
    return Words(_("Your appointment is coming"), message)


# Payloads of memberships: membership_id, plan_id, plan_name, professional_name, ends_at (ISO 8601, or None), timezone.


def _membership_started(payload: dict[str, Any]) -> Words:
    message = _("Your plan “%(plan)s” with %(name)s is paid. It lasts until %(when)s.")
    return Words(_("Your membership is active"), message % _plan_and_end(payload))


def _membership_sold(payload: dict[str, Any]) -> Words:
    message = _("A patient has bought your plan “%(plan)s”. It lasts until %(when)s.")
    return Words(_("A plan of yours was bought"), message % _plan_and_end(payload))


def _membership_ending(payload: dict[str, Any]) -> Words:
    message = _("Your plan “%(plan)s” with %(name)s ends on %(when)s.")
    return Words(_("Your membership ends soon"), message % _plan_and_end(payload))


def _membership_ended(payload: dict[str, Any]) -> Words:
    message = _("Your plan “%(plan)s” with %(name)s has ended. Appointments cost their usual price again.")
    return Words(_("Your membership has ended"), message % _plan_and_end(payload))


def _membership_cancelled(payload: dict[str, Any]) -> Words:
    message = _("Your plan “%(plan)s” with %(name)s is cancelled, because its money goes back to you.")
    return Words(_("Your membership is cancelled"), message % _plan_and_end(payload))


def _membership_left_alone(payload: dict[str, Any]) -> Words:
    message = _("%(name)s takes no more appointments here. We will write to you about your plan “%(plan)s”.")
    return Words(_("About your membership"), message % _plan_and_end(payload))


def _membership_needs_staff(payload: dict[str, Any]) -> Words:
    message = _(
        "%(name)s has left, and a membership of the plan “%(plan)s” runs until %(when)s. Please decide about its money."
    )
    return Words(_("A membership needs you"), message % _plan_and_end(payload))


def _plan_and_end(payload: dict[str, Any]) -> dict[str, str]:
    return {
        "plan": payload.get("plan_name", ""),
        "name": payload.get("professional_name", ""),
        "when": _moment(payload, "ends_at"),
    }


def _refund_needs_staff(payload: dict[str, Any]) -> Words:
    """Payload: refund_id, payment_id, reference, amount, currency."""
    message = _("%(amount)s of the payment %(reference)s could not be given back. Please see to it by hand.")
    return Words(_("A refund needs you"), message % _sum_and_reference(payload))


def _payment_needs_staff(payload: dict[str, Any]) -> Words:
    """Payload: payment_id, reference, amount and currency that were asked for."""
    message = _(
        "Money came for the payment %(reference)s that is not the %(amount)s asked for. Please look into it."
    )
    return Words(_("A payment needs you"), message % _sum_and_reference(payload))


def _payment_disputed(payload: dict[str, Any]) -> Words:
    """Payload: payment_id, reference, amount, currency, status (open, won, lost)."""
    messages = {
        "won": _("The dispute about %(amount)s of the payment %(reference)s is won: the money stays."),
        "lost": _("The dispute about %(amount)s of the payment %(reference)s is lost: the money is gone."),
    }
    opened = _(
        "The payer's bank asks for %(amount)s of the payment %(reference)s back. Please answer at the gateway in time."
    )
    message = messages.get(payload.get("status", ""), opened)
    return Words(_("A payment is disputed"), message % _sum_and_reference(payload))


def _unknown_money(payload: dict[str, Any]) -> Words:
    """Payload: event_id, gateway (as people call it), amount and currency."""
    message = _("%(gateway)s holds %(amount)s that no payment here asked for. Please look it up there.")
    return Words(
        _("Money of an unknown payment"),
        message % {"gateway": payload.get("gateway", ""), "amount": _amount(payload)},
    )


def _sum_and_reference(payload: dict[str, Any]) -> dict[str, str]:
    return {"amount": _amount(payload), "reference": payload.get("reference", "")}


def _amount(payload: dict[str, Any]) -> str:
    """The amount as people read it, '' when the payload does not say."""
    try:
        return format_money(Decimal(payload["amount"]), payload["currency"])
    except (KeyError, InvalidOperation, TypeError):
        return ""


def _moment(payload: dict[str, Any], name: str = "starts_at") -> str:
    """A moment as people read it, in their own zone; '' when the payload does not say."""
    try:
        moment = datetime.fromisoformat(payload[name]).astimezone(ZoneInfo(payload["timezone"]))
    except (KeyError, TypeError, ValueError, ZoneInfoNotFoundError):
        return ""
    return f"{day(moment)}, {hour(moment)}"


_PHRASES: dict[str, Callable[[dict[str, Any]], Words]] = {
    BOOKING_REQUEST: _booking_request,
    BOOKING_CONFIRMED: _booking_confirmed,
    BOOKING_REMINDER: _booking_reminder,
    BOOKING_WISH: _booking_wish,
    MEMBERSHIP_STARTED: _membership_started,
    MEMBERSHIP_SOLD: _membership_sold,
    MEMBERSHIP_ENDING: _membership_ending,
    MEMBERSHIP_ENDED: _membership_ended,
    MEMBERSHIP_CANCELLED: _membership_cancelled,
    MEMBERSHIP_LEFT_ALONE: _membership_left_alone,
    MEMBERSHIP_NEEDS_STAFF: _membership_needs_staff,
    REFUND_NEEDS_STAFF: _refund_needs_staff,
    PAYMENT_DISPUTED: _payment_disputed,
    PAYMENT_NEEDS_STAFF: _payment_needs_staff,
    UNKNOWN_MONEY: _unknown_money,
}
