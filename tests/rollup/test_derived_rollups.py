"""Derived rollups against values worked out by hand."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import permutations

import polars as pl
import pytest
from derived import FALL, FALL_US, TYPES, build, build_from, critical, fall_prices, mcpc, quarter
from helpers import DAM_SPP_HEADER, RT_SPP_HEADER, cdr, dam_spp_name, rt_spp_name, utc

from ercot.core.severity import CHECKS
from ercot.rollup.derived_tables import hours_of_month, mean_of


def test_hours_of_the_long_day_are_averaged_apart(tmp_path):
    rows, report = build(tmp_path, "rt_spp_hourly", 2026, {rt_spp_name("20261101_0100"): fall_prices()})
    assert rows.select("interval_start", "hour_ending", "dst_flag", "settlement_point_price", "intervals").rows() == [
        (utc(f"{FALL}T05"), 1, False, 25.0, 4),
        (utc(f"{FALL}T06"), 2, False, 125.0, 4),
        (utc(f"{FALL}T07"), 2, True, 670 / 3, 3),  # 210, 220 and 240
        (utc(f"{FALL}T08"), 3, False, 325.0, 4),
    ]
    assert set(rows["interval_end"] - rows["interval_start"]) == {timedelta(hours=1)}
    assert rows["delivery_date"].unique().to_list() == [date(2026, 11, 1)]
    assert [(f["check"], f["count"], CHECKS[f["check"]].severity) for f in report["findings"]] == [
        ("gap", 1, "warning")
    ]
    assert report["findings"][0]["examples"] == ["2026-11-01 07:00:00+00:00 HB_NORTH HU"]


def test_the_short_day_has_23_hours(tmp_path):
    hours = [1, 2, *range(4, 25)]
    lines = [quarter("03/08/2026", h, q, h) for h in hours for q in (1, 2, 3, 4)]
    rows, report = build(tmp_path, "rt_spp_hourly", 2026, {rt_spp_name("20260309_0000"): [RT_SPP_HEADER, *lines]})
    starts = [utc("2026-03-08T06") + timedelta(hours=i) for i in range(23)]
    assert rows["interval_start"].to_list() == starts
    assert rows["settlement_point_price"].to_list() == hours
    assert report["findings"] == []


def test_both_types_of_a_load_zone_stay_apart(tmp_path):
    lines = [quarter("06/01/2026", 1, q, 10 + add, "N", "LZ_WEST", k) for q in (1, 2) for k, add in TYPES]
    rows, _ = build(tmp_path, "rt_spp_hourly", 2026, {rt_spp_name("20260601_0030"): [RT_SPP_HEADER, *lines]})
    shown = ("settlement_point_type", "settlement_point_price", "intervals")
    assert rows.select(shown).rows() == [("LZ", 10.0, 2), ("LZEW", 10.5, 2)]


def test_hours_belong_to_the_year_of_their_operating_day(tmp_path):
    lines = [quarter("12/31/2025", 24, q, 8) for q in (1, 2, 3, 4)]
    rows, _ = build(tmp_path, "rt_spp_hourly", 2025, {rt_spp_name("20260101_0000"): [RT_SPP_HEADER, *lines]})
    assert rows.select("interval_start", "settlement_point_price").rows() == [(utc("2026-01-01T05"), 8.0)]


def test_spread_is_day_ahead_minus_real_time_of_the_same_utc_hour(tmp_path):
    day_ahead = ((1, "N", 50.5), (2, "N", 150.25), (2, "Y", 999.0))
    files = {
        rt_spp_name("20261101_0100"): fall_prices(),
        dam_spp_name(FALL): [DAM_SPP_HEADER, *(f"{FALL_US},{h:02}:00,HB_NORTH,{p},{f}" for h, f, p in day_ahead)],
    }
    rows, report = build(tmp_path, "dart_spread", 2026, files)
    shown = ("interval_start", "dam_price", "rt_price", "rt_intervals", "spread")
    assert rows.select(shown).rows() == [
        (utc(f"{FALL}T05"), 50.5, 25.0, 4, 25.5),
        (utc(f"{FALL}T06"), 150.25, 125.0, 4, 25.25),
        (utc(f"{FALL}T07"), 999.0, 670 / 3, 3, None),  # a part of an hour has no spread
        (utc(f"{FALL}T08"), None, 325.0, 4, None),
    ]
    assert [f["message"] for f in report["findings"]] == [
        "1 hours of real time lack quarters and have no spread",
        "1 hours of real time have no day-ahead price",
    ]


def test_monthly_summary_of_five_known_hours_and_a_second_day(tmp_path):
    first = ((1, -4.0), (2, 0.0), (3, 10.0), (4, 20.0), (5, 30.0))
    second = ((1, 64.0),)
    files = {
        dam_spp_name(day): [DAM_SPP_HEADER, *(f"06/0{i}/2026,{h:02}:00,HB_NORTH,{p},N" for h, p in hours)]
        for i, (day, hours) in enumerate((("2026-06-01", first), ("2026-06-02", second)), 1)
    }
    rows, report = build(tmp_path, "dam_spp_monthly", 2026, files)
    # sorted: -4 0 10 20 30 64. Linear: p05 at place 0.25, p25 at 1.25, p50 at 2.5, p75 at 3.75, p95 at 4.75.
    assert rows.to_dicts() == [
        {
            "month": date(2026, 6, 1),
            "settlement_point": "HB_NORTH",
            "hours": 6,
            "due_hours": 720,
            "price_mean": 20.0,
            "price_min": -4.0,
            "price_p05": pytest.approx(-3.0),
            "price_p25": pytest.approx(2.5),
            "price_p50": pytest.approx(15.0),
            "price_p75": pytest.approx(27.5),
            "price_p95": pytest.approx(55.5),
            "price_max": 64.0,
            "negative_hours": 1,
            "top4_price": 24.8,  # 0, 10, 20, 30 of the first day and 64 of the second
            "top4_capture": 24.8 / 20.0,
        }
    ]
    assert [f["check"] for f in report["findings"]] == ["gap"]


def test_monthly_real_time_takes_whole_hours_only(tmp_path):
    rows, _ = build(tmp_path, "rt_spp_monthly", 2026, {rt_spp_name("20261101_0100"): fall_prices()})
    shown = ("hours", "partial_hours", "due_hours", "price_mean", "price_max", "top4_price", "top4_capture")
    mean = 475 / 3  # 25, 125 and 325
    assert rows.select(shown).rows() == [(3, 1, 721, pytest.approx(mean, abs=1e-6), 325.0, rows["price_mean"][0], 1.0)]


@pytest.mark.slow
@pytest.mark.parametrize("absurd", [1e9, -1e9, 9.3e12, 1e20, -1e20, 1e300])
def test_absurd_prices_are_averaged_like_all_others_in_whatever_order_they_come(absurd):
    prices = [19.99, absurd, 0.01, 20.0, absurd / 3, -7.5, absurd / 7]
    exact = float(sum(map(Fraction, prices)) / len(prices))
    found = {
        pl.LazyFrame({"key": ["x"] * len(order), "price": order})
        .group_by("key")
        .agg(mean_of(pl.col("price")))
        .collect()["price"]
        .item()
        for order in permutations(prices)
    }
    assert len(found) == 1
    assert found.pop() == pytest.approx(exact, rel=1e-15)


def test_plausible_prices_are_averaged_exactly():
    prices = pl.DataFrame({"price": [0.1] * 10 + [None]})
    assert prices.select(mean_of(pl.col("price"))).item() == 0.1
    assert prices.filter(pl.col("price").is_null()).select(mean_of(pl.col("price"))).item() is None


def test_an_absurd_price_breaks_no_derived_rollup(tmp_path):
    lines = [
        RT_SPP_HEADER,
        *(quarter(FALL_US, 1, q, 1e20 if q == 2 else 10) for q in (1, 2, 3, 4)),
    ]
    spp = [DAM_SPP_HEADER, f"{FALL_US},01:00,HB_NORTH,1e20,N", f"{FALL_US},02:00,HB_NORTH,30,N"]
    files = {rt_spp_name(f"{FALL.replace('-', '')}_0100"): lines, dam_spp_name(FALL): spp}
    hourly, _ = build(tmp_path, "rt_spp_hourly", 2026, files)
    assert hourly["settlement_point_price"].to_list() == [2.5e19]
    for name in ("dart_spread", "rt_spp_monthly", "dam_spp_monthly"):
        rows, report = build_from(tmp_path / "results", name, 2026)
        assert len(rows) == 1
        assert [f for f in report["findings"] if CHECKS[f["check"]].severity == "critical"] == []


def test_capture_means_nothing_where_the_mean_is_not_above_zero(tmp_path):
    lines = [f"06/01/2026,0{h}:00,HB_NORTH,{p},N" for h, p in ((1, -30.0), (2, 10.0))]
    rows, _ = build(tmp_path, "dam_spp_monthly", 2026, {dam_spp_name("2026-06-01"): [DAM_SPP_HEADER, *lines]})
    assert rows.select("price_mean", "top4_price", "top4_capture").rows() == [(-10.0, -10.0, None)]


@pytest.mark.parametrize(
    ("month", "hours"),
    [((2026, 1), 744), ((2026, 3), 743), ((2026, 11), 721), ((2024, 2), 696), ((2026, 2), 672), ((2026, 12), 744)],
)
def test_hours_of_a_month(month, hours):
    assert hours_of_month(date(*month, 1)) == hours


def test_ancillary_prices_have_a_column_a_product(tmp_path):
    hours = [(1, "N", "REGUP", 5.5), (1, "N", "RRS", 7.0), (2, "N", "RRS", 1.0), (2, "Y", "RRS", 2.0)]
    name = cdr(12329, "20261031.123000", "DAMCPCNP4188.csv")
    rows, report = build(tmp_path, "dam_mcpc_wide", 2026, {name: mcpc(FALL_US, hours)})
    assert rows.columns[5:] == ["regup", "regdn", "rrs", "nspin", "ecrs"]
    assert rows.drop("delivery_date", "interval_end").rows() == [
        (utc(f"{FALL}T05"), 1, False, 5.5, None, 7.0, None, None),
        (utc(f"{FALL}T06"), 2, False, None, None, 1.0, None, None),
        (utc(f"{FALL}T07"), 2, True, None, None, 2.0, None, None),
    ]
    assert report["findings"] == []


def test_a_product_without_a_column_is_never_dropped_in_silence(tmp_path):
    hours = [(1, "N", "RRS", 7.0), (1, "N", "NEWAS", 1.0)]
    name = cdr(12329, "20260531.123000", "DAMCPCNP4188.csv")
    _, report = build(tmp_path, "dam_mcpc_wide", 2026, {name: mcpc("06/01/2026", hours)})
    assert critical(report) == ["accounts for 1 of the 2 rows of dam_mcpc"]
