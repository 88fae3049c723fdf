"""Two workers at once: every message goes out, none twice."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core import mail
from django.db import connection

from notifications import sending
from notifications.models import Message, MessageState
from notifications.services import queue_email

WORKERS = 4
MESSAGES = 12


@pytest.mark.django_db(transaction=True)
def test_workers_share_the_messages_without_sending_one_twice():
    for number in range(MESSAGES):
        queue_email(
            kind="test",
            dedupe_key=str(number),
            recipient="ana@example.com",
            language="es",
            subject=str(number),
            text="Hola",
        )
    together = Barrier(WORKERS)

    def work(_worker):
        try:
            together.wait()
            return sending.send_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as workers:
        assert sum(workers.map(work, range(WORKERS))) == MESSAGES
    assert sorted(int(sent.subject) for sent in mail.outbox) == list(range(MESSAGES))
    assert Message.objects.filter(state=MessageState.SENT).count() == MESSAGES
