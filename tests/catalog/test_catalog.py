"""The catalog against what is known of ERCOT's files, and against itself."""

import json
import re
from collections import Counter
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from ercot.catalog import DATASETS
from ercot.catalog.clocks import Clock
from ercot.catalog.evidence import Evidence
from ercot.catalog.model import Cdr, Column, Coverage, Dataset, DayFrom, Kind, Stem
from ercot.raw.file_names import NameReader
from ercot.raw.header import UnreadableFile, read_layout

SHARED = Path(__file__).resolve().parents[3] / "shared"
FORMATS = SHARED / "formats"
SAMPLES = SHARED / "samples" / "raw"

DISCLOSURES = {"NP3-965-ER", "NP3-966-ER", "NP3-990-EX", "NP3-991-EX", "NP1-301"}
TIME_COLUMN = {Clock.RUN: "sced_timestamp", Clock.DAY: "as_of", Clock.POSTING: "delivery_date"}
DERIVED = {"interval_start", "delivery_date"}

IDS = (
    "rt_spp",
    "rt_lmp",
    "dam_spp",
    "dam_mcpc",
    "rt_mcpc",
    "rt_mcpc_sced",
    "sced_system_lambda",
    "dam_system_lambda",
    "dam_lmp_bus",
    "rt_lmp_bus",
    "dam_shadow_prices",
    "sced_shadow_prices",
    "peaker_net_margin",
    "peaker_net_margin_interval",
    "settlement_points",
    "dam_spp_corrections",
    "dam_mcpc_corrections",
    "rt_spp_corrections",
    "rt_lmp_corrections",
    "rt_mcpc_corrections",
    "rt_lmp_bus_corrections",
    "dam_gen",
    "dam_load",
    "dam_esr",
    "dam_energy_bids",
    "dam_energy_bid_awards",
    "dam_energy_offers",
    "dam_energy_offer_awards",
    "dam_ptp_bids",
    "dam_ptp_bid_awards",
    "dam_ptp_options",
    "dam_ptp_option_awards",
    "dam_self_arranged_as",
    "dam_gen_as_offers",
    "dam_load_as_offers",
    "dam_esr_as_offers",
    "dam_as_only_offers",
    "dam_as_only_awards",
    "sced_gen",
    "sced_load",
    "sced_esr",
    "sced_smne",
    "sced_self_arranged_as",
    "sced_dsr_load",
    "sced_hdl_ldl_overrides",
    "sced_as_capability_overrides",
    "sced_eoc_updates",
    "sced_as_offer_updates",
    "sced_as_offers",
    "cop_snapshot",
    "cop_updates",
    "sasm_gen_as_offers",
    "sasm_gen_as_awards",
    "sasm_load_as_offers",
    "sasm_load_as_awards",
    "dam_spp_yearly",
    "rt_spp_yearly",
    "dam_mcpc_yearly",
)


@cache
def facts(name: str):
    """Read a fact file that lies beside the repository; skip the test where it does not."""
    path = FORMATS / name
    if not path.exists():
        pytest.skip(f"the fact file ../shared/formats/{name} is not there")
    return json.loads(path.read_text())


def texts(column: Column) -> list[str]:
    return [*(s.header for s in column.spellings), *column.aliases]


def fold(header: str) -> str:
    return re.sub(r"[^a-z0-9]", "", header.lower())


def found(dataset: Dataset, header: str) -> Column:
    matching = [c for c in dataset.columns if header.strip() in {t.strip() for t in texts(c)}]
    assert len(matching) == 1, f"{dataset.id}: '{header}' belongs to {[c.name for c in matching]}"
    return matching[0]


def each(*, of=None):
    """Run a test once a dataset, or once for each of those that `of` picks."""
    chosen = [d for d in DATASETS.values() if of is None or of(d)]
    return pytest.mark.parametrize("dataset", chosen, ids=lambda d: d.id)


def test_all_datasets_are_declared():
    assert sorted(DATASETS) == sorted(IDS)


# --- against the facts ------------------------------------------------------------------------------------------------


