"""A stored message as an e-mail, the same every time it is built: a repeated try is recognisable as one."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, SafeMIMEText

from notifications.models import Message

_METHOD = re.compile(r"^METHOD:(\w+)", re.MULTILINE)


def message_id(message: Message) -> str:
    """Made of the row's id, so that two tries of one message carry one Message-ID."""
    return f"<{message.pk}@{urlsplit(settings.PUBLIC_URL).hostname}>"


def build(message: Message) -> EmailMultiAlternatives:
    """Raises ValueError when there is nobody to send it to (the patient was erased)."""
    if not message.recipient:
        raise ValueError("The message has no recipient.")
    email = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        to=[message.recipient],
        headers={"Message-ID": message_id(message), "Auto-Submitted": "auto-generated"},
    )
    if message.html:
        email.attach_alternative(message.html, "text/html")
    if message.calendar:
        email.attach(_calendar_part(message.calendar))
    return email


def _calendar_part(calendar: str) -> SafeMIMEText:
    """Mail programs offer to enter or remove the appointment when the part names the file's own METHOD."""
    part = SafeMIMEText(calendar, "calendar", "utf-8")
    if found := _METHOD.search(calendar):
        part.set_param("method", found[1])
    part.add_header("Content-Disposition", "attachment", filename="vicita.ics")
    return part
