"""Adding a report means adding its declaration: one file in the catalog, and nothing else."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]

DECLARATION = '''
"""Load of the grid."""

from ercot.catalog.clocks import Clock
from ercot.catalog.model import Cdr, Dataset, NameDay, DayFrom, day, delivery_date, dst_flag, hour_ending, number


def _load(header, zone):
    return number(header, "MW", f"Mean load of {zone}", low=0.0, high=100_000.0)


LOAD_BY_ZONE = Dataset(
    id="load_by_zone",
    title="Actual load by weather zone",
    emil="NP6-345-CD",
    sources=(Cdr(13101, NameDay.DAY_AFTER, "ACTUALSYSLOADWZNP6345"),),
    clock=Clock.HOUR,
    day_from=DayFrom.FIRST_ROW,
    columns=(
        delivery_date("OperDay"),
        hour_ending(),
        _load("COAST", "the coast"),
        _load("FAR_WEST", "the far west"),
        number("TOTAL", "MW", "Mean load of the grid", required=True),
        dst_flag(),
    ),
    key=("interval_start",),
    first_day=day("2013-06-13"),
    mb_per_day=((day("2013-06-13"), 0.002),),
    quirks=("Published at five in the morning.",),
)
'''

HEADER = "OperDay,HourEnding,COAST,FAR_WEST,TOTAL,DSTFlag"
NAME = "cdr.00013101.0000000000000000.{day}.050001.ACTUALSYSLOADWZNP6345.csv"
FILES = {
    NAME.format(day="20240502"): [
        HEADER,
        "05/01/2024,01:00, 8244.87,1691.50,27934.84,N",
        "05/01/2024,02:00,7813.85,,26522.29,N",
        "05/01/2024,04:00,-1.00,1654.65,25614.51,N",
        "05/01/2024,05:00,1,2,,N",
    ],
    NAME.format(day="20240503"): [f"{HEADER},NEW_ZONE", "05/02/2024,24:00,1.5,2.5,4,N,9"],
    "a/" + NAME.format(day="20240504"): [HEADER, "05/01/2024,01:00,8244.88,1691.50,27934.84,N"],
}

PROGRAM = """
import json, sys
from pathlib import Path
from helpers import run_pipeline, write_raw
from ercot.catalog import DATASETS
from ercot.product.dictionary import render
from ercot.core.files import read_json
from ercot.raw.header_registry import describe as describe_headers
from ercot.tables.schema import describe

folder = Path(sys.argv[1])
files = json.loads((folder / "files.json").read_text())
run = run_pipeline(write_raw(folder / "raw", files), folder / "out")
frame = run.annual["load_by_zone", 2024]
records = [h for path in (folder / "out").rglob("*.ledger.json") for h in read_json(path)["headers"]]
print(json.dumps({
    "datasets": len(DATASETS),
    "columns": {name: str(dtype) for name, dtype in frame.schema.items()},
    "rows": [[str(value) for value in row] for row in frame.rows()],
    "ledger": run.ledger("load_by_zone", 2024),
    "reasons": run.reasons("load_by_zone", 2024),
    "findings": run.report["findings"],
    "sheet": describe(DATASETS["load_by_zone"]),
    "page": render(DATASETS),
    "registry": describe_headers(DATASETS["load_by_zone"], records),
}))
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Run a copy of the library with one declaration more."""
    folder = tmp_path_factory.mktemp("new")
    skipped = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "scripts", folder / "scripts", ignore=skipped)
    (folder / "scripts" / "ercot" / "catalog" / "reports" / "load.py").write_text(DECLARATION)
    (folder / "files.json").write_text(json.dumps(FILES))
    paths = os.pathsep.join([str(folder / "scripts"), str(ROOT / "tests" / "support")])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder)],
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def found(made, check):
    return [f for f in made["findings"] if f["dataset"] == "load_by_zone" and f["check"] == check]


def test_it_gets_its_rollup(made):
    utc = "Datetime(time_unit='us', time_zone='UTC')"
    assert made["columns"] == {
        "delivery_date": "Date",
        "interval_start": utc,
        "interval_end": utc,
        "hour_ending": "Int8",
        "dst_flag": "Boolean",
        "coast": "Float64",
        "far_west": "Float64",
        "total": "Float64",
    }
    assert [row[1] for row in made["rows"]] == [
        "2024-05-01 05:00:00+00:00",
        "2024-05-01 06:00:00+00:00",
        "2024-05-01 08:00:00+00:00",
        "2024-05-03 04:00:00+00:00",
    ]
    assert [row[5:] for row in made["rows"]] == [
        ["8244.88", "1691.5", "27934.84"],
        ["7813.85", "None", "26522.29"],
        ["-1.0", "1654.65", "25614.51"],
        ["1.5", "2.5", "4.0"],
    ]


def test_it_gets_its_ledger(made):
    assert made["ledger"] == [3, 3, 0, 6, 4, 0, 1, 1]
    assert made["reasons"] == [[5, "missing_value: total"]]


def test_it_gets_its_data_sheet(made):
    sheet = made["sheet"]
    assert (sheet["dataset"], sheet["report"], sheet["key"]) == ("load_by_zone", "NP6-345-CD", ["interval_start"])
    columns = {column["name"]: column for column in sheet["columns"]}
    assert list(columns) == list(made["columns"])
    assert columns["coast"]["headers"] == ["COAST"]
    assert (columns["coast"]["unit"], columns["coast"]["nullable"], columns["total"]["nullable"]) == ("MW", True, False)


def test_it_gets_its_entry_in_the_dictionary(made):
    page = made["page"]
    section = page[page.index("## load_by_zone") :].split("\n## ")[0]
    assert "Actual load by weather zone." in section
    assert "| `far_west` | Float64 | MW | Mean load of the far west | `FAR_WEST` |" in section
    assert "- Quirk: Published at five in the morning." in section


def test_it_gets_its_entry_in_the_registry(made):
    first, second = made["registry"]
    assert (first["header"], first["files"], first["unknown"]) == (HEADER.split(","), 2, [])
    assert (second["added"], second["unknown"], second["first"]["day"]) == (["NEW_ZONE"], ["NEW_ZONE"], "2024-05-02")


def test_it_gets_its_checks(made):
    assert [f for f in made["findings"] if f["severity"] == "critical"] == []
    (drift,) = found(made, "drift")
    assert "NEW_ZONE" in drift["message"]
    assert "load_by_zone" in drift["message"]
    (odd,) = found(made, "range")
    assert (odd["count"], odd["examples"]) == (1, ["2024-05-01 -1.0"])
    assert [f["count"] for f in found(made, "revision")] == [1]
    (hours,) = found(made, "gap")  # from the first operating day of the tree on: the days before are not missed
    assert hours["count"] == 24 + 24 - 4
