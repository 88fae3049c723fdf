"""Receipts as pages and as PDFs: behind a booking's private link, in the account of whoever paid, at the practice."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Professional
from bookings.access import booking_by_token
from bookings.receipts import receipt_for_payer, receipt_for_practice, receipt_of_booking
from bookings.views.people import professional_only, signed_in_for, user_of
from core.pdf import pdf_response
from payments.receipts import Receipt, as_pdf


@require_safe
@never_cache
def manage_receipt(request: HttpRequest, token: str) -> HttpResponse:
    receipt = receipt_of_booking(booking_by_token(token))
    back, pdf = (reverse(name, args=[token]) for name in ("manage", "manage_receipt_pdf"))
    return _page(request, receipt, back=back, pdf=pdf)


@require_safe
@never_cache
def manage_receipt_pdf(request: HttpRequest, token: str) -> HttpResponse:
    return _pdf(receipt_of_booking(booking_by_token(token)))


@signed_in_for("my_bookings")
@require_safe
@never_cache
def my_receipt(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    receipt = receipt_for_payer(user_of(request), payment_id)
    pdf = reverse("my_receipt_pdf", args=[payment_id])
    return _page(request, receipt, back=reverse("my_bookings"), pdf=pdf)


@signed_in_for("my_bookings")
@require_safe
@never_cache
def my_receipt_pdf(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    return _pdf(receipt_for_payer(user_of(request), payment_id))


@never_cache
@professional_only
@require_safe
def doctor_receipt(request: HttpRequest, professional: Professional, payment_id: UUID) -> HttpResponse:
    return _pdf(receipt_for_practice(professional, payment_id))


def _page(request: HttpRequest, receipt: Receipt, *, back: str, pdf: str) -> HttpResponse:
    """Its days are the practice's, as in the file."""
    with timezone.override(receipt.sale.zone):
        return render(request, "payments/receipt.html", {"receipt": receipt, "back": back, "pdf": pdf})


def _pdf(receipt: Receipt) -> HttpResponse:
    return pdf_response(as_pdf(receipt), receipt.filename)
