"""Several deliverers at once: everything arrives, nothing at two of them."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from core import outbox
from core.models import OutboxDelivery

DELIVERERS = 4
EVENTS = 20


@pytest.mark.django_db(transaction=True)
def test_no_delivery_goes_to_two_at_once(monkeypatch):
    monkeypatch.setattr(outbox, "_handlers", {})
    given: Counter = Counter()
    lock = threading.Lock()

    def remember(event):
        with lock:
            given[event.pk] += 1

    outbox.handles("topic")(remember)
    with transaction.atomic():
        for _ in range(EVENTS):
            outbox.publish("topic", {})
    together = threading.Barrier(DELIVERERS)

    def work(_deliverer):
        try:
            together.wait()
            return outbox.deliver_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(DELIVERERS) as deliverers:
        assert sum(deliverers.map(work, range(DELIVERERS))) == EVENTS
    assert len(given) == EVENTS and set(given.values()) == {1}
    assert not OutboxDelivery.objects.filter(done_at=None).exists()
