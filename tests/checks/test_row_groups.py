"""A rollup whose row groups are not as they were written: whatever was done to the file, the check names it."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from helpers import DAM_SPP_HEADER, dam_spp_name, run_pipeline, write_raw

from ercot.catalog import DATASETS
from ercot.checks.verify import verify
from ercot.core.files import read_json
from ercot.rollup.glue import Part, glue
from ercot.tables.row_groups import digests, row_groups

DAM_SPP = DATASETS["dam_spp"]
POINTS = ("HB_WEST", "LZ_SOUTH", "RN_1")
YEARS = (2023, 2024)


def day_file(day: date) -> dict[str, list[str]]:
    rows = [f"{day:%m/%d/%Y},{h:02}:00,{p},{h + i}.25,N" for h in range(1, 25) for i, p in enumerate(POINTS)]
    return {dam_spp_name(day.isoformat()): [DAM_SPP_HEADER, *rows]}


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """Two years of which three months have files: rollups of three row groups."""
    folder = tmp_path_factory.mktemp("row groups")
    days = [date(year, month, 4) + timedelta(days=n) for year in YEARS for month in (1, 2, 7) for n in range(3)]
    raw = write_raw(folder / "raw", {name: lines for day in days for name, lines in day_file(day).items()})
    run = run_pipeline(raw, folder / "results", ["dam_spp"])
    assert [f for f in run.report["findings"] if f["severity"] == "critical"] == []
    return folder / "results"


@pytest.fixture
def results(built, tmp_path) -> Path:
    shutil.copytree(built, tmp_path / "results")
    return tmp_path / "results"


def rollup(results: Path, year: int = 2024) -> Path:
    return results / f"annual/dam_spp/{year}.parquet"


def checks(results: Path) -> dict[str, int]:
    """Return what the check finds in the rollup of 2024 as it lies there, gaps left out."""
    account = results / "reports/accounts/dam_spp/2024.json"
    stems = {"2024": str(results / "interim/dam_spp/2024")}
    found = verify(DAM_SPP, 2024, str(rollup(results)), str(account), stems)["findings"]
    return {f["check"]: f["count"] for f in found if f["check"] != "gap"}


def reglue(results: Path, *parts: Part) -> None:
    target = results / "other.parquet"
    glue(parts, target, {})
    target.replace(rollup(results))


def test_row_groups_are_months_and_as_written(results):
    assert [group.rows for group in row_groups(rollup(results))] == [216, 216, 216]
    account = read_json(results / "reports/accounts/dam_spp/2024.json")
    assert [digest.sha256 for digest in digests(rollup(results))] == account["row_groups"]
    assert checks(results) == {}


@pytest.mark.parametrize("group", [0, 1, 2])
def test_a_flipped_byte_is_found_wherever_it_is(results, group):
    content = bytearray(rollup(results).read_bytes())
    _, begin, length, _ = row_groups(rollup(results))[group]
    for place in (begin, begin + length // 2, begin + length - 1):
        changed = content.copy()
        changed[place] ^= 1
        rollup(results).write_bytes(changed)
        assert checks(results)["digest"] == 1


def test_swapped_row_groups(results):
    path = str(rollup(results))
    reglue(results, Part(path, (1, 0, 2)))
    assert checks(results) == {"digest": 2, "order": 1}


def test_a_dropped_row_group(results):
    reglue(results, Part(str(rollup(results)), (0, 2)))
    assert checks(results) == {"digest": 2, "ledger": 216}


def test_a_row_group_that_is_there_twice(results):
    reglue(results, Part(str(rollup(results)), (0, 1, 1, 2)))
    found = checks(results)
    assert found == {"digest": 2, "ledger": 216, "order": 1}


def test_a_row_group_of_another_year(results):
    reglue(results, Part(str(rollup(results, 2023)), (0,)), Part(str(rollup(results)), (1, 2)))
    assert checks(results) == {"digest": 1, "schema": 216}


def test_rows_that_were_written_by_hand_are_read_and_looked_at(results):
    rows = pl.read_parquet(rollup(results))
    pl.concat([rows[:100], rows[99:100], rows[100:]]).write_parquet(rollup(results))
    assert checks(results) == {"digest": 3, "duplicate": 1, "ledger": 1}


def test_a_file_that_is_cut_off(results):
    rollup(results).write_bytes(rollup(results).read_bytes()[:-30])
    assert checks(results)["digest"] == 1


def test_an_interim_file_that_was_damaged_before_it_was_glued(tmp_path):
    """Nothing that jobs do leads here: outputs that differ from their record are rebuilt."""
    raw = write_raw(tmp_path / "raw", day_file(date(2024, 1, 4)))
    run_pipeline(raw, tmp_path / "results", ["dam_spp"])
    interim = tmp_path / "results/interim/dam_spp/2024.parquet"
    content = bytearray(interim.read_bytes())
    content[100] ^= 1
    rollup(tmp_path / "results").write_bytes(content)
    assert checks(tmp_path / "results")["digest"] == 1
