"""Where a booking is paid."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.models import Booking
from bookings.services.money import SUBJECT
from core.errors import Refused
from payments.selectors import payment_of
from payments.services import open_checkout


def checkout_url(booking: Booking, *, origin: str = "", gateway: str = "") -> str:
    """Where the booking can be paid now; the checkout leads back to the payment's own page, which opens nothing
    by itself, and never learns the private link. `origin` is the address a browser knows us by: its session is
    there, and may not be at `PUBLIC_URL`. `gateway`: there, and not where it would be preferred.

    Network: not inside a transaction. Raises Refused: `nothing_owed`, or what `open_checkout` raises.
    """
    payment = payment_of(SUBJECT, booking.pk)
    if payment is None:
        raise Refused(_("There is nothing to pay for this appointment."), code="nothing_owed")
    back = (origin or settings.PUBLIC_URL) + reverse("paid", args=[payment.pk])
    return open_checkout(payment_id=payment.pk, return_url=back, gateway=gateway)
