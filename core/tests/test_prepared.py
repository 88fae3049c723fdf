import pytest
from django.db.models import CharField, DateTimeField, TextField
from django.utils import timezone

from core.models import OutboxEvent
from core.prepared import Param, Prepared, columns, instance, together

pytestmark = pytest.mark.django_db

OF_TOPIC = Prepared(
    lambda: OutboxEvent.objects.filter(topic=Param("topic", CharField()), payload__has_key="n").values_list(
        "id"
    )
)
SINCE = Prepared(
    lambda: OutboxEvent.objects.filter(created_at__gte=Param("since", DateTimeField())).values_list(
        "id", "topic"
    )
)


def event(topic):
    return OutboxEvent.objects.create(topic=topic, payload={"n": 1})


def test_values_are_those_of_each_time():
    one, other = event("One"), event("Other")
    assert OF_TOPIC.rows(topic="One") == [(one.pk,)]
    assert OF_TOPIC.rows(topic="Other") == [(other.pk,)]
    assert OF_TOPIC.rows(topic="'; DROP TABLE core_outboxevent; --") == []


def test_several_are_asked_in_one_round_trip(django_assert_num_queries):
    began = timezone.now()
    one = event("One")
    OF_TOPIC.rows(topic="Nothing"), SINCE.rows(since=began)
    with django_assert_num_queries(1):
        assert together(OF_TOPIC, SINCE, topic="One", since=began) == [[(one.pk,)], [(one.pk, "One")]]


def test_a_value_too_few_is_a_mistake():
    with pytest.raises(KeyError):
        SINCE.rows()


def test_rows_become_instances():
    one = event("One")
    whole = Prepared(
        lambda: OutboxEvent.objects.filter(topic=Param("topic", TextField())).values_list(
            *columns(OutboxEvent)
        )
    )
    (row,) = whole.rows(topic="One")
    assert instance(OutboxEvent, row) == one
