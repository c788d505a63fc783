"""Every report in every header era: a file written by hand comes back as the canonical columns, value by value."""

import json
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import polars as pl
import polars.testing
import pytest
from helpers import Run, run_pipeline, write_raw
from raw_eras import WORKBOOKS, Field, dtypes_of, file_name, write_rows

from ercot.catalog import DATASETS

pytestmark = pytest.mark.slow

FORMATS = Path(__file__).resolve().parents[3] / "shared" / "formats"
KNOWN = FORMATS / "ercot_columns.json"
NAMES = FORMATS / "canonical_columns.json"
TEXTS = [name for name in DATASETS if name not in WORKBOOKS]


class Eras:
    """Files of several eras of all reports, run once, and what must come out of them."""

    def __init__(self):
        self.files: dict[str, list[str]] = {}
        self.rows: dict[tuple[str, int], list[dict]] = {}
        self.run: Run | None = None

    def add(self, dataset: str, day: date, fields: list[Field]) -> None:
        lines, rows = write_rows(dataset, day, fields)
        name = file_name(dataset, day)
        assert name not in self.files
        self.files[name] = lines
        self.rows.setdefault((dataset, day.year), []).extend(rows)

    def start(self, folder: Path) -> "Eras":
        self.run = run_pipeline(write_raw(folder / "raw", self.files), folder / "out")
        return self


def declared_kinds(dataset: str) -> dict[str, str]:
    return {c.name: c.kind.value for c in DATASETS[dataset].columns}


@pytest.fixture(scope="module")
def catalog_eras(tmp_path_factory) -> Eras:
    """The first and the last day of every era that the catalog declares."""
    eras = Eras()
    for dataset in map(DATASETS.get, TEXTS):
        starts = dataset.eras()
        ends = [day - timedelta(days=1) for day in starts[1:]] + [dataset.last_day or date(2026, 12, 30)]
        for day in sorted({*starts, *ends}):
            shown = [(c.header_on(day), c) for c in dataset.columns]
            eras.add(dataset.id, day, [Field(h, c.name, c.kind.value) for h, c in shown if h is not None])
    return eras.start(tmp_path_factory.mktemp("catalog"))


@cache
def known_columns() -> dict[str, dict[str, tuple[str, str]]]:
    """Name and kind by dataset and header, from the fact sheet."""
    columns: dict[str, dict[str, tuple[str, str]]] = {}
    for row in json.loads(NAMES.read_text()):
        columns.setdefault(row["dataset"], {})[row["header"].strip()] = (row["name"], row["kind"])
    return columns


@pytest.fixture(scope="module")
def known_eras(tmp_path_factory) -> Eras:
    """Every header era of the fact sheet, its columns in ERCOT's order, names and kinds from the fact sheet too."""
    if not (KNOWN.exists() and NAMES.exists()):
        pytest.skip("the fact sheets ../shared/formats/*_columns.json are not there")
    eras = Eras()
    for report in json.loads(KNOWN.read_text()).values():
        if report["dataset"] not in TEXTS:
            continue
        columns = known_columns()[report["dataset"]]
        for era in report["eras"]:
            fields = [Field(h, *columns[h.strip()]) for h in era["columns"]]
            eras.add(report["dataset"], date.fromisoformat(era["op_day_from"]), fields)
    return eras.start(tmp_path_factory.mktemp("known"))


def assert_read_back(eras: Eras, dataset: str, kinds: dict[str, str]) -> None:
    """Every row is written, every value is where it belongs, and what an era lacks is null."""
    types = dtypes_of(kinds)
    for (name, year), rows in eras.rows.items():
        if name != dataset:
            continue
        frame = eras.run.annual[dataset, year]
        originals = {n for n in frame.columns if n.endswith("_original") and n not in kinds}
        assert {n: t for n, t in frame.schema.items() if n not in originals} == types
        assert all(frame[n].null_count() == len(rows) for n in originals)
        expected = pl.DataFrame([{n: row.get(n) for n in types} for row in rows], schema=types)
        order = [n for n in ("sced_timestamp", "interval_start", "as_of", "electrical_bus") if n in types]
        pl.testing.assert_frame_equal(frame.select(list(types)).sort(order), expected.sort(order), abs_tol=1e-12)
        files = len({row["delivery_date"] for row in rows})
        assert eras.run.ledger(dataset, year) == (files, files, 0, len(rows), len(rows), 0, 0, 0)


@pytest.mark.parametrize("dataset", TEXTS)
def test_each_era_of_the_catalog_is_read_back(dataset, catalog_eras):
    assert_read_back(catalog_eras, dataset, declared_kinds(dataset))


@pytest.mark.parametrize("dataset", TEXTS)
def test_each_known_header_is_read_back(dataset, known_eras):
    assert_read_back(known_eras, dataset, dict(known_columns()[dataset].values()))


def test_each_file_belongs_to_one_report(catalog_eras):
    assert catalog_eras.run.report["files"] == {"ignored": [], "rejected": []}
    assert catalog_eras.run.critical() == []
    assert sum(row["files_read"] for row in catalog_eras.run.report["ledger"]) == len(catalog_eras.files)


def test_no_known_header_drifts(known_eras):
    assert known_eras.run.findings("drift") == []
    assert known_eras.run.critical() == []
