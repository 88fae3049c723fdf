"""From a booking to where it is paid, or to its own page when nothing is owed now; and the way back."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings.access import role_in, token_of
from bookings.domain.lifecycle_table import Status
from bookings.models import Booking, Membership
from bookings.selectors import whole_bookings
from bookings.selectors.memberships import SUBJECT as MEMBERSHIP
from bookings.services import checkout_url
from bookings.services.money import SUBJECT
from core.errors import DomainError, Missing
from core.limits import seconds_to_wait
from core.web import say_no
from payments.models import Payment, PaymentStatus
from payments.selectors import payment_of, was_declined
from payments.services import sync_payment
from payments.ways import ways_to_pay

# The bookings this browser has made, or come to by their private link to pay them: the last ones.
BOOKED = "booked"
MOST_REMEMBERED = 10


def to_checkout(request: HttpRequest, booking: Booking) -> HttpResponse:
    """For whoever may see the booking. The checkout learns the payment's address, not the private link.

    Where there are several ways to pay, the booking's own page asks which.
    """
    token, gateway = token_of(booking), request.POST.get("gateway", "")
    _remember(request, booking)
    if booking.status != Status.PENDING_PAYMENT or not (gateway or _has_one_way(booking)):
        return redirect("manage", token=token)
    try:
        origin = f"{request.scheme}://{request.get_host()}"
        return redirect(checkout_url(booking, origin=origin, gateway=gateway))
    except DomainError as error:
        say_no(request, error)
        return redirect("manage", token=token)


@require_safe
@never_cache
def paid(request: HttpRequest, payment_id: uuid.UUID) -> HttpResponse:
    """Where the checkout sends the browser back to: ask for the truth now instead of waiting for the webhook.

    Who is known leads on to what was paid. For others the payment's id opens nothing: they get the private link of
    a booking by e-mail, and sign in to see a plan.
    """
    payment = Payment.objects.filter(pk=payment_id, subject_type__in=_PAGES).first()
    if payment is None:
        raise Missing
    if not seconds_to_wait(request, group="paid", rate="60/10m"):
        payment = sync_payment(payment_id=payment.pk)
    if page := _PAGES[payment.subject_type](request, payment.subject_id):
        return redirect(page)
    outcome = {
        "arrived": payment.status == PaymentStatus.PAID,
        "declined": was_declined(payment),
        "of_plan": payment.subject_type == MEMBERSHIP,
    }
    return render(request, "bookings/paid.html", outcome)


def _page_of_booking(request: HttpRequest, booking_id: uuid.UUID) -> str:
    """Empty for whoever is not known. Raises Missing."""
    booking = whole_bookings().filter(pk=booking_id).first()
    if booking is None:
        raise Missing
    is_known = str(booking.pk) in request.session.get(BOOKED, [])
    if is_known or role_in(booking, request.user) == "patient":
        return reverse("manage", args=[token_of(booking)])
    return ""


def _page_of_membership(request: HttpRequest, membership_id: uuid.UUID) -> str:
    is_own = Membership.objects.filter(pk=membership_id, user=request.user.pk).exists()
    return f"{reverse('my_memberships')}#plan-{membership_id}" if is_own else ""


# By what was paid.
_PAGES = {SUBJECT: _page_of_booking, MEMBERSHIP: _page_of_membership}


def _has_one_way(booking: Booking) -> bool:
    payment = payment_of(SUBJECT, booking.pk)
    return payment is None or len(ways_to_pay(payment)) <= 1


def _remember(request: HttpRequest, booking: Booking) -> None:
    known = request.session.get(BOOKED, [])
    if str(booking.pk) not in known:
        request.session[BOOKED] = [*known, str(booking.pk)][-MOST_REMEMBERED:]
