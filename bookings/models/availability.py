"""When a professional is open, and when not."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models import Professional


class AvailabilityBlock(models.Model):
    """An opening in the professional's wall time: every week on `weekday` (ISO, 1..7) or on one `date`.

    `ends` 00:00 means midnight at the end of the day.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    professional = models.ForeignKey(Professional, on_delete=models.CASCADE, related_name="blocks")
    weekday = models.PositiveSmallIntegerField(null=True, blank=True)
    date = models.DateField(null=True, blank=True)
    starts = models.TimeField()
    ends = models.TimeField()
    is_active = models.BooleanField(default=True)
    notes = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["weekday", "date", "starts"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__isnull=False, date__isnull=True, weekday__range=(1, 7))
                | Q(weekday__isnull=True, date__isnull=False),
                name="block_weekday_or_date",
            ),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")) | Q(ends="00:00"), name="block_order"),
        ]
        indexes = [models.Index(fields=["professional", "date"], name="block_date")]

    def __str__(self) -> str:
        return f"{self.weekday or self.date} {self.starts}-{self.ends}"


class TimeOff(models.Model):
    """A closed stretch of time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    professional = models.ForeignKey(Professional, on_delete=models.CASCADE, related_name="time_off")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "time off"
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="time_off_order")]
        indexes = [models.Index(fields=["professional", "ends_at"], name="time_off_ends")]

    def __str__(self) -> str:
        return f"{self.starts_at} - {self.ends_at}"
