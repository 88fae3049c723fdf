"""Sends queued messages at least once, with retries, and never two at a time.

A row is claimed for a lease and the claim committed before any mail server is spoken to. A process that dies
between sending and saying so leaves a message that is sent again after the lease, under the same Message-ID.
"""

from __future__ import annotations

import logging
import smtplib
import time
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from notifications import outgoing
from notifications.models import Message, MessageState

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 12
# Longer than a worker may take over one task (CELERY_TASK_TIME_LIMIT): who holds a lease is alive or done.
LEASE = timedelta(minutes=3)
# Two turns of the clockwork: a backlog never holds more than a few of the workers' places.
RUN_SECONDS = 10
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(hours=1)


def send_due(limit: int = 20) -> int:
    """Sends what is due, at most `limit` and for some seconds; returns how many were tried. Safe in parallel.

    A server that is slow or away must not keep the workers: what is left is for the next run.
    """
    ends_at = time.monotonic() + RUN_SECONDS
    for tried in range(limit):
        message = _claim() if time.monotonic() < ends_at else None
        if message is None:
            return tried
        if not _attempt(message):
            return tried + 1
    return limit


def _claim() -> Message | None:
    with transaction.atomic():
        message = (
            Message.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("data_key")
            .filter(state=MessageState.QUEUED, due_at__lte=Now())
            .order_by("due_at", "id")
            .first()
        )
        if message is None:
            return None
        message.attempts += 1
        Message.objects.filter(pk=message.pk).update(attempts=message.attempts, due_at=Now() + LEASE)
        return message


def _attempt(message: Message) -> bool:
    """False when the server is away: the next message would fare no better."""
    if message.not_after is not None and message.not_after <= timezone.now():
        Message.objects.filter(pk=message.pk).update(state=MessageState.LAPSED)
        return True
    try:
        outgoing.build(message).send()
    except Exception as error:
        _note_failure(message, error)
        return not is_away(error)
    else:
        Message.objects.filter(pk=message.pk).update(state=MessageState.SENT, sent_at=Now(), error="")
        log.info("message sent", extra={"message_id": str(message.pk), "kind": message.kind})
        return True


def _note_failure(message: Message, error: Exception) -> None:
    """Gives up on what cannot work or was tried often enough; else the next try waits longer."""
    failed = is_permanent(error) or message.attempts >= MAX_ATTEMPTS
    # An error's text may carry the address: its type and the server's code say enough.
    cause = f"{type(error).__name__} {_code(error) or ''}".strip()
    log.warning(
        "message not sent",
        extra={"message_id": str(message.pk), "kind": message.kind, "error": cause, "gave_up": failed},
    )
    mine = Message.objects.filter(pk=message.pk, state=MessageState.QUEUED)
    if failed:
        mine.update(state=MessageState.FAILED, error=cause)
    else:
        mine.update(due_at=timezone.now() + pause_after(message.attempts), error=cause)


def pause_after(attempts: int) -> timedelta:
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempts)


def is_permanent(error: Exception) -> bool:
    """Would the same message fail the same way tomorrow? Refused by the server for good, or cannot be built."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _reason in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= 500
    # BadHeaderError and UnicodeError are ValueErrors.
    return isinstance(error, ValueError)


def is_away(error: Exception) -> bool:
    """Could the server not be spoken to at all, or did it fall silent?"""
    if isinstance(error, smtplib.SMTPException):  # an OSError too, whatever it tells
        return isinstance(error, smtplib.SMTPServerDisconnected | smtplib.SMTPConnectError)
    return isinstance(error, OSError)


def _code(error: Exception) -> int | None:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next((code for code, _reason in error.recipients.values()), None)
    return getattr(error, "smtp_code", None)
