"""A professional's rules for bookings."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Professional

# Weeks ahead nobody needs to be reminded.
LONGEST_REMINDER = 14 * 24 * 60


def default_reminders() -> list[int]:
    """A day and an hour before, in minutes."""
    return [1440, 60]


class BookingPolicy(models.Model):
    """A professional's rules. Durations as named; `answer_minutes` is how long a request may wait."""

    professional = models.OneToOneField(
        Professional, on_delete=models.CASCADE, primary_key=True, related_name="policy"
    )
    allow_public_booking = models.BooleanField(_("public booking"), default=True)
    patients_only = models.BooleanField(_("only known patients book"), default=False)
    horizon_days = models.PositiveSmallIntegerField(
        _("horizon"), default=60, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    minimum_notice_minutes = models.PositiveIntegerField(
        _("minimum notice"), default=120, validators=[MaxValueValidator(43200)]
    )
    step_minutes = models.PositiveSmallIntegerField(
        _("step"), default=30, validators=[MinValueValidator(5), MaxValueValidator(240)]
    )
    max_bookings_per_day = models.PositiveSmallIntegerField(
        _("most appointments a day"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(200)],
    )
    auto_accept = models.BooleanField(_("accept by itself"), default=False)
    hold_minutes = models.PositiveSmallIntegerField(
        _("time to pay"), default=30, validators=[MinValueValidator(1), MaxValueValidator(1440)]
    )
    answer_minutes = models.PositiveIntegerField(
        _("time to answer"), default=1440, validators=[MinValueValidator(1), MaxValueValidator(20160)]
    )
    cancellation_hours = models.PositiveSmallIntegerField(
        _("free cancellation until"), default=24, validators=[MaxValueValidator(720)]
    )
    late_refund_percent = models.PositiveSmallIntegerField(
        _("refund when later"), default=0, validators=[MaxValueValidator(100)]
    )
    no_show_grace_minutes = models.PositiveSmallIntegerField(
        _("grace before a no-show"), default=10, validators=[MaxValueValidator(120)]
    )
    # Minutes before the start at which the patient is written to.
    reminder_minutes = ArrayField(
        models.PositiveIntegerField(validators=[MinValueValidator(5), MaxValueValidator(LONGEST_REMINDER)]),
        verbose_name=_("reminders"),
        default=default_reminders,
        blank=True,
        size=5,
    )
    # Gateways this practice takes money by, the preferred one first. Empty: all that the installation uses.
    gateways = ArrayField(
        models.CharField(max_length=20), verbose_name=_("ways to pay"), default=list, blank=True
    )
    email_notifications = models.BooleanField(_("e-mails to the professional"), default=True)
    # Public holidays of the professional's country, and of one of its regions where that is named, close the
    # weekly openings.
    closed_on_holidays = models.BooleanField(_("closed on public holidays"), default=False)
    holiday_region = models.CharField(_("region"), max_length=10, blank=True)

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
            ),
            models.CheckConstraint(
                condition=Q(max_bookings_per_day__isnull=True) | Q(max_bookings_per_day__gte=1),
                name="policy_most_a_day",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
