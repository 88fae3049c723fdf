"""From a booking to where it is paid, or to its own page when nothing is owed now."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from bookings.access import token_of
from bookings.lifecycle_table import Status
from bookings.models import Booking
from core.errors import DomainError
from payments.selectors import payment_of
from payments.services import open_checkout


def to_checkout(request: HttpRequest, booking: Booking) -> HttpResponse:
    token = token_of(booking)
    payment = payment_of("booking", booking.id)
    if booking.status != Status.PENDING_PAYMENT or payment is None:
        return redirect("manage", token=token)
    return_url = request.build_absolute_uri(reverse("manage_paid", args=[token]))
    try:
        return redirect(open_checkout(payment_id=payment.id, return_url=return_url))
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("manage", token=token)
