"""Rollups in the hands of other libraries: types and the time zone arrive, and so does every value of the long day."""

import csv
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pytest
from helpers import DAM_SPP_HEADER, dam_spp_name, run_pipeline, write_raw

from ercot.catalog import DATASETS
from ercot.rollup.derive import derive
from ercot.rollup.derived_tables import DERIVED
from ercot.tables.schema import annual_types

DOCS = Path(__file__).resolve().parents[2] / "docs"
DAY, DAY_US = date(2026, 11, 1), "11/01/2026"
LABELS = [(1, "N"), (2, "N"), (2, "Y"), *((hour, "N") for hour in range(3, 25))]
STARTS = [datetime(2026, 11, 1, 5, tzinfo=UTC) + timedelta(hours=i) for i in range(25)]
LOCAL = ["2026-11-01 00:00:00-05:00", "2026-11-01 01:00:00-05:00", "2026-11-01 01:00:00-06:00"]
PRICES = [i - 2.25 for i in range(25)]
EXCEL_ROWS = 1_048_576
COLUMNS = (
    *("delivery_date", "interval_start", "interval_end", "hour_ending", "dst_flag"),
    *("settlement_point", "settlement_point_price", "settlement_point_price_original"),
)


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Path:
    """The day-ahead prices of the long day, of one hub, rolled up and summed up."""
    lines = [f"{DAY_US},{h:02}:00,HB_NORTH,{p},{f}" for (h, f), p in zip(LABELS, PRICES, strict=True)]
    folder = tmp_path_factory.mktemp("interop")
    raw = write_raw(folder / "raw", {dam_spp_name("2026-11-01"): [DAM_SPP_HEADER, *lines]})
    run_pipeline(raw, folder / "results", datasets=["dam_spp"])
    annual = folder / "results/annual/dam_spp/2026.parquet"
    derive(DERIVED["dam_spp_monthly"], 2026, {"dam_spp": str(annual)}, folder / "results/derived/monthly.parquet")
    return folder / "results"


@pytest.fixture(scope="module")
def rollup(results) -> str:
    return str(results / "annual/dam_spp/2026.parquet")


def test_polars(rollup):
    frame = pl.read_parquet(rollup)
    utc = pl.Datetime("us", "UTC")
    types = (pl.Date, utc, utc, pl.Int8, pl.Boolean, pl.String, pl.Float64, pl.Float64)
    assert dict(frame.schema) == dict(zip(COLUMNS, types, strict=True))
    assert frame["interval_start"].to_list() == STARTS
    assert frame["settlement_point_price"].to_list() == PRICES
    local = frame["interval_start"].dt.convert_time_zone("America/Chicago").dt.to_string("%Y-%m-%d %H:%M:%S%:z")
    assert local.head(3).to_list() == LOCAL


def test_pandas(rollup):
    frame = pd.read_parquet(rollup)
    assert tuple(frame.columns) == COLUMNS
    assert str(frame["interval_start"].dtype) == "datetime64[us, UTC]"
    assert str(frame["hour_ending"].dtype) == "int8"
    assert str(frame["settlement_point_price"].dtype) == "float64"
    assert pd.api.types.is_string_dtype(frame["settlement_point"])
    assert frame["dst_flag"].dtype == bool
    assert frame["delivery_date"].tolist() == [DAY] * 25
    assert [t.to_pydatetime() for t in frame["interval_start"]] == STARTS
    assert frame["settlement_point_price"].tolist() == PRICES
    local = frame["interval_start"].dt.tz_convert("America/Chicago")
    assert [str(t) for t in local.head(3)] == LOCAL
    assert frame["settlement_point_price_original"].isna().all()


def test_pandas_with_arrow_types(rollup):
    frame = pd.read_parquet(rollup, dtype_backend="pyarrow")
    assert str(frame["interval_start"].dtype) == "timestamp[us, tz=UTC][pyarrow]"
    assert str(frame["dst_flag"].dtype) == "bool[pyarrow]"
    assert str(frame["delivery_date"].dtype) == "date32[day][pyarrow]"


def test_pyarrow_dataset(results, rollup):
    whole = ds.dataset(results / "annual/dam_spp", format="parquet", exclude_invalid_files=True)
    utc = pa.timestamp("us", tz="UTC")
    types = (pa.date32(), utc, utc, pa.int8(), pa.bool_(), None, pa.float64(), pa.float64())
    for field, name, wanted in zip(whole.schema, COLUMNS, types, strict=True):
        assert field.name == name
        is_text = pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
        assert field.type == wanted if wanted else is_text or pa.types.is_string_view(field.type)
    second_pass = whole.to_table(filter=pc.field("dst_flag")).to_pylist()
    assert [(row["interval_start"], row["settlement_point_price"]) for row in second_pass] == [(STARTS[2], PRICES[2])]
    assert whole.to_table()["interval_start"].to_pylist() == STARTS