@each()
def test_columns_have_the_names_and_kinds_of_the_contract(dataset):
    contract = [row for row in facts("canonical_columns.json") if row["dataset"] == dataset.id]
    declared = [(found(dataset, row["header"]), row) for row in contract]
    wrong = [
        (row["header"], column.name, column.kind.value)
        for column, row in declared
        if (column.name, column.kind.value) != (row["name"], row["kind"])
    ]
    assert not wrong
    assert {c.name for c in dataset.columns} == {row["name"] for row in contract}


def known_eras(dataset: Dataset) -> list[dict]:
    return [
        era
        for report in facts("ercot_columns.json").values()
        if report["dataset"] == dataset.id
        for era in report["eras"]
    ]


@each()
def test_every_known_header_belongs_to_a_column(dataset):
    for era in known_eras(dataset):
        for header in era["columns"]:
            found(dataset, header)


@each()
def test_headers_of_every_known_era_are_rebuilt(dataset):
    eras = known_eras(dataset)
    assert eras
    for era in eras:
        last = era["op_day_to"] or (dataset.last_day or date(2026, 12, 31)).isoformat()
        for day in (era["op_day_from"], last):
            rebuilt = dataset.header_on(date.fromisoformat(day))
            known = [header.strip() for header in era["columns"]]
            assert {header.strip() for header in rebuilt} == set(known), day
            if era["seen"] == "seen":
                assert rebuilt == era["columns"], day


@each()
def test_operating_days_span_the_known_eras(dataset):
    eras = known_eras(dataset)
    first = date.fromisoformat(min(era["op_day_from"] for era in eras))
    assert first - timedelta(days=1) <= dataset.first_day <= first
    ends = [era["op_day_to"] for era in eras]
    if dataset.last_day is None:
        assert None in ends
    else:
        assert None not in ends
        assert timedelta(0) <= date.fromisoformat(max(ends)) - dataset.last_day <= timedelta(days=1)


def test_every_sample_header_is_read_without_an_unknown_column():
    if not SAMPLES.exists():
        pytest.skip("the samples ../shared/samples/raw are not there")
    reader = NameReader(DATASETS)
    seen = set()
    for path in sorted(SAMPLES.rglob("*.csv")):
        first_line = path.read_text().splitlines()[0]
        for dataset, source in reader.read(path.name).candidates:
            if isinstance(source, Cdr) and source.marker and source.marker not in first_line:
                continue
            try:
                assert not read_layout(dataset, first_line).unknown, path.name
            except UnreadableFile as reason:
                pytest.fail(f"{path.name}: {reason}")
            seen.add(dataset.id)
    assert {"sced_gen", "dam_gen", "cop_snapshot", "peaker_net_margin_interval"} <= seen


@each()
def test_the_evidence_is_that_of_the_known_eras(dataset):
    """A header that was seen is no derivation; one that was derived is nothing else."""
    for era in known_eras(dataset):
        since = max(date.fromisoformat(era["op_day_from"]), dataset.first_day)
        last = date.fromisoformat(era["op_day_to"]) if era["op_day_to"] else date.max
        within = {dataset.evidence_on(since), *(found for day, found in dataset.evidence if since <= day <= last)}
        assert (within == {Evidence.DERIVED}) == (era["seen"] == "derived"), era["op_day_from"]


# --- against itself ---------------------------------------------------------------------------------------------------


@each()
def test_names_are_unique(dataset):
    assert [n for n, times in Counter(c.name for c in dataset.columns).items() if times > 1] == []


@each()
def test_a_header_means_one_column(dataset):
    owners = {}
    for column in dataset.columns:
        for header in texts(column):
            assert owners.setdefault(fold(header), column.name) == column.name, header


@each()
def test_keys_and_orders_are_columns(dataset):
    names = {c.name for c in dataset.columns} | DERIVED
    assert set(dataset.key) <= names
    assert set(dataset.order) <= names
    assert len(set(dataset.key)) == len(dataset.key)
    assert bool(dataset.key) != bool(dataset.order), "a dataset has either a key or an order"
    assert (dataset.key or dataset.order)[0] == TIME_COLUMN.get(dataset.clock, "interval_start")


