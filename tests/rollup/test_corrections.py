"""What replaces what: supplements and corrections of the disclosures, members without a key, corrected prices."""

import pytest
from final_prices import CASES, corrections_of, prices_of, run_of
from helpers import cdr, dam_spp_name, rt_spp_name, utc

# --- corrected prices -------------------------------------------------------------------------------------------------
# For each report: raw file, its lines, the correction's report type and part, header and a template of its rows. The
# raw rows are of two points A and B in two intervals, priced 1 to 4.

FIRST, SECOND = "05/20/2024 09:00:00", "06/03/2024 10:30:00"


@pytest.mark.parametrize("dataset", CASES)
def test_the_latest_correction_is_the_final_price(tmp_path, dataset):
    corrections = f"{dataset}_corrections"
    files = CASES[dataset][0] | corrections_of(dataset, "20240603", (1, "A", 10.5, 11.5, SECOND))
    files |= corrections_of(dataset, "20240604", (1, "A", 1, 10.5, FIRST), (2, "B", 4, -0.5, FIRST))
    run = run_of(tmp_path, files, dataset, corrections)
    assert prices_of(run, dataset) == [(11.5, 1.0), (2.0, None), (3.0, None), (-0.5, 4.0)]
    assert run.ledger(dataset, 2024) == (1, 1, 0, 4, 4, 0, 0, 0)
    assert run.ledger(corrections, 2024) == (2, 2, 0, 3, 3, 0, 0, 0)
    assert run.annual[corrections, 2024].select("original", "corrected").rows() == [
        (1.0, 10.5),
        (10.5, 11.5),
        (4.0, -0.5),
    ]
    assert run.findings("reconciliation") == []


@pytest.mark.parametrize("dataset", CASES)
def test_without_corrections_no_price_has_another(tmp_path, dataset):
    run = run_of(tmp_path, CASES[dataset][0], dataset, f"{dataset}_corrections")
    assert prices_of(run, dataset) == [(1.0, None), (2.0, None), (3.0, None), (4.0, None)]


@pytest.mark.parametrize("dataset", CASES)
def test_a_correction_of_no_row_changes_nothing_and_shows(tmp_path, dataset):
    rows = [(1, "NEW", 1, 9, FIRST), (1, "NEW", 9, 10, SECOND), (3, "A", 1, 9, FIRST), (2, "A", 3, 9, FIRST)]
    files = CASES[dataset][0] | corrections_of(dataset, "20240603", *rows)
    run = run_of(tmp_path, files, dataset, f"{dataset}_corrections")
    assert prices_of(run, dataset) == [(1.0, None), (2.0, None), (9.0, 3.0), (4.0, None)]
    (finding,) = run.findings("reconciliation")
    assert (finding["dataset"], finding["year"], finding["severity"]) == (dataset, 2024, "warning")
    assert finding["count"] == 2
    assert "NEW" in finding["examples"][0]


@pytest.mark.parametrize("dataset", CASES)
def test_corrections_of_a_year_without_raw_prices_are_a_finding(tmp_path, dataset):
    corrections = f"{dataset}_corrections"
    lone = corrections_of(dataset, "20240603", (1, "A", 1, 10.5, FIRST), (2, "B", 4, -0.5, FIRST))
    run = run_of(tmp_path, lone, dataset, corrections)
    (finding,) = run.findings("reconciliation")
    assert (finding["dataset"], finding["year"], finding["severity"], finding["count"]) == (
        corrections,
        2024,
        "warning",
        2,
    )
    assert finding["message"] == f"2 corrections of prices without a row to correct: the year has no file of {dataset}"
    assert finding["examples"] == ["2024-05-03: 2 corrections"]

    run = run_of(tmp_path, CASES[dataset][0], dataset, corrections)  # once the prices are there
    assert run.findings("reconciliation") == []


def test_only_the_year_that_has_no_raw_prices_is_told(tmp_path):
    files = CASES["dam_spp"][0] | corrections_of("dam_spp", "20240603", (1, "A", 1, 10.5, FIRST))
    rows = ["05/03/2023,1,A,1,2,05/04/2023 10:00:00,N"]
    files[cdr(13044, "20230603.120000", "pricecorrection_DAM_SPP.csv")] = [CASES["dam_spp"][2], *rows]
    run = run_of(tmp_path, files, "dam_spp", "dam_spp_corrections")
    assert [(f["dataset"], f["year"], f["count"]) for f in run.findings("reconciliation")] == [
        ("dam_spp_corrections", 2023, 1)
    ]


