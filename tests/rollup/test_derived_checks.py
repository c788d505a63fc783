"""Checks of derived rollups: rows that get lost, damage, and bytes that depend on the rows alone."""

import hashlib
import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from derived import build, critical, fall_prices
from helpers import rt_spp_name, utc

from ercot.catalog import DATASETS
from ercot.checks.verify_derived import faults_of, verify_derived
from ercot.rollup.derive import derive
from ercot.rollup.derived_tables import DERIVED
from ercot.tables.schema import annual_types
from ercot.tables.table import describe


def test_every_declaration_is_sound():
    for name, declared in DERIVED.items():
        names = [column.name for column in declared.columns]
        assert name == declared.id
        assert name not in DATASETS
        assert len(set(names)) == len(names)
        assert set(declared.key) | {declared.day} <= set(names)
        assert all(source in DATASETS or source in DERIVED for source in declared.sources)
        sheet = describe(declared.table)
        assert [column["name"] for column in sheet["columns"]] == names
        assert all(column["meaning"] for column in sheet["columns"])
        json.dumps(sheet)


def test_rows_that_get_lost_are_critical(tmp_path):
    start = utc("2026-06-01T05")
    row = dict.fromkeys(annual_types(DATASETS["dam_spp"])) | {
        "delivery_date": date(2026, 6, 1),
        "interval_start": start,
        "interval_end": start + timedelta(hours=1),
        "hour_ending": 1,
        "settlement_point": "A",
        "settlement_point_price": 1.0,
    }
    stray = row | {"delivery_date": date(2027, 6, 1), "settlement_point": "B"}
    source = tmp_path / "source.parquet"
    pl.DataFrame([row, stray], schema=annual_types(DATASETS["dam_spp"])).write_parquet(source)
    derive(DERIVED["dam_spp_monthly"], 2026, {"dam_spp": str(source)}, tmp_path / "o.parquet")
    report = verify_derived(DERIVED["dam_spp_monthly"], 2026, tmp_path / "o.parquet", str(source))
    assert critical(report) == ["accounts for 1 of the 2 rows of dam_spp"]


SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
DAMAGE = {
    "schema": lambda rows: rows.with_columns(pl.lit(5, pl.Int32).alias("intervals")),
    "order": lambda rows: rows.reverse(),
    "duplicate": lambda rows: pl.concat([rows[:1], rows[:-1]]),
    "ledger": lambda rows: rows[1:],
}


@pytest.mark.parametrize("check", DAMAGE)
def test_each_check_finds_its_fault(tmp_path, check):
    rows, _ = build(tmp_path, "rt_spp_hourly", 2026, {rt_spp_name("20261101_0100"): fall_prices()})
    spoiled = tmp_path / "spoiled.parquet"
    DAMAGE[check](rows).write_parquet(spoiled)
    found = faults_of(DERIVED["rt_spp_hourly"], 2026, spoiled, tmp_path / "results/annual/rt_spp/2026.parquet")
    assert check in {finding.check for finding in found}


BUILD = """
import sys
from ercot.rollup.derive import derive
from ercot.rollup.derived_tables import DERIVED
results, name, target = sys.argv[1:]
derive(DERIVED[name], 2026, {s: f"{results}/{s}.parquet" for s in DERIVED[name].sources}, target)
"""


@pytest.mark.slow
def test_bytes_do_not_depend_on_threads_or_on_the_order_of_sums(tmp_path):
    points = [f"P{i:03}" for i in range(60)]
    count = 96 * 10
    start = utc("2026-06-01T05")
    times = [start + timedelta(minutes=15 * i) for i in range(count)]
    frame = pl.DataFrame({"interval_start": times}).join(pl.DataFrame({"settlement_point": points}), how="cross")
    noise = (pl.int_range(pl.len()) * 7919 % 100_003).cast(pl.Float64) / 1000 - 12.3
    frame = frame.with_columns(
        pl.col("interval_start").dt.convert_time_zone("America/Chicago").dt.date().alias("delivery_date"),
        (pl.col("interval_start") + timedelta(minutes=15)).alias("interval_end"),
        pl.lit(1, pl.Int8).alias("hour_ending"),
        pl.lit(1, pl.Int8).alias("delivery_interval"),
        pl.lit(False).alias("dst_flag"),
        pl.lit("RN").alias("settlement_point_type"),
        noise.alias("settlement_point_price"),
        pl.lit(None, pl.Float64).alias("settlement_point_price_original"),
    )
    frame.select(list(annual_types(DATASETS["rt_spp"]))).write_parquet(tmp_path / "rt_spp.parquet")
    seen = {}
    for threads in ("1", "4"):
        for name in ("rt_spp_hourly", "rt_spp_monthly"):
            target = tmp_path / f"{threads}-{name}.parquet"
            environment = os.environ | {"POLARS_MAX_THREADS": threads, "PYTHONPATH": str(SCRIPTS)}
            subprocess.run([sys.executable, "-c", BUILD, tmp_path, name, target], env=environment, check=True)
            seen.setdefault(name, set()).add(hashlib.sha256(target.read_bytes()).hexdigest())
            if name == "rt_spp_hourly":
                target.rename(tmp_path / "rt_spp_hourly.parquet")
    assert [len(found) for found in seen.values()] == [1, 1]
