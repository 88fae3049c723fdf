"""A professional's rules for bookings."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from accounts.models import Professional


class BookingPolicy(models.Model):
    """A professional's rules. Durations as named; `answer_minutes` is how long a request may wait."""

    professional = models.OneToOneField(
        Professional, on_delete=models.CASCADE, primary_key=True, related_name="policy"
    )
    allow_public_booking = models.BooleanField(default=True)
    horizon_days = models.PositiveSmallIntegerField(default=60, validators=[MaxValueValidator(365)])
    minimum_notice_minutes = models.PositiveIntegerField(default=120, validators=[MaxValueValidator(43200)])
    step_minutes = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(5), MaxValueValidator(240)]
    )
    auto_accept = models.BooleanField(default=False)
    hold_minutes = models.PositiveSmallIntegerField(default=30, validators=[MinValueValidator(1)])
    answer_minutes = models.PositiveIntegerField(default=1440, validators=[MinValueValidator(1)])
    cancellation_hours = models.PositiveSmallIntegerField(default=24)
    late_refund_percent = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(100)])
    no_show_grace_minutes = models.PositiveSmallIntegerField(default=10)
    email_notifications = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "booking policies"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    step_minutes__range=(5, 240),
                    horizon_days__lte=365,
                    minimum_notice_minutes__lte=43200,
                    hold_minutes__gte=1,
                    answer_minutes__gte=1,
                    late_refund_percent__lte=100,
                ),
                name="policy_bounds",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
