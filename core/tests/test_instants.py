from datetime import UTC, datetime

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "instant",
    [
        datetime(2030, 1, 31, 15, 0, tzinfo=UTC),
        datetime(2030, 1, 31, 15, 0, 0, 120_000, tzinfo=UTC),
        datetime(2030, 1, 31, 15, 0, 59, 999_999, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
    ],
)
def test_instants_come_back_from_the_database_as_they_were(instant):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [instant])
        found = cursor.fetchone()[0]
    assert found == instant
    assert found.tzinfo is UTC


def test_so_do_those_that_another_zone_wrote():
    with connection.cursor() as cursor:
        cursor.execute("SELECT '2030-01-31 10:00:00-05'::timestamptz")
        assert cursor.fetchone()[0] == datetime(2030, 1, 31, 15, tzinfo=UTC)
