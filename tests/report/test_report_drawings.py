"""The calendars, charts and eras that the report draws."""

import re
from datetime import date

import pytest
from report_material import (
    days_of,
    facts_of,
    prices,
    verified_year,
    window,
)

from ercot.catalog import DATASETS
from ercot.report.html.charts import price_chart
from ercot.report.html.eras import eras
from ercot.report.html.heatmap import BARS, calendar, calendars


def drawn(dataset="dam_spp", missing=(), by_hour=True, **facts):
    declared = DATASETS[dataset]
    years = [verified_year(dataset, absent=missing, **facts)]
    (year,) = facts_of(years, [window(dataset, missing=missing)]).subjects[0].years
    return calendar(declared, year, by_hour)


def test_a_complete_year_is_a_few_boxes():
    found = drawn()
    march, november = days_of(2024).index(date(2024, 3, 10)), days_of(2024).index(date(2024, 11, 3))
    assert f"M{march} 0h1v23h-1z" in found.full
    assert f"M{november} 0h1v25h-1z" in found.full
    assert (found.full.count("M"), found.part, found.gap) == (5, "", "")
    assert found.turns == [march, november]


def test_missing_days_and_hours_are_boxes_too():
    found = drawn(missing=[date(2024, 1, 1), date(2024, 1, 2)], holes=[(date(2024, 1, 5), 7)])
    assert found.gap == "M0 0h2v24h-2zM4 7h1v1h-1z"


def test_by_day_a_ragged_day_is_partly_there():
    found = drawn(holes=[(date(2024, 1, 5), 7)], by_hour=False)
    assert (found.part, found.gap, found.by_hour) == ("M4 0h1v24h-1z", "", False)


def test_of_events_only_the_days_are_drawn_and_none_is_missing():
    found = drawn("sced_eoc_updates", missing=days_of(2024, month=2))
    assert (found.gap, found.by_hour) == ("", False)
    assert found.full == "M0 0h31v24h-31zM60 0h306v24h-306z"


def test_the_raggedest_years_lose_their_hours_where_room_is_short():
    ragged = verified_year(year=2023, holes=[(day, 3 + day.day % 7) for day in days_of(2023)])
    subject = facts_of([ragged, verified_year(year=2024)], [window(year=2023), window(year=2024)]).subjects[0]
    found = calendars([(subject.declared, year) for year in subject.years], room=1000)
    assert (found["dam_spp", 2023].by_hour, found["dam_spp", 2024].by_hour) == (False, True)


def test_the_strip_of_rows_a_day_returns_to_its_line():
    found = drawn(missing=days_of(2024, month=3))
    assert found.bars.startswith(f"M0 {BARS}v-")
    moves = re.findall(r"([hv])(-?\d+)", found.bars)
    assert sum(int(n) for kind, n in moves if kind == "h") == 366
    assert sum(int(n) for kind, n in moves if kind == "v") == 0


def test_a_chart_is_svg_in_the_colours_of_the_page_without_ids_or_addresses():
    months = prices(2023, [1, 2, 3])["months"] + prices(2023, [6], low=-400.0)["months"]
    chart = price_chart(DATASETS["dam_spp"].column("settlement_point_price"), months)
    assert chart.startswith('<svg class="chart"')
    assert chart.count("var(--cap)") == 2, "cap and floor"
    assert "var(--band)" in chart
    assert "id=" not in chart
    assert "url(" not in chart


@pytest.mark.parametrize(
    ("years", "months", "labels"),
    [
        ([2024], [3], ["2024-03"]),
        ([2024], [3, 4], ["2024-03", "2024-04"]),
        ([2023, 2024], range(1, 13), [f"{year}-{month:02d}" for year in (2023, 2024) for month in (1, 4, 7, 10)]),
        (range(2011, 2026), range(1, 13), [f"{year}-01" for year in range(2011, 2026)]),
    ],
)
def test_each_date_stands_once_below_a_chart(years, months, labels):
    points = [month for year in years for month in prices(year, months)["months"]]
    chart = price_chart(DATASETS["dam_spp"].column("settlement_point_price"), points)
    assert re.findall(r">(\d{4}-\d\d)<", chart) == labels


def test_lines_of_many_points_are_written_in_steps_and_end_where_they_should():
    points = [month for year in range(2011, 2026) for month in prices(year, range(1, 13))["months"]]
    chart = price_chart(DATASETS["dam_spp"].column("settlement_point_price"), points)
    lines = [path for path in re.findall(r' d="(m[^"]+)"', chart) if "z" not in path]
    assert lines
    for path in lines:
        width = sum(int(step) for step in re.findall(r"[ml](-?\d+)", path))
        assert 855 <= width <= 860


def test_eras_are_placed_between_the_first_and_the_last_year():
    years = [verified_year(year=2023), verified_year(year=2024)]
    subject = facts_of(years, [window(year=2023), window(year=2024)]).subjects[0]
    (era,) = eras(subject.headers, [2023, 2024])
    assert (era.first, era.last, era.left, era.width, era.files) == ("2023-01-01", "2024-12-31", 0.0, 100.0, 731)
