"""What professionals offer."""

from __future__ import annotations

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Mod
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from accounts.models import Professional


class Modality(models.TextChoices):
    VIDEO = "video", _("video call")
    AUDIO = "audio", _("audio call")
    IN_PERSON = "in_person", _("in person")
    CHAT = "chat", _("chat")


MEETING_MODALITIES = frozenset({Modality.VIDEO, Modality.AUDIO})


class Service(models.Model):
    """What a professional offers. Durations and buffers are minutes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="services")
    slug = models.SlugField(max_length=80)
    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("description"), max_length=500, blank=True)
    modality = models.CharField(_("modality"), max_length=10, choices=Modality, default=Modality.VIDEO)
    duration_minutes = models.PositiveSmallIntegerField(
        _("duration"), default=30, validators=[MinValueValidator(5), MaxValueValidator(480)]
    )
    buffer_before_minutes = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(240)])
    buffer_after_minutes = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(240)])
    meeting_limit_minutes = models.PositiveSmallIntegerField(
        _("meeting limit"), default=18, validators=[MinValueValidator(1), MaxValueValidator(480)]
    )
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=3, default=0)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["duration_minutes", "name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["professional", "slug"], name="service_slug_once"),
            models.CheckConstraint(condition=Q(price__gte=0), name="service_price"),
            # What `schedule.MARGIN` relies on.
            models.CheckConstraint(condition=Q(duration_minutes__range=(5, 480)), name="service_duration"),
            models.CheckConstraint(
                condition=Exact(Mod(F("duration_minutes"), 5), 0), name="service_duration_by_five"
            ),
            models.CheckConstraint(
                condition=Q(buffer_before_minutes__lte=240, buffer_after_minutes__lte=240),
                name="service_buffers",
            ),
        ]
        indexes = [models.Index(fields=["professional", "is_active"], name="service_active")]

    def __str__(self) -> str:
        return self.name

    @property
    def has_meeting(self) -> bool:
        return self.modality in MEETING_MODALITIES

    @property
    def is_free(self) -> bool:
        return self.price == 0
