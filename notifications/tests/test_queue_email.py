"""Queueing an e-mail: once, sealed, on one line where a header is one line."""

from typing import Any

import pytest
from django.db import connection

from core.errors import Refused
from core.models import DataKey
from notifications.models import Message
from notifications.services import queue_email

pytestmark = pytest.mark.django_db

MAIL: dict[str, Any] = {
    "kind": "booking_confirmed",
    "dedupe_key": "event-1",
    "recipient": "ana@example.com",
    "language": "es",
    "subject": "Su cita",
    "text": "Hola",
}


def test_the_same_key_queues_one_message():
    first = queue_email(**MAIL)
    assert first is not None
    assert queue_email(**MAIL | {"subject": "Otra"}) is None
    assert Message.objects.get().subject == "Su cita"


def test_what_is_personal_is_sealed():
    queue_email(**MAIL)
    with connection.cursor() as cursor:
        cursor.execute("SELECT recipient, subject, text FROM notifications_message")
        row = b"".join(bytes(value) for value in cursor.fetchone())
    assert b"ana" not in row and b"Hola" not in row and b"cita" not in row


def test_destroying_the_patients_key_erases_their_mail():
    key = DataKey.create()
    queue_email(**MAIL, data_key=key)
    key.delete()
    message = Message.objects.select_related("data_key").get()
    assert (message.recipient, message.subject, message.text) == ("", "", "")


def test_a_repeated_key_leaves_no_data_key_behind():
    queue_email(**MAIL)
    queue_email(**MAIL)
    assert DataKey.objects.count() == 1


def test_line_breaks_in_a_subject_start_no_header():
    message = queue_email(**MAIL | {"subject": "Hola\r\nBcc: eve@example.com"})
    assert message is not None and message.subject == "Hola Bcc: eve@example.com"


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "a@b.co\nBcc: eve@example.com", "a@b.co, c@d.co", "Ana <a@b.co>", "a@b.co\r\n\r\nbody"],
)
def test_what_is_no_single_address_is_refused(address):
    with pytest.raises(Refused) as refusal:
        queue_email(**MAIL | {"recipient": address})
    assert refusal.value.code == "invalid_email"
    assert not Message.objects.exists()
