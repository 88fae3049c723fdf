"""What the app showed somebody goes with their account."""

from __future__ import annotations

from uuid import UUID

from accounts.leaving import Part
from accounts.models import User
from notifications.models import Notification


def _settle(user: User, staff_id: UUID | None, until: float) -> bool:
    if user.closed_at is not None:
        Notification.objects.filter(user=user).delete()
    return True


LEAVING = Part(settle=_settle)
