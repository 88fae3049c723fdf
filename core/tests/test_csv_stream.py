from __future__ import annotations

import csv
from decimal import Decimal

import pytest

from core.csv_stream import cell, csv_lines, csv_response


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+34 600", "'+34 600"),
        ("-cmd|x", "'-cmd|x"),
        ("--1", "'--1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("Luz;=cmd|'/C calc'!A0;", "Luz;'=cmd|'/C calc'!A0;"),
        ("Luz; María", "Luz; María"),
        ("Luz", "Luz"),
        (Decimal("-12.50"), "-12.50"),
        (-3, -3),
        (None, None),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(value, written):
    assert cell(value) == written


def test_the_lines_are_read_back_as_they_were():
    lines = list(csv_lines(["name", "note"], [["Luz, Marín", 'says "so"\nand more']]))
    assert lines[0].startswith("\ufeff")
    rows = list(csv.reader("".join(lines).removeprefix("\ufeff").splitlines(keepends=True)))
    assert rows == [["name", "note"], ["Luz, Marín", 'says "so"\nand more']]


def test_rows_are_asked_for_while_it_flows_out():
    asked = []

    def rows():
        for number in range(3):
            asked.append(number)
            yield [number]

    flow = iter(csv_response(filename="x.csv", header=["n"], rows=rows()))
    assert next(flow) == b"\xef\xbb\xbfn\r\n"
    assert asked == []
    assert next(flow) == b"0\r\n"
    assert asked == [0]
