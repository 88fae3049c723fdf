"""What a booking's end means for its money."""

from __future__ import annotations

from decimal import ROUND_UP, Decimal

from bookings.models import Booking
from payments.gateways.registry import decimals_everywhere
from payments.selectors import payment_of
from payments.services import close_payment, request_refund

SUBJECT = "booking"


def refund_in_full(booking: Booking, reason: str) -> None:
    """Asks for all that is left to be given back; nothing was paid: nothing to do."""
    refund(booking, None, reason)


def refund(booking: Booking, amount: Decimal | None, reason: str) -> None:
    """What staff have given back before is part of it: never more than is left."""
    payment = payment_of(SUBJECT, booking.pk)
    if payment is not None and amount != 0:
        request_refund(payment_id=payment.pk, amount=amount, reason=reason, at_most=True)


def nothing_owed_any_more(booking: Booking) -> None:
    """The checkout closes; money that comes all the same will be noticed and given back."""
    payment = payment_of(SUBJECT, booking.pk)
    if payment is not None:
        close_payment(payment_id=payment.pk)


def share(amount: Decimal, percent: int, currency: str) -> Decimal:
    """A percentage of what was paid, in favour of the patient: rounded up to what every gateway can give back, though
    never more than the whole. Which gateway holds the money does not matter: what is said is what goes back."""
    smallest = Decimal(1).scaleb(-decimals_everywhere(currency))
    return min(amount, (amount * percent / 100).quantize(smallest, ROUND_UP))
