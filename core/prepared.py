"""Queries that Django puts into words once. For a small one that takes it longer than PostgreSQL takes to answer,
and some are asked on every request.

    coming = Prepared(lambda: Booking.objects.filter(starts_at__gt=Param("now")).values_list("id", "starts_at"))
    coming.rows(now=timezone.now())
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Expression, Field, Model, QuerySet

Row = tuple[Any, ...]
M = TypeVar("M", bound=Model)


class Param(Expression):
    """Stands in a query for a value that is given each time."""

    def __init__(self, name: str, output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


class Prepared:
    """A `values_list` with Params, worded when first asked. Columns come as the driver gives them."""

    def __init__(self, query: Callable[[], QuerySet[Any, Any]]) -> None:
        self._query = query

    def rows(self, **values: Any) -> list[Row]:
        return together(self, **values)[0]

    @cached_property
    def worded(self) -> tuple[str, Sequence[Any]]:
        """SQL, and its parameters, some of which are Params."""
        return self._query().query.sql_with_params()


def together(*queries: Prepared, **values: Any) -> list[list[Row]]:
    """The rows of each, for the same values, in one round trip."""
    words = [query.worded for query in queries]
    given = [
        values[param.name] if isinstance(param, Param) else param
        for _sql, params in words
        for param in params
    ]
    with connection.cursor() as cursor:
        cursor.execute("; ".join(sql for sql, _params in words), given)
        found = [cursor.fetchall()]
        while cursor.nextset():
            found.append(cursor.fetchall())
    return found


def columns(model: type[Model], path: str = "") -> list[str]:
    """All of a model, for `values_list`; `path` leads to it, such as "professional__"."""
    return [path + field.attname for field in model._meta.concrete_fields]


def instance(model: type[M], row: Row) -> M:
    """The instance of a row of its `columns`."""
    return model.from_db(connection.alias, columns(model), row)
