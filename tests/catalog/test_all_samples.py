"""Every real file, every row and every value: what the rollups hold is what the raw text says, and nothing else.

What must come out is worked out in `raw_samples`, which shares no code with the reader.
"""

from collections import Counter

import pytest
from helpers import run_pipeline
from raw_samples import (
    MANIFEST,
    NAMES,
    RAW,
    REPORTS,
    Sample,
    labels,
    operating_days,
    pointers,
    samples,
    trust,
    typed_rows,
)

from ercot.catalog import DATASETS
from ercot.catalog.evidence import Evidence

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (RAW.is_dir() and NAMES.exists() and MANIFEST.exists()),
        reason="the real files of ../shared/samples/raw are not there",
    ),
]

WRONG = ("drift", "range", "rejected_rows", "unreadable_file", "unclaimed_file", "foreign_date", "revision")
EMPTY = (
    "sced_hdl_ldl_overrides",
    "sced_eoc_updates",
    "sasm_gen_as_offers",
    "sasm_load_as_awards",
)  # reports of which a file with a header only is known
# Reports of prices, of which every interval or run of a day is expected: an excerpt of them is a gap.
EVERY_INTERVAL = (
    "rt_spp",
    "rt_lmp",
    "rt_lmp_bus",
    "rt_mcpc",
    "rt_mcpc_sced",
    "sced_system_lambda",
    "dam_spp",
    "dam_mcpc",
    "dam_lmp_bus",
    "dam_system_lambda",
)

each_file = pytest.mark.parametrize("label", labels(), ids=lambda label: label.rsplit("/", 1)[-1].rsplit("!", 1)[-1])


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return run_pipeline(RAW, tmp_path_factory.mktemp("results"))


@pytest.fixture(scope="module")
def held(run):
    """The rows of every rollup as tuples, with how often each stands there, by dataset and year."""
    return {key: Counter(frame.select(columns_of(frame)).rows()) for key, frame in run.annual.items()}


def columns_of(frame) -> list[str]:
    """The columns that come of the raw file: all but the first published prices of corrected rows."""
    return [name for name in frame.columns if name not in originals_of(frame)]


def originals_of(frame) -> list[str]:
    """The columns that keep the first published price of corrected rows."""
    return [f"{name}_original" for name in frame.columns if f"{name}_original" in frame.columns]


def by_year(run, sample: Sample) -> dict[tuple[str, int], list[tuple]]:
    """The rows of a file as their rollups must hold them, in the rollup's columns; a column it lacks is null."""
    expected: dict[tuple[str, int], list[tuple]] = {}
    for row in typed_rows(sample):
        key = (sample.dataset, row["delivery_date"].year)
        columns = columns_of(run.annual[key])
        assert set(row) <= set(columns), sorted(set(row) - set(columns))
        expected.setdefault(key, []).append(tuple(row.get(name) for name in columns))
    return expected


@each_file
def test_every_row_is_in_its_rollup_value_by_value(run, held, label):
    sample = samples()[label]
    expected = by_year(run, sample)
    assert sum(map(len, expected.values())) == len(sample.rows)
    for key, rows in expected.items():
        lacking = Counter(rows) - held[key]
        assert not lacking, f"{lacking.total()} of {len(rows)} rows differ, such as {next(iter(lacking))}"


@each_file
def test_no_row_is_rejected(run, label):
    named = [row for frame in run.rejected.values() for row in frame.rows(named=True) if row["file"] == label]
    assert named == []


def test_the_rollups_hold_the_raw_rows_and_nothing_else(run, held):
    """No sample repeats a key, so what is written is what the raw texts hold."""
    expected: dict[tuple[str, int], Counter] = {}
    for sample in samples().values():
        for key, rows in by_year(run, sample).items():
            expected.setdefault(key, Counter()).update(rows)
    assert {key: rows for key, rows in held.items() if rows} == expected
    written = sum(row["rows_written"] for row in run.report["ledger"])
    assert written == sum(len(sample.rows) for sample in samples().values())
    assert all(row["balanced"] for row in run.report["ledger"])


def test_no_price_of_the_samples_is_corrected(run):
    """The corrected intervals are not among the excerpts, so the corrections have nothing to change."""
    originals = [(key, name) for key, frame in run.annual.items() for name in originals_of(frame)]
    assert {dataset for (dataset, _), _ in originals} >= {"rt_lmp", "rt_mcpc", "rt_lmp_bus", "dam_spp", "dam_mcpc"}
    assert all(run.annual[key][name].null_count() == run.annual[key].height for key, name in originals)


@each_file
def test_a_file_with_a_header_only_is_valid_and_empty(run, label):
    sample = samples()[label]
    if sample.rows:
        return
    (day,) = operating_days(sample)
    assert sample.dataset in EMPTY
    assert run.annual[sample.dataset, day.year].height == 0
    assert run.ledger(sample.dataset, day.year) == (1, 1, 0, 0, 0, 0, 0, 0)


def test_no_file_is_unaccounted_for(run):
    assert {entry["file"] for entry in run.report["files"]["rejected"]} == pointers()
    assert sum(row["files_read"] for row in run.report["ledger"]) == sum(sample.parts for sample in samples().values())
    everything = {path.relative_to(RAW).as_posix() for path in RAW.rglob("*") if path.is_file()}
    ours = {label.split("!")[0] for label in (*samples(), *pointers())}
    assert set(run.report["files"]["ignored"]) == everything - ours
    assert all("_xml" in path or "ACTUALSYSLOADWZNP6345" in path for path in everything - ours)
    assert {s.dataset for s in samples().values()} == {*REPORTS.values(), "peaker_net_margin_interval"}
    assert run.critical() == []


def test_nothing_is_wrong_with_any_file(run):
    """Excerpts have gaps, and lack what other reports quote; nothing else is said of them."""
    wrong = [f for f in run.report["findings"] if f["check"] in WRONG]
    filled_in = [f for f in wrong if f["check"] == "foreign_date" and "CompleteCOP_" in f["examples"][0]]
    assert [f for f in wrong if f not in filled_in] == []
    assert len(filled_in) <= 1  # the README of the samples: this date was filled in by whoever kept the file


def test_an_excerpt_is_a_gap(run):
    gaps = {(f["dataset"], f["year"]) for f in run.findings("gap") if "operating day" not in f["message"]}
    excerpts = [s for s in samples().values() if s.dataset in EVERY_INTERVAL and trust()[s.path] == "rows"]
    assert len(excerpts) >= 10
    for sample in excerpts:
        assert {(sample.dataset, day.year) for day in operating_days(sample)} <= gaps, sample.label


def test_the_whole_days_have_no_gap_within(run):
    """Five days of day-ahead prices are whole: only the days between them are missing."""
    (gap,) = [f for f in run.findings("gap") if (f["dataset"], f["year"]) == ("dam_spp", 2017)]
    assert gap["count"] == 365 - 5


@each_file
def test_the_declaration_says_that_the_file_was_seen(label):
    sample = samples()[label]
    found = {DATASETS[sample.dataset].evidence_on(day) for day in operating_days(sample)}
    if trust()[sample.path] == "whole":
        assert found == {Evidence.WHOLE}
    else:
        assert Evidence.DERIVED not in found