def test_duckdb(rollup):
    connection = duckdb.connect()
    types = connection.execute("select column_name, column_type from (describe from read_parquet(?))", [rollup])
    stamp = "TIMESTAMP WITH TIME ZONE"
    wanted = ("DATE", stamp, stamp, "TINYINT", "BOOLEAN", "VARCHAR", "DOUBLE", "DOUBLE")
    assert types.fetchall() == list(zip(COLUMNS, wanted, strict=True))
    rows = connection.execute(
        "select epoch_ms(interval_start), settlement_point_price, dst_flag from read_parquet(?) order by 1", [rollup]
    ).fetchall()
    flags = [flag == "Y" for _, flag in LABELS]
    assert rows == [(int(t.timestamp() * 1000), p, f) for t, p, f in zip(STARTS, PRICES, flags, strict=True)]
    connection.execute("set timezone = 'America/Chicago'")
    shown = connection.execute("select interval_start::varchar from read_parquet(?) order by interval_start", [rollup])
    assert [text for (text,) in shown.fetchall()][:3] == [text.removesuffix(":00") for text in LOCAL]


def test_duckdb_and_polars_agree_on_a_group(rollup):
    (answer,) = duckdb.execute(
        "select avg(settlement_point_price) from read_parquet(?) where delivery_date = date '2026-11-01'", [rollup]
    ).fetchone()
    assert answer == pl.read_parquet(rollup)["settlement_point_price"].mean() == 9.75  # the mean of 0..24, less 2.25


def test_an_export_for_excel_keeps_both_passes_of_the_repeated_hour(rollup, tmp_path):
    local = pl.col("interval_start").dt.convert_time_zone("America/Chicago")
    pl.scan_parquet(rollup).filter(pl.col("settlement_point") == "HB_NORTH").select(
        pl.col("interval_start").dt.to_string("%Y-%m-%d %H:%M").alias("utc"),
        local.dt.to_string("%Y-%m-%d %H:%M").alias("central"),
        local.dt.to_string("%:z").alias("offset"),
        "settlement_point",
        "settlement_point_price",
    ).sink_csv(tmp_path / "prices.csv", include_bom=True)
    assert (tmp_path / "prices.csv").read_bytes().startswith(b"\xef\xbb\xbf"), "Excel takes it for UTF-8"
    with open(tmp_path / "prices.csv", encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["utc", "central", "offset", "settlement_point", "settlement_point_price"]
    assert len(rows) == 25
    assert rows[1:3] == [
        ["2026-11-01 06:00", "2026-11-01 01:00", "-05:00", "HB_NORTH", "-1.25"],
        ["2026-11-01 07:00", "2026-11-01 01:00", "-06:00", "HB_NORTH", "-0.25"],
    ]


def test_a_year_of_one_point_fits_a_sheet():
    assert EXCEL_ROWS > 366 * 24 * 4 + 1  # quarter hours and the header


def test_derived_rollups_arrive_as_well(results):
    path = str(results / "derived/monthly.parquet")
    assert pd.read_parquet(path)["month"].tolist() == [date(2026, 11, 1)]
    (row,) = duckdb.execute(f"select month, hours, due_hours, price_mean, negative_hours from '{path}'").fetchall()
    assert row == (date(2026, 11, 1), 25, 721, 9.75, 3)  # -2.25, -1.25 and -0.25 are below zero
    assert pa.parquet.read_schema(path).field("month").type == pa.date32()


def test_local_time_by_the_standard_library():
    zone = ZoneInfo("America/Chicago")
    assert [str(t.astimezone(zone)) for t in STARTS[:3]] == LOCAL


def test_the_page_for_gridstatus_names_columns_that_there_are():
    there = {name for dataset in DATASETS.values() for name in annual_types(dataset)} | set(DATASETS)
    there |= {column.name for derived in DERIVED.values() for column in derived.columns} | set(DERIVED)
    table = re.findall(r"^\|.*\|(.*)\|.*\|$", (DOCS / "gridstatus.md").read_text(), re.MULTILINE)
    ours = {name for cell in table for name in re.findall(r"`(\w+)`", cell)}
    assert {"interval_start", "settlement_point_price", "ecrs"} <= ours <= there


def test_the_code_for_gridstatus_names_gives_their_columns(tmp_path, monkeypatch):
    start = STARTS[0]
    types = annual_types(DATASETS["rt_spp"])
    row = dict.fromkeys(types) | {"interval_start": start, "interval_end": start, "settlement_point": "LZ_WEST"}
    rows = [row | {"settlement_point_type": kind, "settlement_point_price": 1.5} for kind in ("LZ", "LZEW")]
    (tmp_path / "results/annual/rt_spp").mkdir(parents=True)
    pl.DataFrame(rows, schema=types).write_parquet(tmp_path / "results/annual/rt_spp/2024.parquet")
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", (DOCS / "gridstatus.md").read_text(), re.DOTALL)
    names: dict = {}
    exec(code, names)
    frame = names["frame"]
    assert frame["Location"].tolist() == ["LZ_WEST", "LZ_WEST_EW"]
    assert str(frame["Interval Start"][0]) == LOCAL[0]
    assert frame["SPP"].tolist() == [1.5, 1.5]


def test_the_page_of_derived_rollups_names_them_all():
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", (DOCS / "derived.md").read_text(), re.MULTILINE)
    told = {name: tuple(re.findall(r"`(\w+)`", sources)) for name, sources in rows}
    assert told == {name: derived.sources for name, derived in DERIVED.items()}
