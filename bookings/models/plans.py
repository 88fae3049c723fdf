"""What a patient can buy to have consultations cheaper, or included: a plan, and the membership it gives."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Professional, User
from bookings.models.ranges import TsTzRange
from bookings.models.services import Service

LONGEST_PLAN = 24


class Plan(models.Model):
    """What a professional sells for `price`, for so many calendar months. Once somebody has asked for it, its price,
    months and services stay as they are: whoever changes their mind ends its sale and offers another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="plans")
    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("description"), max_length=500, blank=True)
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=3)
    currency = models.CharField(_("currency"), max_length=3)
    months = models.PositiveSmallIntegerField(
        _("months"), default=1, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_PLAN)]
    )
    is_offered = models.BooleanField(_("for sale"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["months", "price", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(price__gt=0), name="plan_price"),
            models.CheckConstraint(condition=Q(months__range=(1, LONGEST_PLAN)), name="plan_months"),
        ]

    def __str__(self) -> str:
        return self.name


class PlanService(models.Model):
    """A service that members of a plan have for `member_price` (0: included), in the plan's currency; at most `times`
    in one membership where that is given."""

    id = models.BigAutoField(primary_key=True)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="included")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="in_plans")
    member_price = models.DecimalField(_("price for members"), max_digits=14, decimal_places=3, default=0)
    times = models.PositiveSmallIntegerField(
        _("how often"), null=True, blank=True, validators=[MinValueValidator(1)]
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "service"], name="plan_service_once"),
            models.CheckConstraint(condition=Q(member_price__gte=0), name="plan_member_price"),
            models.CheckConstraint(condition=Q(times=None) | Q(times__gte=1), name="plan_times"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.service_id}"


class Membership(models.Model):
    """One bought period of one plan. Without its times it waits for its money; it lasts from `starts_at` up to
    `ends_at`, unless `cancelled_at` says that its money went back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="memberships")
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    # When the member is written to about its end; null: there is nothing more to write.
    next_notice_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at=None, ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="membership_order",
            ),
            # Asked for twice before it is paid, it is one.
            models.UniqueConstraint(
                fields=["user", "plan"],
                condition=Q(starts_at=None, cancelled_at=None),
                name="membership_one_unpaid",
            ),
            # Each one is time of its own: bought again, it goes on where the last one ends.
            ExclusionConstraint(
                name="membership_no_overlap",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("plan", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(starts_at__isnull=False, cancelled_at=None),
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-ends_at"], name="membership_of_user"),
            models.Index(
                fields=["next_notice_at"],
                name="membership_notice",
                condition=Q(next_notice_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def covers(self, moment: datetime) -> bool:
        if self.starts_at is None or self.ends_at is None:
            return False
        return self.starts_at <= moment < self.ends_at
