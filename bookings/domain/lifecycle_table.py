"""The life of a booking: which verb leads from which status to which, and who may say it. Pure; see
docs/lifecycle.md."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.actor import ActorKind


class Status(models.TextChoices):
    PENDING_PAYMENT = "pending_payment", _("payment pending")
    WAITING_FOR_PROFESSIONAL = "waiting_for_professional", _("waiting for the professional")
    CONFIRMED = "confirmed", _("confirmed")
    IN_PROGRESS = "in_progress", _("in progress")
    COMPLETED = "completed", _("completed")
    CANCELLED = "cancelled", _("cancelled")
    REJECTED = "rejected", _("declined")
    EXPIRED = "expired", _("expired")
    NO_SHOW = "no_show", _("did not come")


# These keep their time; the others free it.
HOLDING: tuple[str, ...] = (
    Status.PENDING_PAYMENT.value,
    Status.WAITING_FOR_PROFESSIONAL.value,
    Status.CONFIRMED.value,
    Status.IN_PROGRESS.value,
    Status.COMPLETED.value,
)

_BEFORE = frozenset({Status.PENDING_PAYMENT, Status.WAITING_FOR_PROFESSIONAL, Status.CONFIRMED})

# verb -> status before -> statuses it may lead to
TRANSITIONS: dict[str, dict[Status, frozenset[Status]]] = {
    "settle": {
        Status.PENDING_PAYMENT: frozenset({Status.WAITING_FOR_PROFESSIONAL, Status.CONFIRMED}),
    },
    # Money came after the hold ended, and the time is still free.
    "revive": {
        Status.EXPIRED: frozenset({Status.WAITING_FOR_PROFESSIONAL, Status.CONFIRMED}),
    },
    "accept": {Status.WAITING_FOR_PROFESSIONAL: frozenset({Status.CONFIRMED})},
    "reject": {Status.WAITING_FOR_PROFESSIONAL: frozenset({Status.REJECTED})},
    "expire": {
        Status.PENDING_PAYMENT: frozenset({Status.EXPIRED}),
        Status.WAITING_FOR_PROFESSIONAL: frozenset({Status.EXPIRED}),
        # Nobody came.
        Status.CONFIRMED: frozenset({Status.EXPIRED}),
    },
    "reschedule": {
        Status.WAITING_FOR_PROFESSIONAL: frozenset({Status.WAITING_FOR_PROFESSIONAL}),
        Status.CONFIRMED: frozenset({Status.CONFIRMED, Status.WAITING_FOR_PROFESSIONAL}),
    },
    "cancel": {status: frozenset({Status.CANCELLED}) for status in _BEFORE},
    "start": {Status.CONFIRMED: frozenset({Status.IN_PROGRESS})},
    # Its clock ran, but only one side ever came: there was no meeting, and the room waits again.
    "wait": {Status.IN_PROGRESS: frozenset({Status.CONFIRMED})},
    "finish": {
        Status.IN_PROGRESS: frozenset({Status.COMPLETED}),
        Status.CONFIRMED: frozenset({Status.COMPLETED}),
    },
    "mark_no_show": {Status.CONFIRMED: frozenset({Status.NO_SHOW})},
}

_ANYBODY: frozenset[ActorKind] = frozenset({"patient", "professional", "staff", "system"})
PRACTICE: frozenset[ActorKind] = frozenset({"professional", "staff"})
_PEOPLE: frozenset[ActorKind] = PRACTICE | {"patient"}
_SYSTEM: frozenset[ActorKind] = frozenset({"system"})

# verb -> kinds of actors who may say it. Whose booking it is, is for the face to know; what kind somebody is, not.
WHO: dict[str, frozenset[ActorKind]] = {
    "book": _PEOPLE,
    "settle": _ANYBODY,  # what is free is settled by whoever books it
    "revive": _SYSTEM,
    "accept": PRACTICE,
    "reject": PRACTICE,
    "expire": _SYSTEM,
    "reschedule": _PEOPLE,
    "cancel": _ANYBODY,
    "start": frozenset({"patient", "professional", "system"}),  # the two of the meeting, or both being there
    "wait": PRACTICE | _SYSTEM,
    "finish": PRACTICE | _SYSTEM,
    "mark_no_show": PRACTICE | _SYSTEM,
}


def allows(verb: str, before: str, after: str) -> bool:
    return Status(after) in TRANSITIONS[verb].get(Status(before), frozenset())


def sources(verb: str) -> frozenset[Status]:
    """The statuses from which a verb may be said."""
    return frozenset(TRANSITIONS[verb])
