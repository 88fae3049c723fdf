"""Live rooms. A meeting knows its clock and who was there; its booking knows the meeting."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class MeetingKind(models.TextChoices):
    VIDEO = "video", _("video")
    AUDIO = "audio", _("audio")


class MeetingState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    ACTIVE = "active", _("active")
    ENDED = "ended", _("ended")
    VOID = "void", _("void")


class EndReason(models.TextChoices):
    LIMIT = "limit", _("time over")
    PROFESSIONAL = "professional", _("ended by the professional")
    STAFF = "staff", _("ended by staff")


class Meeting(models.Model):
    """A room with a join window and a clock. The clock is the database's: see `services.start_clock`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.CharField(max_length=64, unique=True)
    provider = models.CharField(max_length=20)
    kind = models.CharField(max_length=10, choices=MeetingKind, default=MeetingKind.VIDEO)
    state = models.CharField(max_length=10, choices=MeetingState, default=MeetingState.WAITING)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    limit_minutes = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=20, choices=EndReason, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="meeting_window"),
            models.CheckConstraint(condition=Q(limit_minutes__gt=0), name="meeting_limit"),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(started_at__isnull=False, ends_at__isnull=False),
                name="meeting_active_has_clock",
            ),
            models.CheckConstraint(
                condition=~Q(state="ended") | Q(ended_at__isnull=False), name="meeting_ended_when"
            ),
        ]
        indexes = [models.Index(fields=["ends_at"], name="meeting_due", condition=Q(state="active"))]

    def __str__(self) -> str:
        return self.room


class ParticipantRole(models.TextChoices):
    PROFESSIONAL = "professional", _("professional")
    PATIENT = "patient", _("patient")


class Participant(models.Model):
    """One of the two seats in a room. Nothing personal stands here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="participants")
    role = models.CharField(max_length=20, choices=ParticipantRole)
    first_joined_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "role"], name="participant_one_per_role")]

    def __str__(self) -> str:
        return f"{self.role} {self.meeting_id}"


class Presence(models.Model):
    """A stretch of time a participant was in the room; open while `left_at` is null.

    `connection` is the live channel, `tab` the page's own name for itself, which outlives a reconnect.
    """

    id = models.BigAutoField(primary_key=True)
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="presences")
    connection = models.CharField(max_length=120)
    tab = models.CharField(max_length=40)
    joined_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["participant"], condition=Q(left_at=None), name="presence_one_open"
            ),
        ]
        indexes = [
            models.Index(fields=["seen_at"], name="presence_open", condition=Q(left_at=None)),
            models.Index(fields=["connection"], name="presence_connection", condition=Q(left_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.joined_at}"
