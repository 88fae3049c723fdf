"""Mail about accounts (`accounts.mail`) goes through the same outbox as every other."""

from __future__ import annotations

import uuid
from typing import Any

from notifications.services import queue_email, render_email


def queue_account_mail(*, template: str, context: dict[str, Any], recipient: str, language: str) -> None:
    """Each request is a mail of its own. Raises Refused when no mail can go to `recipient`."""
    subject, text, html = render_email(template, context, language)
    queue_email(
        kind=template,
        dedupe_key=f"account:{uuid.uuid4()}",
        recipient=recipient,
        language=language,
        subject=subject,
        text=text,
        html=html,
    )
