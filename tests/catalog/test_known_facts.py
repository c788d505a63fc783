"""The catalog against what is known of ERCOT's formats: datasets, columns, eras and evidence."""

from datetime import date, timedelta

import pytest
from known_facts import SAMPLES, each, facts, found, known_eras

from ercot.catalog import DATASETS
from ercot.catalog.evidence import Evidence
from ercot.catalog.model import Cdr
from ercot.raw.file_names import NameReader
from ercot.raw.header import UnreadableFile, read_layout

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
