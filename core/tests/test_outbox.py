"""The outbox: events live and die with their transaction; each handler gets each event until it is done."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from core import outbox
from core.models import OutboxDelivery, OutboxEvent

pytestmark = pytest.mark.django_db


class Handler:
    """Remembers what it was given; fails the first `failures` times."""

    def __init__(self, name, failures=0):
        self.__module__ = "core.tests"
        self.__qualname__ = name
        self.failures = failures
        self.given = []

    def __call__(self, event):
        self.given.append(event.pk)
        if len(self.given) <= self.failures:
            raise ValueError("ana@example.com could not be told")


@pytest.fixture
def handles(monkeypatch):
    """Registers handlers of this test alone."""
    monkeypatch.setattr(outbox, "_handlers", {})

    def register(name="handler", topic="topic", failures=0):
        return outbox.handles(topic)(Handler(name, failures))

    return register


def publish(topic="topic"):
    with transaction.atomic():
        return outbox.publish(topic, {"id": "1"})


def make_due():
    OutboxDelivery.objects.update(due_at=Now() - timedelta(seconds=1))


@pytest.mark.django_db(transaction=True)
def test_publishing_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError):
        outbox.publish("topic", {})


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_never_happened(handles):
    handler = handles()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.publish("topic", {})
        raise ZeroDivisionError
    assert outbox.deliver_due() == 0
    assert handler.given == [] and not OutboxEvent.objects.exists()


def test_every_handler_of_a_topic_is_told_once(handles):
    first, second, other = handles("first"), handles("second"), handles("other", topic="other")
    event = publish()
    assert outbox.deliver_due() == 2
    assert first.given == second.given == [event.pk]
    assert other.given == []
    assert outbox.deliver_due() == 0


def test_an_event_nobody_handles_is_kept_as_history(handles):
    publish()
    assert outbox.deliver_due() == 0
    assert OutboxEvent.objects.count() == 1


def test_events_come_in_the_order_they_were_published(handles):
    handler = handles()
    events = [publish().pk for _ in range(5)]
    outbox.deliver_due()
    assert handler.given == events


def test_a_failing_handler_is_retried_while_the_other_is_done_once(handles):
    failing, fine = handles("failing", failures=1), handles("fine")
    publish()
    outbox.deliver_due()
    waiting = OutboxDelivery.objects.get(done_at=None)
    assert waiting.due_at > timezone.now()
    assert outbox.deliver_due() == 0, "it waits for its pause"
    make_due()
    assert outbox.deliver_due() == 1
    assert (len(failing.given), len(fine.given)) == (2, 1)
    assert not OutboxDelivery.objects.filter(done_at=None).exists()


def test_pauses_grow_and_end(handles):
    handles(failures=100)
    publish()
    pauses = []
    while OutboxDelivery.objects.filter(dead_at=None).exists():
        make_due()
        outbox.deliver_due(limit=1)
        pauses.append(OutboxDelivery.objects.get().due_at - timezone.now())
    assert len(pauses) == outbox.MAX_ATTEMPTS
    growing = pauses[:-1]
    assert growing == sorted(growing) and growing[-1] <= outbox.LONGEST_PAUSE
    make_due()
    assert outbox.deliver_due() == 0, "the dead are left alone"


def test_a_failure_is_stored_without_the_words_of_the_error(handles):
    handles(failures=1)
    publish()
    outbox.deliver_due()
    assert OutboxDelivery.objects.get().error == "ValueError"


def test_a_handler_that_is_gone_counts_as_failing(handles, monkeypatch):
    handles()
    publish()
    monkeypatch.setattr(outbox, "_handlers", {})
    outbox.deliver_due()
    assert OutboxDelivery.objects.get().error == "LookupError"


def test_a_process_that_died_in_a_handler_leaves_the_event_to_others(handles):
    handler = handles()
    publish()
    assert outbox._claim() is not None  # and the process dies here
    assert outbox.deliver_due() == 0, "its lease still runs"
    make_due()
    assert outbox.deliver_due() == 1
    assert len(handler.given) == 1


def test_chosen_events_are_delivered_now_and_others_wait(handles):
    handler = handles()
    publish()
    chosen = publish()
    outbox.deliver_events([chosen.pk])
    assert handler.given == [chosen.pk]


def test_a_handler_may_publish(handles):
    last = handles("last", topic="second")

    @outbox.handles("first")
    def first(event):
        publish("second")

    publish("first")
    assert outbox.deliver_due() == 2
    assert len(last.given) == 1


@pytest.mark.django_db(transaction=True)
def test_a_transaction_hurries_the_workers_once(monkeypatch):
    sent = []
    monkeypatch.setattr(outbox, "enqueue", sent.append)
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            outbox.publish("gone", {})
            raise ZeroDivisionError
        for _ in range(3):
            outbox.publish("topic", {})
    assert sent == ["core.tasks.deliver_outbox"]


@pytest.mark.django_db(transaction=True)
def test_nobody_is_hurried_for_what_was_rolled_back(monkeypatch):
    sent = []
    monkeypatch.setattr(outbox, "enqueue", sent.append)
    with transaction.atomic(), pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.publish("gone", {})
        raise ZeroDivisionError
    assert sent == []


def test_what_was_given_up_is_tried_again_when_somebody_says_so(handles):
    handler = handles(failures=1)
    publish()
    OutboxDelivery.objects.update(attempts=11)
    outbox.deliver_due()
    OutboxDelivery.objects.update(dead_at=Now(), attempts=12, error="ValueError")
    assert (outbox.revive(delivery_id=-1), outbox.revive(), outbox.revive()) == (0, 1, 0)
    outbox.deliver_due()
    delivery = OutboxDelivery.objects.get()
    assert len(handler.given) == 2
    assert (delivery.done_at is None, delivery.dead_at, delivery.error) == (False, None, "")


def test_what_is_done_is_not_done_again(handles):
    handler = handles()
    publish()
    outbox.deliver_due()
    assert outbox.revive() == 0
    outbox.deliver_due()
    assert len(handler.given) == 1
