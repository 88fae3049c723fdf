"""Queue an e-mail, tell a user something in the app. Nothing here talks to a mail server."""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit
from core.errors import Missing, Refused
from core.models import DataKey
from core.queue import enqueue
from live import push
from notifications.models import Message, Notification
from notifications.wording import words_of

_BLANKS = re.compile(r"\n\s*\n")


def queue_email(
    *,
    kind: str,
    dedupe_key: str,
    recipient: str,
    language: str,
    subject: str,
    text: str,
    html: str = "",
    calendar: str = "",
    data_key: DataKey | None = None,
    not_after: datetime | None = None,
) -> Message | None:
    """Stores an e-mail to be sent; the sending starts when the caller's transaction commits, and is given up
    `not_after` this moment.

    None when this `dedupe_key` was queued before. The content is sealed under `data_key` (the patient's, so
    that erasing them erases it), else under a key of its own. Raises Refused when no mail can go to
    `recipient`.
    """
    content: dict[str, Any] = {
        "kind": kind,
        "recipient": _address(recipient),
        "language": language,
        "subject": _one_line(subject),
        "text": text,
        "html": html,
        "calendar": calendar,
        "due_at": timezone.now(),
        "not_after": not_after,
        # Called only when there is something to create.
        "data_key": data_key or DataKey.create,
    }
    with audit.acting_for_nobody():  # a letter follows from what somebody did
        message, created = Message.objects.get_or_create(dedupe_key=dedupe_key, defaults=content)
    if not created:
        return None
    transaction.on_commit(partial(enqueue, "notifications.tasks.send_due"))
    return message


def _address(recipient: str) -> str:
    address = recipient.strip()
    try:
        validate_email(address)
    except ValidationError as error:
        raise Refused(_("Enter a valid e-mail address."), code="invalid_email", attr="email") from error
    return address


def _one_line(text: str) -> str:
    """A header is one line: whatever a name or a reason brought along, it starts no second header."""
    return " ".join(text.split())


def render_email(template: str, context: dict[str, Any], language: str) -> tuple[str, str, str]:
    """Subject, text and HTML of `templates/emails/<template>.html` in a language.

    A mail is written once, as blocks; its layout (`templates/emails/layouts/`) gives them the three forms.
    """
    with translation.override(language):
        subject = _one_line(_render(template, context, form="subject.txt"))
        text = _render(template, context, form="txt")
        html = _render(template, context | {"subject": subject}, form="html")
    return subject, text, html


def _render(template: str, context: dict[str, Any], *, form: str) -> str:
    engine_template = get_template(f"emails/{template}.html").template  # type: ignore[attr-defined]  # Django's own
    # Plain text knows no HTML entities: there an apostrophe stays one.
    values = Context(context | {"form": form}, autoescape=form == "html")
    return _BLANKS.sub("\n\n", str(engine_template.render(values))).strip() + "\n"


def notify(*, user: User, kind: str, dedupe_key: str, payload: dict[str, Any]) -> Notification | None:
    """Shows something to a user in the app, at once when they are there. None when told before."""
    notification, created = Notification.objects.get_or_create(
        dedupe_key=dedupe_key, defaults={"user": user, "kind": kind, "payload": payload}
    )
    if not created:
        return None
    with translation.override(user.language):
        words = words_of(kind, payload)
    told = {
        "id": str(notification.pk),
        "kind": kind,
        "title": words.title,
        "message": words.message,
        "payload": payload,
        "created_at": notification.created_at.isoformat(),
    }
    transaction.on_commit(partial(push.send, f"user:{user.pk}", "notification", told))
    return notification


def mark_read(*, user: User, notification_id: UUID) -> Notification:
    """The user has seen it; seen again, the first time stays. Raises Missing for anybody else's."""
    mine = Notification.objects.filter(pk=notification_id, user=user)
    mine.filter(read_at=None).update(read_at=timezone.now())
    notification = mine.first()
    if notification is None:
        raise Missing
    return notification
