"""What is still owed of a refund: all of it, though never more than is left of the money that came.

What the payer's bank has taken after a lost dispute nobody owes a second time. Of what is left, what has gone back
comes first, then what is on its way at the gateway, then what waits for staff, the oldest first. It follows from what
is known and is kept nowhere: where the bank thinks better of it, the rest is owed again.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Case, DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Greatest, Least

from payments.models import NEEDS_STAFF, Dispute, DisputeState, Refund, RefundStatus

_NOTHING = Value(Decimal(0), output_field=DecimalField(max_digits=14, decimal_places=3))
_PLACE = Case(
    When(status=RefundStatus.SUCCEEDED, then=0), When(status=RefundStatus.PENDING, then=1), default=2
)


def with_owed(refunds: QuerySet[Refund]) -> QuerySet[Any]:
    """Each with `owed`, in the same query: nothing of what has gone."""
    before = Q(place__lt=OuterRef("place")) | Q(place=OuterRef("place")) & (
        Q(created_at__lt=OuterRef("created_at")) | Q(created_at=OuterRef("created_at"), pk__lt=OuterRef("pk"))
    )
    same_money = {"attempt": OuterRef("attempt")}
    gone_before = Refund.objects.annotate(place=_PLACE).filter(before, **same_money)
    taken = Dispute.objects.filter(**same_money, status=DisputeState.LOST)
    left = F("attempt__payment__amount") - _sum(taken) - _sum(gone_before)
    owed = Case(
        When(status=RefundStatus.SUCCEEDED, then=_NOTHING),
        default=Greatest(_NOTHING, Least(F("amount"), left)),
    )
    placed: QuerySet[Any] = refunds.annotate(place=_PLACE)
    return placed.annotate(owed=owed)


def _sum(rows: QuerySet[Refund] | QuerySet[Dispute]) -> Coalesce:
    total = rows.order_by().values("attempt").annotate(total=Sum("amount")).values("total")
    return Coalesce(Subquery(total), _NOTHING)


def owed_of(refund: Refund) -> Decimal:
    """As it stands now."""
    owed: Decimal = with_owed(Refund.objects.filter(pk=refund.pk)).values_list("owed", flat=True).get()
    return owed


def waiting_for_staff() -> QuerySet[Any]:
    return with_owed(Refund.objects.filter(status__in=NEEDS_STAFF)).filter(owed__gt=0)


def not_over() -> QuerySet[Any]:
    """What is owed still, and what is on its way."""
    return with_owed(Refund.objects.all()).filter(Q(owed__gt=0) | Q(status=RefundStatus.PENDING))
