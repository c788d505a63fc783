"""Datasets of one year are held against each other, and only those of the year that changed."""

import json
from datetime import date, timedelta

import pytest

from .conftest import DAYS, dam_spp, write_tree

pytestmark = pytest.mark.slow


def bid_awards(day: date, price: float) -> tuple[str, str]:
    """Return name and text of a day with one award, in hour 5 at the first point, for which `dam_spp` prints 5.00."""
    header = (
        '"Delivery Date","Hour Ending","Settlement Point","QSE Name","Energy Only Bid Award in MW",'
        '"Settlement Point Price","Bid ID"'
    )
    row = f'"{day:%m/%d/%Y}","5","HB_HOUSTON","QABC","-10","{price}","d1"'
    name = f"60d_DAM_EnergyBidAwards-{day + timedelta(days=60):%d-%b-%y}.csv".upper().replace("CSV", "csv")
    return name.replace("60D_DAM_ENERGYBIDAWARDS", "60d_DAM_EnergyBidAwards"), f"{header}\n{row}\n"


def reconciled(workspace) -> dict[int, list[tuple]]:
    """Return what each year's file says was compared, and its findings by dataset and count."""
    found = {}
    for path in sorted((workspace.results / "interim/reconciliation").glob("*.json")):
        content = json.loads(path.read_text())
        compared = sum(relation["compared"] for relation in content["relations"])
        found[content["year"]] = (compared, [(f["dataset"], f["count"]) for f in content["findings"]])
    return found


def test_a_changed_year_is_reconciled_again_and_no_other(workspace):
    write_tree(workspace.raw)
    for day in DAYS:
        name, text = bid_awards(day, 5.0 if day.year == 2023 else 6.0)
        (workspace.raw / name).write_text(text)
    assert workspace.snakemake().code == 0
    assert reconciled(workspace) == {2023: (2, []), 2024: (2, [("dam_energy_bid_awards", 2)])}
    report = json.loads((workspace.results / "reports/verification.json").read_text())
    (finding,) = [f for f in report["findings"] if f["check"] == "reconciliation"]
    assert (finding["dataset"], finding["year"], finding["severity"], finding["count"]) == (
        "dam_energy_bid_awards",
        2024,
        "warning",
        2,
    )

    name, text = dam_spp(DAYS[0], published="140000", bump=1.0)
    (workspace.raw / name).write_text(text)
    planned = workspace.snakemake("-n")
    assert planned.jobs["reconcile"] == 1
    assert "reconcile the datasets of 2023" in planned.text
    assert workspace.snakemake().code == 0
    assert reconciled(workspace) == {
        2023: (2, [("dam_energy_bid_awards", 1)]),
        2024: (2, [("dam_energy_bid_awards", 2)]),
    }

    alone = workspace.snakemake("-n", datasets="[dam_spp,dam_mcpc]", results_dir="others")
    assert "reconcile" not in alone.jobs
