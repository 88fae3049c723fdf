"""Tables as CSV that flow out row by row, for whatever number of rows, and that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import StreamingHttpResponse

_Row = TypeVar("_Row", bound=Model)
# So many rows are in memory at a time.
BATCH = 500

# Where a cell begins that would be reckoned with, or run, by a spreadsheet; for one in Spanish, each ";" begins a cell.
_FORMULA = re.compile(r"^(?=[=+\-@\t\r])|(?<=;)(?=[=+\-@])")
# Spreadsheets take a file for UTF-8 by this mark.
_MARK = "\ufeff"


class _Line:
    """What `csv.writer` writes into: hands the line back."""

    def write(self, line: str) -> str:
        return line


def csv_response(
    *, filename: str, header: Iterable[Any], rows: Iterable[Iterable[Any]]
) -> StreamingHttpResponse:
    """A download; `rows` are asked for while it flows out."""
    response = StreamingHttpResponse(csv_lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["Cache-Control"] = "no-store"
    return response


def csv_lines(header: Iterable[Any], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    write = csv.writer(_Line()).writerow
    yield _MARK + write([str(name) for name in header])
    for row in rows:
        yield write([cell(value) for value in row])


def in_batches(rows: QuerySet[_Row]) -> Iterator[list[_Row]]:
    """All rows, some at a time, by a cursor of the database: what belongs to them is asked for once for each batch."""
    flow = rows.iterator(chunk_size=BATCH)
    while batch := list(islice(flow, BATCH)):
        yield batch


def cell(value: Any) -> Any:
    """Numbers as they are; words that look like a formula behind an apostrophe."""
    if value is None or isinstance(value, int | float):
        return value
    text = str(value)
    return text if _is_number(text) else _FORMULA.sub("'", text)


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdecimal() and not text.startswith("--")