@each()
def test_key_columns_are_required(dataset):
    optional = [n for n in dataset.key if n not in DERIVED and not dataset.column(n).required]
    assert optional == []


@each()
def test_required_columns_are_in_every_era(dataset):
    for column in dataset.columns:
        if column.required:
            missing = [str(day) for day in dataset.eras() if column.header_on(day) is None]
            assert missing == [], column.name


@each()
def test_every_column_has_a_meaning_and_every_quantity_a_unit(dataset):
    for column in dataset.columns:
        assert column.meaning.strip(), column.name
        assert column.unit or column.kind is not Kind.FLOAT, column.name
        assert (column.low is None) == (column.high is None), column.name
        assert column.low is None or column.low < column.high, column.name


@each()
def test_a_column_has_one_spelling_a_day(dataset):
    for column in dataset.columns:
        for day in dataset.eras():
            assert sum(s.holds_on(day) for s in column.spellings) <= 1, (column.name, day)


@each()
def test_eras_differ_and_start_within_the_dataset(dataset):
    eras = dataset.eras()
    headers = [tuple(dataset.header_on(day)) for day in eras]
    assert eras[0] == dataset.first_day
    assert len(set(headers)) == len(headers)
    assert all(headers)


@each()
def test_sizes_are_declared_in_order(dataset):
    days = [since for since, _ in dataset.mb_per_day]
    assert days == sorted(set(days))
    assert days[0] <= dataset.first_day
    assert all(mb > 0 for _, mb in dataset.mb_per_day)


@each()
def test_every_era_says_what_it_rests_on(dataset):
    """What was seen of one header says nothing of the next one: only a derivation goes on across a change."""
    days = [since for since, _ in dataset.evidence]
    assert days == sorted(set(days))
    assert days[0] == dataset.first_day
    starts = dataset.eras()
    for start, end in zip(starts, [*starts[1:], date.max], strict=True):
        own = any(start <= since < end for since in days)
        assert own or dataset.evidence_on(start) is Evidence.DERIVED, start


@each(of=lambda d: d.clock is Clock.RUN)
def test_runs_have_a_cadence(dataset):
    days = [since for since, _ in dataset.run_minutes]
    assert days == sorted(set(days))
    assert days[0] <= dataset.first_day


@each(of=lambda d: d.corrections)
def test_corrections_fit_what_they_correct(dataset):
    source = DATASETS[dataset.corrections.dataset]
    assert source.key == (*dataset.key, "price_correction_time_cpt")
    assert dataset.corrections.prices
    for price, corrected in dataset.corrections.prices:
        assert dataset.column(price).unit == source.column(corrected).unit
        assert source.column(corrected).required
    assert (source.day_from, source.coverage) == (DayFrom.ROWS, Coverage.EVENTS)


@each(of=lambda d: d.emil in DISCLOSURES)
def test_members_of_disclosures_are_known_by_stem(dataset):
    assert all(isinstance(source, Stem) for source in dataset.sources)
    assert dataset.day_from is DayFrom.FIRST_ROW


def test_file_names_tell_datasets_apart():
    sources = [(dataset, source) for dataset in DATASETS.values() for source in dataset.sources]
    stems = Counter(source.stem.lower() for _, source in sources if isinstance(source, Stem))
    assert [stem for stem, times in stems.items() if times > 1] == []
    reports = Counter((s.report_type, s.part, s.marker) for _, s in sources if isinstance(s, Cdr))
    assert [report for report, times in reports.items() if times > 1] == []
    for _, source in sources:
        if isinstance(source, Cdr) and reports[(source.report_type, None, None)]:
            assert (source.part, source.marker) == (None, None)


@each(of=lambda d: any(isinstance(s, Cdr) and s.marker for s in d.sources))
def test_markers_tell_shapes_apart(dataset):
    for source in dataset.sources:
        assert source.marker in dataset.header_on(dataset.first_day)
        for other in DATASETS.values():
            if other is not dataset and any(
                isinstance(s, Cdr) and s.report_type == source.report_type for s in other.sources
            ):
                assert source.marker not in other.header_on(other.first_day)
