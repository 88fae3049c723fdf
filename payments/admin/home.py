"""What the home page of medical administration says about money."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.admin_home import Card, home_cards
from payments.admin.payments import STAFF
from payments.models import NEEDS_STAFF, Attempt, Refund
from payments.services.unknown import how_many_unknown


@home_cards(STAFF)
def cards(request: HttpRequest) -> Iterator[Card]:
    yield Card(
        title=_("Refunds that need you"),
        count=Refund.objects.filter(status__in=NEEDS_STAFF).count(),
        link=reverse("admin:payments_refund_changelist"),
        icon="undo",
    )
    yield Card(
        title=_("Payments in question"),
        count=Attempt.objects.filter(questioned_at__isnull=False).values("payment").distinct().count(),
        link=reverse("admin:payments_payment_changelist") + "?question=open",
        icon="help",
    )
    if unknown := how_many_unknown():
        yield Card(
            title=_("Money of unknown payments"),
            count=unknown,
            link=reverse("admin:unknown_money"),
            icon="contact_support",
        )
