"""Mail about accounts goes out through whoever registered for it: the outbox of messages stands above this app."""

from __future__ import annotations

from typing import Any, Protocol


class QueueMail(Protocol):
    def __call__(self, *, template: str, context: dict[str, Any], recipient: str, language: str) -> None: ...


_registered: list[QueueMail] = []


def register(queue: QueueMail) -> None:
    """Called once, when the apps are ready."""
    _registered[:] = [queue]


def queue_mail(*, template: str, context: dict[str, Any], recipient: str, language: str) -> None:
    """Hands a mail (`templates/emails/<template>.html`) to the outbox. Raises LookupError when nobody registered:
    mail is never lost silently."""
    if not _registered:
        raise LookupError("Nobody sends account mail: call accounts.mail.register() in an apps.py.")
    _registered[0](template=template, context=context, recipient=recipient, language=language)
