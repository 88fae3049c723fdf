"""Tasks only make things sooner: without a broker the change still stands, and a sweep finds it."""

import time

import pytest
from celery import Celery, current_app
from django.db import transaction

from core import outbox
from core.queue import enqueue


@pytest.fixture
def broker_down():
    """This thread's Celery speaks to a port where nobody listens, with the product's own options."""
    usual = current_app._get_current_object()
    lost = Celery("lost", broker="redis://127.0.0.1:1/0", set_as_current=False)
    lost.conf.broker_transport_options = usual.conf.broker_transport_options
    lost.set_current()
    yield
    usual.set_current()


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_does_not_hurt_the_change(broker_down, monkeypatch):
    given: list = []
    monkeypatch.setattr(outbox, "_handlers", {})
    outbox.handles("topic")(given.append)
    with transaction.atomic():
        event = outbox.publish("topic", {})
    assert outbox.deliver_due() == 1
    assert given == [event]


def test_it_costs_the_visitor_little_time(broker_down):
    started = time.monotonic()
    enqueue("core.tasks.deliver_outbox")
    assert time.monotonic() - started < 5
