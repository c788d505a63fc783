"""Datasets of one year are held against each other, and only those of the year that changed."""

import json
from datetime import date, timedelta

import pytest
from workbooks import xlsx_bytes

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


def history(day: date, prices: dict[str, float], years: tuple[int, ...]) -> dict[str, bytes]:
    """Return workbooks with a sheet of one day, in which each point has one price in hour 5."""
    header = ["Delivery Date", "Hour Ending", "Repeated Hour Flag", "Settlement Point", "Settlement Point Price"]
    return {
        f"rpt.00013060.0000000000000000.DAMLZHBSPP_{year}.xlsx": xlsx_bytes(
            {
                "Jan_1": [
                    header,
                    *([f"{day.replace(year=year):%m/%d/%Y}", "05:00", "N", *item] for item in prices.items()),
                ]
            }
        )
        for year in years
    }


def test_a_yearly_history_is_held_against_the_daily_report_of_its_year(workspace):
    write_tree(workspace.raw)
    for name, content in history(DAYS[-1], {"HB_HOUSTON": 5.0, "LZ_WEST": 6.5}, (2022, 2024)).items():
        (workspace.raw / name).write_bytes(content)
    row = "01/02/2022,5,HB_HOUSTON,1,2,01/03/2022 10:00:00,N"
    header = "DeliveryDate,DeliveryHour,SettlementPoint,SPPOriginal,SPPCorrected,PriceCorrectionTime,DSTFlag"
    name = "cdr.00013044.0000000000000000.20220104.120000.pricecorrection_DAM_SPP.csv"
    (workspace.raw / name).write_text(f"{header}\n{row}\n")
    run = workspace.snakemake()
    assert run.code == 0, run.text
    assert reconciled(workspace) == {2024: (2, [("dam_spp_yearly", 1), ("dam_spp_yearly", 46)])}  # 23 hours of 2 points
    report = json.loads((workspace.results / "reports/verification.json").read_text())
    found = {(f["dataset"], f["year"], f["message"]) for f in report["findings"] if f["check"] == "reconciliation"}
    assert found == {
        ("dam_spp_yearly", 2024, "1 of 2 values of settlement_point_price differ from dam_spp by more than 0.005"),
        (
            "dam_spp_yearly",
            2024,
            "46 values of settlement_point_price are in only one of dam_spp_yearly and dam_spp, on days that both have",
        ),
        (
            "dam_spp_corrections",
            2022,
            "1 correction of prices without a row to correct: the year has no file of dam_spp",
        ),
    }
    assert workspace.snakemake("-n").jobs == {}


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
