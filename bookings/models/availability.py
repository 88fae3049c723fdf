"""When a professional is open, and when not."""

from __future__ import annotations

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Professional
from bookings.models.ranges import TsTzRange, minute_range
from bookings.models.services import Modality, Service


class AvailabilityBlock(models.Model):
    """An opening in the professional's wall time: every week on `weekday` (ISO, 1..7) or on one `date`.

    `ends` 00:00 means midnight at the end of the day. With `services` or `modalities` it is open for these alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    professional = models.ForeignKey(Professional, on_delete=models.CASCADE, related_name="blocks")
    weekday = models.PositiveSmallIntegerField(_("weekday"), null=True, blank=True)
    date = models.DateField(_("date"), null=True, blank=True)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))
    is_active = models.BooleanField(_("active"), default=True)
    notes = models.CharField(_("notes"), max_length=200, blank=True)
    services = models.ManyToManyField(Service, verbose_name=_("services"), related_name="blocks", blank=True)
    modalities = ArrayField(
        models.CharField(max_length=10, choices=Modality),
        verbose_name=_("modalities"),
        default=list,
        blank=True,
    )

    class Meta:
        ordering = ["weekday", "date", "starts"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__isnull=False, date__isnull=True, weekday__range=(1, 7))
                | Q(weekday__isnull=True, date__isnull=False),
                name="block_weekday_or_date",
            ),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")) | Q(ends="00:00"), name="block_order"),
            ExclusionConstraint(
                name="block_weekday_once",
                expressions=[
                    ("professional", RangeOperators.EQUAL),
                    ("weekday", RangeOperators.EQUAL),
                    (minute_range("starts", "ends"), RangeOperators.OVERLAPS),
                ],
                condition=Q(is_active=True, weekday__isnull=False),
            ),
            ExclusionConstraint(
                name="block_date_once",
                expressions=[
                    ("professional", RangeOperators.EQUAL),
                    ("date", RangeOperators.EQUAL),
                    (minute_range("starts", "ends"), RangeOperators.OVERLAPS),
                ],
                condition=Q(is_active=True, date__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["professional", "date"], name="block_date")]

    def __str__(self) -> str:
        return f"{self.weekday or self.date} {self.starts}-{self.ends}"


class TimeOff(models.Model):
    """A closed stretch of time: hours, days or weeks. Two of one professional never overlap."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    professional = models.ForeignKey(Professional, on_delete=models.CASCADE, related_name="time_off")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "time off"
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="time_off_order"),
            ExclusionConstraint(
                name="time_off_once",
                expressions=[
                    ("professional", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["professional", "ends_at"], name="time_off_ends")]

    def __str__(self) -> str:
        return f"{self.starts_at} - {self.ends_at}"
