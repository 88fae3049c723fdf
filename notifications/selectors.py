from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from notifications.models import Message, Notification


def notifications_of(user: User) -> QuerySet[Notification]:
    """A user's own notifications, newest first."""
    return Notification.objects.filter(user=user)


def messages_about(keys: Collection[UUID]) -> QuerySet[Message]:
    """What was sent about whoever these data keys are about, to whomever it went, oldest first; what it says stays
    sealed. Messages about an account are not among them: each has a key of its own."""
    found = Message.objects.filter(data_key__in=keys).select_related("data_key")
    return found.defer("subject", "text", "html", "calendar").order_by("created_at", "pk")
