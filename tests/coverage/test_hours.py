"""What the report shows of a year, against the same worked out from all rows at once."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from ercot.catalog import DATASETS
from ercot.checks.revised import revised_by_month
from ercot.coverage.hours import hours_covered
from ercot.coverage.times import day_bounds, missing_times
from ercot.facts.prices import QUANTILES, Summary, price_columns
from ercot.tables.schema import annual_types

DAM_SPP = DATASETS["dam_spp"]
POINTS = ("HB_NORTH", "HB_WEST", "LZ_SOUTH")


def hourly(first, days, seed=1):
    """Return complete rows of day-ahead prices, some negative, some beyond the cap and the floor."""
    random = np.random.default_rng(seed)
    rows = []
    for day in (first + timedelta(days=i) for i in range(days)):
        start, end = day_bounds(day)
        for hour in range(int((end - start).total_seconds()) // 3600):
            rows += [(day, start + timedelta(hours=hour), point) for point in POINTS]
    frame = pl.DataFrame(rows, schema=["delivery_date", "interval_start", "settlement_point"], orient="row")
    price = np.round(random.standard_t(2, frame.height) * 60, 2)
    price[::97] = 5200.5
    price[::89] = -300.25
    types = annual_types(DAM_SPP)
    frame = frame.with_columns(settlement_point_price=pl.Series(price))
    lacking = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in types.items() if name not in frame.columns]
    return frame.with_columns(lacking).select(pl.col(name).cast(dtype) for name, dtype in types.items())


def summary_of(rows, chunk, dataset=DAM_SPP):
    summary = Summary(dataset)
    for offset in range(0, rows.height, chunk):
        summary.add(rows.slice(offset, chunk))
    return summary.to_json()


@pytest.fixture(scope="module")
def rows():
    return hourly(date(2024, 1, 20), 60)


@pytest.mark.parametrize("chunk", [37, 1000, 10**6])
def test_chunks_do_not_matter(rows, chunk):
    assert summary_of(rows, chunk) == summary_of(rows, rows.height)


def test_distributions_are_those_of_all_rows(rows):
    (prices,) = summary_of(rows, 500)["prices"]
    february = rows.filter(pl.col("delivery_date").dt.month() == 2)["settlement_point_price"].sort()
    month = next(month for month in prices["months"] if month["month"] == "2024-02")
    assert month["rows"] == len(february)
    assert (month["min"], month["max"]) == (february.min(), february.max())
    ranks = [int(np.ceil(q * len(february))) - 1 for q in QUANTILES]
    assert month["quantiles"] == [february[rank] for rank in ranks]
    assert month["negative"] == (february < 0).sum()
    assert month["above_cap"] == (february > 5001).sum() > 0
    assert month["below_floor"] == (february < -251).sum() > 0
    assert prices["year"]["rows"] == sum(month["rows"] for month in prices["months"]) == rows.height


def test_extremes_are_those_of_different_days_with_time_and_place(rows):
    (prices,) = summary_of(rows, 500)["prices"]
    best = rows.sort("settlement_point_price", descending=True, maintain_order=True)
    best = best.unique("delivery_date", keep="first", maintain_order=True).head(3)
    expected = [
        [price, time.isoformat(), point]
        for price, time, point in best.sort("settlement_point_price", "delivery_date", descending=[True, False])
        .select("settlement_point_price", "interval_start", "settlement_point")
        .iter_rows()
    ]
    assert prices["highest"][0] == expected[0]
    assert [entry[0] for entry in prices["highest"]] == [entry[0] for entry in expected]
    assert len({time[:10] for _, time, _ in prices["lowest"]}) == 3


def test_rows_are_counted_by_day(rows):
    assert summary_of(rows, 50)["rows"]["2024-03-10"] == 23 * len(POINTS)


def test_nulls_are_no_prices(rows):
    some = rows.with_columns(pl.when(pl.col("settlement_point") == "HB_WEST").then("settlement_point_price"))
    (prices,) = summary_of(some, 500)["prices"]
    assert prices["year"]["rows"] == rows.height / 3
    none = rows.with_columns(settlement_point_price=pl.lit(None, dtype=pl.Float64))
    assert summary_of(none, 500)["prices"] == []


def test_a_year_without_rows_has_no_prices(rows):
    assert summary_of(rows.clear(), 10) == {"rows": {}, "corrected": {}, "prices": []}


def test_corrected_prices_are_counted_by_month(rows):
    corrected = rows.with_columns(
        settlement_point_price_original=pl.when(pl.col("delivery_date") == date(2024, 2, 3)).then(1.0)
    )
    assert summary_of(corrected, 100)["corrected"] == {"2024-02": 24 * len(POINTS)}


def test_points_of_offer_curves_are_no_prices():
    assert [column.name for column in price_columns(DATASETS["rt_lmp_bus"])] == ["lmp", "capped_lmp", "uncapped_lmp"]
    assert price_columns(DATASETS["sced_as_offers"]) == []
    assert not any(c.name.endswith("1") for dataset in DATASETS.values() for c in price_columns(dataset))


def test_hours_of_an_hourly_report():
    rows = hourly(date(2024, 11, 2), 3).unique("interval_start", maintain_order=True)
    hole = datetime(2024, 11, 3, 7, tzinfo=UTC)  # 01:00 CST, the second pass
    times = rows.select("delivery_date", "interval_start").filter(pl.col("interval_start") != hole)
    covered = hours_covered(DAM_SPP, times, missing_times(DAM_SPP, times))
    assert covered == {"2024-11-02": "#" * 24, "2024-11-03": "##." + "#" * 22, "2024-11-04": "#" * 24}


def test_hours_of_quarter_hours_may_be_partly_there():
    dataset, day = DATASETS["rt_spp"], date(2024, 3, 10)
    start, end = day_bounds(day)
    quarters = [start + timedelta(minutes=15 * i) for i in range((end - start) // timedelta(minutes=15))]
    times = pl.DataFrame({"delivery_date": [day] * 87, "interval_start": quarters[:87]})
    times = times.cast({"interval_start": pl.Datetime("us", "UTC")})
    assert hours_covered(dataset, times, missing_times(dataset, times)) == {"2024-03-10": "#" * 21 + "+."}


def test_hours_of_runs_follow_the_holes():
    dataset, day = DATASETS["rt_lmp"], date(2024, 6, 1)
    start, _ = day_bounds(day)
    runs = [start + timedelta(minutes=5 * i, seconds=13) for i in range(288) if not 30 <= i < 54]
    times = pl.DataFrame({"delivery_date": [day] * len(runs), "sced_timestamp": runs})
    times = times.cast({"sced_timestamp": pl.Datetime("us", "UTC")})
    covered = hours_covered(dataset, times, missing_times(dataset, times))["2024-06-01"]
    assert covered == "##+.+" + "#" * 19


def test_a_report_of_days_has_no_hours():
    times = pl.DataFrame({"delivery_date": [date(2024, 1, 1)], "as_of": [date(2024, 1, 1)]})
    assert hours_covered(DATASETS["peaker_net_margin"], times, {}) == {}


def test_revisions_are_counted_by_month(tmp_path):
    stamps = [datetime(2024, 1, 1), datetime(2024, 1, 2), datetime(2024, 1, 4, 12)]
    frame = pl.DataFrame(
        {
            "delivery_date": [date(2024, 1, 1), date(2024, 1, 1), date(2024, 2, 1)],
            "publication_old": [stamps[0]] * 3,
            "publication_new": [stamps[1], stamps[1], stamps[2]],
        }
    )
    frame.write_parquet(tmp_path / "a.parquet")
    assert revised_by_month([str(tmp_path / "a.parquet")]) == {
        "2024-01": {"rows": 2, "days": 1, "median_lag_days": 1.0, "longest_lag_days": 1.0},
        "2024-02": {"rows": 1, "days": 1, "median_lag_days": 3.5, "longest_lag_days": 3.5},
    }
    assert revised_by_month([]) == {}
