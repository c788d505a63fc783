"""Which rollups are compared, and what is written: on simulated data and on the results of the workflow."""

import json
from datetime import date

import pytest
from hand_written_rollups import POINTS, name_of, published, quoted, relation_between, rollup
from helpers import (
    DAM_SPP_HEADER,
    RT_LMP_HEADER,
    RT_SPP_HEADER,
    cdr,
    dam_spp_name,
    rt_spp_name,
    run_pipeline,
    write_raw,
)

from ercot.catalog import DATASETS
from ercot.catalog.relations import RELATIONS, Named, related, relations_of
from ercot.checks.reconciliation import reconcile
from ercot.simulate import Request, write_tree
from reconcile import main

pytestmark = pytest.mark.slow


# Simulated data

RELATED = sorted({dataset for relation in RELATIONS for dataset in relation.datasets})
SHORT_DAY, LONG_DAY, DAY_OF_STORAGE = date(2024, 3, 10), date(2024, 11, 3), date(2026, 6, 2)


def simulated(folder, day: date, points: int, datasets: list[str]):
    """Hold simulated reports of a day against each other."""
    known = [d for d in datasets if DATASETS[d].first_day <= day <= (DATASETS[d].last_day or day)]
    write_tree(folder / "raw", [Request(d, day, day, points=points) for d in known])
    run = run_pipeline(folder / "raw", folder / "results", known)
    rollups = {dataset: str(folder / f"results/annual/{dataset}/{year}.parquet") for dataset, year in run.annual}
    return [reconcile(relation, rollups) for relation in relations_of(rollups)]


@pytest.mark.parametrize("day", [SHORT_DAY, LONG_DAY, DAY_OF_STORAGE], ids=str)
@pytest.mark.parametrize("points", [1, 2, 7, 40])
def test_clean_simulated_data_raises_no_alarm(tmp_path, day, points):
    outcomes = simulated(tmp_path, day, points, RELATED)
    assert {name_of(o.relation): o.counts for o in outcomes if o.counts} == {}
    assert len([o for o in outcomes if o.compared]) > 10


def test_clean_simulated_data_of_the_default_size_raises_no_alarm(tmp_path):
    datasets = ["dam_spp", "dam_gen", "dam_spp_yearly", "dam_energy_bid_awards", "dam_energy_offer_awards"]
    outcomes = simulated(tmp_path, LONG_DAY, Request("dam_spp", LONG_DAY, LONG_DAY).points, datasets)
    assert {name_of(o.relation): o.counts for o in outcomes if o.counts} == {}
    assert {o.relation.dataset for o in outcomes if o.compared > 24} == set(datasets) - {"dam_spp"}


# All together


def test_relations_name_columns_of_the_catalog():
    for relation in RELATIONS:
        DATASETS[relation.dataset].column(relation.column)
        assert relation.reason.endswith(".")
        for of in relation.datasets[1:]:
            DATASETS[of].column(relation.column if isinstance(relation, Named) else relation.price)


def test_only_datasets_that_stand_in_a_relation_are_read():
    assert related(["dam_spp", "dam_mcpc"]) == []
    assert related(["dam_spp", "dam_mcpc", "dam_load", "cop_snapshot"]) == ["dam_load", "dam_mcpc"]
    assert related(["sced_gen", "dam_spp"]) == []
    assert related(["sced_gen", "dam_spp", "sced_load", "sced_shadow_prices"]) == ["sced_gen", "sced_load"]  # same runs
    assert {name_of(r) for r in relations_of(["rt_spp", "rt_lmp", "dam_gen"])} == {
        "rt_spp.settlement_point_price-rt_lmp"
    }


def test_a_year_is_written_with_what_was_compared(tmp_path):
    spp, mcpc = relation_between("dam_gen", "dam_spp"), relation_between("dam_gen", "dam_mcpc")
    paths = [
        rollup(tmp_path, "dam_gen", [quoted(spp, 3.0) | {mcpc.column: 2.0}]),
        rollup(tmp_path, "dam_mcpc", [published(mcpc, 1.0)]),
        rollup(tmp_path, "dam_spp", [published(spp, 3.0)]),
    ]
    line = main(2026, paths, str(tmp_path / "2026.json"))
    content = json.loads((tmp_path / "2026.json").read_text())
    assert line == "6 relations, 2 rows compared, 1 findings"
    assert [f["message"] for f in content["findings"]] == [
        "1 of 1 values of regup_mcpc differ from dam_mcpc (REGUP) by more than 0.01"
    ]
    assert {"dataset": "dam_gen", "column": spp.column, "of": "dam_spp", "compared": 1} in content["relations"]


def test_an_empty_rollup_is_nothing_to_compare(tmp_path):
    for relation in RELATIONS:
        rollups = {dataset: rollup(tmp_path, dataset, []) for dataset in relation.datasets}
        outcome = reconcile(relation, rollups)
        assert (outcome.compared, outcome.counts) == (0, {}), name_of(relation)


def test_rollups_of_the_pipeline_are_compared_as_they_are(tmp_path):
    ends = {"0015": 1, "0030": 2}
    raw = {
        rt_spp_name(f"20240503_{end}"): [RT_SPP_HEADER, *(f"05/03/2024,1,{i},{p},RN,21.50,N" for p in POINTS)]
        for end, i in ends.items()
    }
    for minute in range(0, 35, 5):
        stamp = f"20240503_00{minute:02}12"
        raw[cdr(12300, stamp.replace("_", "."), f"LMPSROSNODENP6788_{stamp}.csv")] = [
            RT_LMP_HEADER,
            *(f"05/03/2024 00:{minute:02}:12,N,{p},       {20 + (p == 'C')}.00" for p in POINTS),
        ]
    raw[dam_spp_name("2024-05-03")] = [DAM_SPP_HEADER, "05/03/2024,01:00,LZ_NOWHERE, 5100.00,N"]
    run = run_pipeline(write_raw(tmp_path / "raw", raw), tmp_path / "results", ["rt_spp", "rt_lmp", "dam_spp"])
    paths = [str(tmp_path / f"results/annual/{dataset}/2024.parquet") for dataset in ("rt_spp", "rt_lmp")]
    main(2024, paths, str(tmp_path / "2024.json"))
    content = json.loads((tmp_path / "2024.json").read_text())
    assert content["relations"][0]["compared"] == 5  # what was in force when the first quarter hour began is not known
    assert [(f["dataset"], f["count"]) for f in content["findings"]] == [("rt_spp", 1)]
    assert "settlement_point C" in content["findings"][0]["examples"][0]
    assert [f["count"] for f in run.findings("reconciliation")] == [1]
    assert [f["count"] for f in run.findings("range")] == [1]
    assert run.critical() == []
