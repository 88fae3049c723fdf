"""The mailbox of the one-machine default: mail goes into files, and `/mailbox/` shows them.

One message, one file: the name comes from the Message-ID, so a mail sent twice is there once.
"""

from __future__ import annotations

import email
import email.policy
import logging
import os
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage as ParsedEmail
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from core.errors import Missing

log = logging.getLogger(__name__)


class MailboxBackend(BaseEmailBackend):
    """Writes each mail to `MAILBOX_DIR/<id>.eml`, whole or not at all."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            _write(folder, message)
        return len(email_messages)


def _write(folder: Path, message: EmailMessage) -> None:
    content = message.message()
    target = folder / f"{_id_of(content['Message-ID'])}.eml"
    if target.exists():
        return
    draft = folder / f".{target.stem}.{uuid.uuid4().hex}"
    draft.write_bytes(content.as_bytes(linesep="\r\n"))  # type: ignore[call-arg]  # Django's own message
    os.replace(draft, target)


def _id_of(message_id: str) -> uuid.UUID:
    """The UUID our Message-IDs start with; for others (Django's own mails) one made of the whole."""
    try:
        return uuid.UUID(message_id.strip("<>").partition("@")[0])
    except ValueError:
        return uuid.uuid5(uuid.NAMESPACE_URL, message_id)


@dataclass(frozen=True)
class Attachment:
    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """One file, read when first asked for."""

    id: uuid.UUID
    path: Path
    received_at: datetime

    @cached_property
    def _parsed(self) -> ParsedEmail:
        return email.message_from_bytes(self.path.read_bytes(), policy=email.policy.default)

    @property
    def subject(self) -> str:
        return str(self._parsed["Subject"] or "")

    @property
    def sender(self) -> str:
        return str(self._parsed["From"] or "")

    @property
    def recipient(self) -> str:
        return str(self._parsed["To"] or "")

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    @property
    def attachments(self) -> list[Attachment]:
        return [
            Attachment(
                name=part.get_filename() or "attachment",
                content_type=part.get_content_type(),
                content=part.get_payload(decode=True),  # type: ignore[arg-type]  # bytes, for leaves
            )
            for part in self._parsed.iter_attachments()
        ]

    def _body(self, kind: str) -> str:
        body = self._parsed.get_body((kind,))
        return str(body.get_content()) if body is not None else ""


def mails() -> list[Mail]:
    """Newest first."""
    return sorted(_mails(), key=lambda mail: mail.received_at, reverse=True)


def mail(mail_id: uuid.UUID) -> Mail:
    """Raises Missing. The id is a UUID, so no name leads out of the folder."""
    path = _folder() / f"{mail_id}.eml"
    if not path.is_file():
        raise Missing
    return _mail(mail_id, path)


def _mails() -> Iterator[Mail]:
    folder = _folder()
    for path in folder.glob("*.eml") if folder.is_dir() else ():
        try:
            yield _mail(uuid.UUID(path.stem), path)
        except (ValueError, FileNotFoundError):
            log.info("not a mail of ours", extra={"file": path.name})


def _mail(mail_id: uuid.UUID, path: Path) -> Mail:
    return Mail(mail_id, path, datetime.fromtimestamp(path.stat().st_mtime, UTC))


def _folder() -> Path:
    """Raises Missing where there is no mailbox (mail goes out by SMTP)."""
    if settings.MAILBOX_DIR is None:
        raise Missing
    return Path(settings.MAILBOX_DIR)
