from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import RequestFactory

from core.limits import parsed, seconds_to_wait

NOON = datetime(2030, 1, 31, 12, tzinfo=UTC)


def ask(address="198.51.100.7", group="test"):
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    return seconds_to_wait(request, group=group, rate="3/10m")


def test_as_many_as_the_rate_says_and_no_more():
    with time_machine.travel(NOON, tick=False):
        assert [ask(group="many") == 0 for _ in range(5)] == [True, True, True, False, False]
        assert ask(group="other") == 0
        assert ask(address="198.51.100.8", group="many") == 0
        wait = ask(group="many")
        assert 0 < wait <= 600
    with time_machine.travel(NOON + timedelta(seconds=wait), tick=False):
        assert ask(group="many") == 0


def test_a_network_of_ipv6_is_one_visitor():
    with time_machine.travel(NOON, tick=False):
        assert [ask(f"2001:db8:1:2::{n}") == 0 for n in range(1, 5)] == [True, True, True, False]
        assert ask("2001:db8:1:3::1") == 0


@pytest.mark.usefixtures("silent_valkey")
def test_without_valkey_each_process_counts():
    with time_machine.travel(NOON, tick=False):
        assert [ask(group="alone") == 0 for _ in range(4)] == [True, True, True, False]


def test_rates():
    assert [parsed(rate) for rate in ("5/s", "60/10m", "1/h", "2/2d")] == [
        (5, 1),
        (60, 600),
        (1, 3600),
        (2, 172800),
    ]
    with pytest.raises(ValueError, match="no rate"):
        parsed("often")
