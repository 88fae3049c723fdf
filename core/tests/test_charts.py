"""What the server draws: heights are true, axes are round, words are not crowded."""

from __future__ import annotations

from datetime import date

import pytest
from django.template import Context, Template
from django.utils import translation

from core import figures
from core.charts import HEIGHT, ColumnChart, Series, scale


def chart(*series: Series, columns: int = 3, **options: object) -> ColumnChart:
    given = {
        "name": "chart",
        "title": "Visits <by> week",
        "about": "A column for each week.",
        "first_header": "Week",
        "labels": [f"w{number}" for number in range(columns)],
        "series": series,
        "say": figures.number,
        "say_tick": figures.number,
    }
    return ColumnChart(**given | options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("most", "step", "steps"),
    [(0, 1, 1), (1, 0.5, 2), (4, 1, 4), (7, 2, 4), (121, 50, 3), (0.187, 0.05, 4), (1_700_000, 500_000, 4)],
)
def test_axes_are_round_and_reach_over_everything(most, step, steps):
    assert scale(most) == (pytest.approx(step), steps)


def test_columns_side_by_side_are_as_high_as_their_values():
    drawn = chart(Series("Paid", [10, 5, None], 1), Series("Back", [0, 2.5, None], 3))
    heights = [[(rect.tone, rect.height) for rect in column.rects] for column in drawn.columns]
    assert heights == [[(1, HEIGHT)], [(1, HEIGHT / 2), (3, HEIGHT / 4)], []]
    assert drawn.rows[2] == ("w2", ["–", "–"])


def test_stacked_columns_stand_on_each_other():
    drawn = chart(Series("Came", [6, 1, 0], 1), Series("Not", [4, 0, 0], 2), stacked=True)
    below, above = drawn.columns[0].rects
    assert above.y + above.height + 1 == pytest.approx(below.y, abs=0.02)
    assert below.y + below.height == drawn.ticks[0].y
    assert [tick.words for tick in drawn.ticks] == ["0", "5", "10"]


@pytest.mark.parametrize(("columns", "wide", "narrow"), [(4, 4, 4), (13, 13, 4), (52, 13, 4), (106, 12, 4)])
def test_only_as_many_words_below_as_there_is_room_for(columns, wide, narrow):
    shown = [column.shown for column in chart(Series("A", [1] * columns, 1), columns=columns).columns]
    assert (len(shown) - shown.count(""), shown.count("always")) == (wide, narrow)


def test_the_drawing_says_what_it_is_and_its_numbers_stand_beneath():
    with translation.override("en"):
        page = Template("{% load charts %}{% column_chart chart %}").render(
            Context({"chart": chart(Series("Came", [1234.5, 0, 1], 1), Series("Not", [2, 0, 1], 2))})
        )
    assert '<title id="chart-drawn">Visits &lt;by&gt; week</title>' in page
    assert "w0. Came: 1,234.5, Not: 2" in page
    assert '<th scope="row">w0</th><td class="number">1,234.5</td><td class="number">2</td>' in page
    assert 'x="' in page
    assert "style=" not in page


def test_numbers_and_days_in_the_reader_s_language():
    day = date(2026, 9, 4)
    with translation.override("es"):
        assert figures.percent(0.0853) == "8,5\u00a0%"
        assert (figures.day_and_month(day), figures.long_date(day)) == ("4 sept", "4 de septiembre de 2026")
    with translation.override("en"):
        assert (figures.percent(0.25), figures.percent(None)) == ("25%", "–")
        assert (figures.number(12345), figures.short_number(1_250_000)) == ("12,345", "1.2M")
        assert (figures.short_date_of_year(day), figures.long_date(day)) == ("4 Sep 2026", "4 September 2026")
