"""Derived rollups as targets of the workflow: built only when asked for, once, and refused with a reason."""

import json

import polars as pl
import pytest

from .conftest import Workspace, write_tree

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Workspace:
    """Four days of day-ahead prices over the turn of a year, and what is derived from them."""
    workspace = Workspace(tmp_path_factory.mktemp("derived"))
    write_tree(workspace.raw)
    run = workspace.snakemake("derived")
    assert run.code == 0, run.text
    return workspace


def test_derived_are_built_where_their_sources_are(built):
    found = {p.relative_to(built.results / "derived").as_posix() for p in (built.results / "derived").rglob("*.*")}
    assert found == {
        f"{name}/{file}"
        for name in ("dam_spp_monthly", "dam_mcpc_wide")
        for file in ("2023.parquet", "2024.parquet", "schema.json")
    }
    rows = pl.read_parquet(built.results / "derived/dam_spp_monthly/2024.parquet")
    # two days of hour + place of the point: the mean of 1..24 is 12.5, the mean of the top four 22.5
    assert rows.select("settlement_point", "hours", "price_mean", "top4_price").rows() == [
        ("AEEC", 48, 14.5, 24.5),
        ("HB_HOUSTON", 48, 12.5, 22.5),
        ("LZ_WEST", 48, 13.5, 23.5),
    ]
    report = json.loads((built.results / "reports/derived/dam_spp_monthly/2024.json").read_text())
    assert (report["rows"], [f["check"] for f in report["findings"]]) == (3, ["gap"])
    sheet = json.loads((built.results / "derived/dam_mcpc_wide/schema.json").read_text())
    assert sheet["key"] == ["interval_start"]


def test_nothing_more_is_built_than_needed_and_nothing_twice(built):
    assert not (built.results / "reports/verdict.txt").exists()
    again = built.snakemake("derived")
    assert again.code == 0
    assert again.jobs == {}


def test_unknown_names_and_years_are_refused_in_one_line(built):
    for target, reason in (
        ("derived/nothing_such/2024.parquet", "there is no derived rollup 'nothing_such'"),
        ("derived/dart_spread/2024.parquet", "dart_spread 2024 needs raw files of that year for rt_spp_hourly and dam"),
    ):
        run = built.snakemake("-n", str(built.results / target))
        assert run.code != 0
        assert reason in run.text
        assert "Traceback" not in run.text