def test_who_asks_for_corrections_alone_lacks_no_prices(tmp_path):
    lone = corrections_of("dam_spp", "20240603", (1, "A", 1, 10.5, FIRST))
    run = run_of(tmp_path, lone, "dam_spp_corrections")
    assert run.ledger("dam_spp_corrections", 2024) == (1, 1, 0, 1, 1, 0, 0, 0)
    assert run.findings("reconciliation") == []


def test_rejected_corrections_correct_nothing(tmp_path):
    lone = corrections_of("dam_spp", "20240603", (1, "A", 1, "n/a", FIRST))
    run = run_of(tmp_path, lone, "dam_spp", "dam_spp_corrections")
    assert run.ledger("dam_spp_corrections", 2024) == (1, 1, 0, 1, 0, 0, 0, 1)
    assert run.findings("reconciliation") == []


def test_a_correction_tells_the_energy_weighted_price_of_a_zone_apart(tmp_path):
    header = CASES["rt_spp"][0][rt_spp_name("20240503_0100")][0]
    files = {rt_spp_name("20240503_0015"): [header, *(f"05/03/2024,1,1,LZ_A,{t},5.0,N" for t in ("LZ", "LZEW"))]}
    rows = ["05/03/2024,1,1,LZ_A,LZEW,5,6.5,05/20/2024 09:00:00,N"]
    files[cdr(13045, "20240603.120000", "pricecorrection_RTM_SPP.csv")] = [CASES["rt_spp"][2], *rows]
    run = run_of(tmp_path, files, "rt_spp", "rt_spp_corrections")
    assert prices_of(run, "rt_spp") == [(5.0, None), (6.5, 5.0)]


def test_a_correction_finds_its_pass_of_the_repeated_hour(tmp_path):
    lines = ["DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag"]
    lines += ["11/03/2024,02:00,A,1.0,N", "11/03/2024,02:00,A,2.0,Y"]
    rows = ["11/03/2024,2,A,2,7.5,11/20/2024 09:00:00,Y"]
    files = {dam_spp_name("2024-11-03"): lines}
    files[cdr(13044, "20241120.120000", "pricecorrection_DAM_SPP.csv")] = [CASES["dam_spp"][2], *rows]
    run = run_of(tmp_path, files, "dam_spp", "dam_spp_corrections")
    frame = run.annual["dam_spp", 2024]
    assert frame["interval_start"].to_list() == [utc("2024-11-03T06"), utc("2024-11-03T07")]
    assert prices_of(run, "dam_spp") == [(1.0, None), (7.5, 2.0)]


def test_a_file_of_corrections_feeds_both_years_that_it_touches(tmp_path):
    header = "DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag"
    days = {"2023-12-31": "12/31/2023", "2024-01-01": "01/01/2024"}
    files = {dam_spp_name(iso): [header, f"{day},01:00,A,1.0,N"] for iso, day in days.items()}
    rows = [f"{day},1,A,1,{new},01/05/2024 09:00:00,N" for day, new in zip(days.values(), (2.5, 3.5), strict=True)]
    files[cdr(13044, "20240105.120000", "pricecorrection_DAM_SPP.csv")] = [CASES["dam_spp"][2], *rows]
    run = run_of(tmp_path, files, "dam_spp", "dam_spp_corrections")
    for year, price in ((2023, 2.5), (2024, 3.5)):
        frame = run.annual["dam_spp", year]
        assert frame.select("settlement_point_price", "settlement_point_price_original").row(0) == (price, 1.0)
    ledgers = [row for row in run.report["ledger"] if row["dataset"] == "dam_spp_corrections"]
    assert [(row["files_read"], row["rows_written"]) for row in ledgers] == [(1, 1), (0, 1)]


def test_other_parts_of_the_corrections_are_ignored(tmp_path):
    dam = [cdr(13044, "20240603.120000", f"pricecorrection_{part}.csv") for part in ("DAM_EBLMP",)]
    parts = ("RTM_ShadowPrice", "RTM_SOGLMP", "RTM_SOGPRICE", "RTM_MCPC_SCED")
    names = dam + [cdr(13045, "20240603.120000", f"pricecorrection_{part}.csv") for part in parts]
    run = run_of(tmp_path, CASES["dam_spp"][0] | dict.fromkeys(names, "a,b\n1,2\n"))
    assert run.report["files"]["ignored"] == sorted(names)
    found = run.findings("unclaimed_file")
    assert [(f["severity"], f["count"]) for f in found] == [("warning", len(names))]
    assert "those prices stay uncorrected" in found[0]["message"]
    assert run.findings("ignored") == []
