"""Mail about accounts goes out through whoever registered for it: the outbox of messages stands above this app."""

from __future__ import annotations

from typing import Any, Protocol


class QueueEmail(Protocol):
    def __call__(
        self,
        *,
        kind: str,
        dedupe_key: str,
        recipient: str,
        language: str,
        subject: str,
        text: str,
        html: str,
    ) -> Any: ...


_registered: list[QueueEmail] = []


def register(queue: QueueEmail) -> None:
    """Called once, when the apps are ready."""
    _registered[:] = [queue]


def queue_email(
    *, kind: str, dedupe_key: str, recipient: str, language: str, subject: str, text: str, html: str = ""
) -> None:
    """Hands a mail to the outbox. Raises LookupError when nobody registered: mail is never lost silently."""
    if not _registered:
        raise LookupError("Nobody sends account mail: call accounts.mail.register() in an apps.py.")
    _registered[0](
        kind=kind,
        dedupe_key=dedupe_key,
        recipient=recipient,
        language=language,
        subject=subject,
        text=text,
        html=html,
    )
