"""What replaces what: supplements and corrections of the disclosures, members without a key, corrected prices."""

import pytest
from helpers import cdr, dam_spp_name, rt_spp_name, run_pipeline, utc, write_raw, zip_bytes

ESR = "SCED Time Stamp,Repeated Hour Flag,Resource Name,Base Point"
ESR_MEMBER = "60d_ESR_Data_in_SCED-03-FEB-26.csv"
DAILY = "cdr.00013052.0000000000000000.{day}.031500.60_Day_SCED_Disclosure.zip"
STAMPS = ("12/05/2025 00:00:11", "12/05/2025 00:05:11", "12/05/2025 00:10:11")


def esr(*points: float | str) -> list[str]:
    """Return the member of 5 December with one row a run; a point of "" is not printed at all."""
    return [ESR, *(f"{stamp},N,A_ESR1,{p}" for stamp, p in zip(STAMPS, points, strict=False) if p != "")]


def run_of(tmp_path, files, *datasets):
    run = run_pipeline(write_raw(tmp_path / "raw", files), tmp_path / "out", datasets=list(datasets))
    assert run.critical() == []
    return run


def points_of(run) -> list[float]:
    return run.annual["sced_esr", 2025]["base_point"].to_list()


def test_a_supplement_overrides_a_later_regular_file_row_by_row(tmp_path):
    supplement = "60d_ESR_Data_in_SCED_02032026_thru_02182026_SUPPLEMENTAL.zip"
    files = {
        DAILY.format(day="20260203"): zip_bytes({ESR_MEMBER: esr(1, 2, 3)}),
        supplement: zip_bytes({ESR_MEMBER: esr(1, 22)}),
        DAILY.format(day="20260301"): zip_bytes({ESR_MEMBER: esr(5, 2, 3)}),
    }
    run = run_of(tmp_path, files, "sced_esr")
    assert points_of(run) == [1.0, 22.0, 3.0]
    # run 1: the first regular row equals the supplement's, the later one does not; run 2: neither does; run 3: equal
    assert run.ledger("sced_esr", 2025) == (3, 3, 0, 8, 3, 2, 3, 0)
    assert run.findings("revision")[0]["count"] == 3
    replaced = run.revisions["sced_esr", 2025]
    assert sorted(replaced["base_point"].to_list()) == [2.0, 2.0, 5.0]


def test_a_correction_overrides_a_later_regular_file_and_yields_to_a_supplement(tmp_path):
    correction = cdr(13052, "20260210.031500", "60_Day_SCED_Disclosure_CORRECTION.zip")
    files = {
        DAILY.format(day="20260203"): zip_bytes({ESR_MEMBER: esr(1, 2, 3)}),
        correction: zip_bytes({ESR_MEMBER: esr(11, 12)}),
        DAILY.format(day="20260301"): zip_bytes({ESR_MEMBER: esr(1, 2, 33)}),
        "60d_ESR_Data_in_SCED-03-FEB-26_SUPPLEMENTAL_CORRECTION.csv": esr(21),
    }
    run = run_of(tmp_path, files, "sced_esr")
    assert points_of(run) == [21.0, 12.0, 33.0]
    assert run.ledger("sced_esr", 2025) == (4, 4, 0, 9, 3, 0, 6, 0)


# --- members without a key --------------------------------------------------------------------------------------------

OFFERS = (
    "Delivery Date,Hour Ending,QSE,DME,Resource Name,Multi-Hour Block Flag,BLOCK INDICATOR1,PRICE1 ECRS,QUANTITY MW1"
)
A, B, C = ("02/04/2026,1,QAAA,DAAA,{},N,V,{},{}".format(*row) for row in (("A", 1, 10), ("A", 1, 10.1), ("C", 1, 9)))
OFFER_FILE = "60d_DAM_ESR_ASOffers-05-APR-26.csv"


def offers_of(run):
    return run.annual["dam_esr_as_offers", 2026].select("resource_name", "quantity_mw1").rows()


def test_equal_offers_of_one_file_stay(tmp_path):
    run = run_of(tmp_path, {OFFER_FILE: [OFFERS, A, A, B]}, "dam_esr_as_offers")
    assert offers_of(run) == [("A", 10.0), ("A", 10.0), ("A", 10.1)]
    assert run.ledger("dam_esr_as_offers", 2026) == (1, 1, 0, 3, 3, 0, 0, 0)


def test_offers_are_replaced_member_by_member(tmp_path):
    outer = "cdr.00013051.0000000000000000.{day}.031500.60_Day_DAM_Disclosure.zip"
    files = {
        outer.format(day="20260405"): zip_bytes({OFFER_FILE: [OFFERS, A, A, B]}),
        outer.format(day="20260407"): zip_bytes({OFFER_FILE: [OFFERS, A, C, C]}),
    }
    run = run_of(tmp_path, files, "dam_esr_as_offers")
    assert offers_of(run) == [("A", 10.0), ("C", 9.0), ("C", 9.0)]
    assert run.ledger("dam_esr_as_offers", 2026) == (2, 2, 0, 6, 3, 2, 1, 0)
    assert run.revisions["dam_esr_as_offers", 2026]["quantity_mw1"].to_list() == [10.1]


def test_a_member_that_lies_there_twice_is_taken_once(tmp_path):
    files = {f"a/{OFFER_FILE}": [OFFERS, A, A, B], f"b/{OFFER_FILE}": [OFFERS, A, A, B]}
    run = run_of(tmp_path, files, "dam_esr_as_offers")
    assert offers_of(run) == [("A", 10.0), ("A", 10.0), ("A", 10.1)]
    assert run.ledger("dam_esr_as_offers", 2026) == (2, 2, 0, 6, 3, 3, 0, 0)


def test_a_supplement_replaces_only_the_days_that_it_has(tmp_path):
    next_day = [row.replace("02/04/2026", "02/05/2026") for row in (A, B)]
    files = {
        OFFER_FILE: [OFFERS, A, B],
        "60d_DAM_ESR_ASOffers-06-APR-26.csv": [OFFERS, *next_day],
        "60d_DAM_ESR_ASOffers_04052026_thru_04052026_SUPPLEMENTAL.zip": zip_bytes({OFFER_FILE: [OFFERS, C]}),
    }
    run = run_of(tmp_path, files, "dam_esr_as_offers")
    assert offers_of(run) == [("C", 9.0), ("A", 10.0), ("A", 10.1)]
    assert run.ledger("dam_esr_as_offers", 2026) == (3, 3, 0, 5, 3, 0, 2, 0)


# --- corrected prices -------------------------------------------------------------------------------------------------
# For each report: raw file, its lines, the correction's report type and part, header and a template of its rows. The
# raw rows are of two points A and B in two intervals, priced 1 to 4.

FIRST, SECOND = "05/20/2024 09:00:00", "06/03/2024 10:30:00"
CASES = {
    "dam_spp": (
        {
            dam_spp_name("2024-05-03"): [
                "DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag",
                *(f"05/03/2024,0{1 + i // 2}:00,{'AB'[i % 2]},{i + 1}.0,N" for i in range(4)),
            ]
        },
        (13044, "DAM_SPP"),
        "DeliveryDate,DeliveryHour,SettlementPoint,SPPOriginal,SPPCorrected,PriceCorrectionTime,DSTFlag",
        "05/03/2024,{hour},{who},{old},{new},{when},N",
        "settlement_point_price",
    ),
    "dam_mcpc": (
        {
            cdr(12329, "20240502.123000", "DAMCPCNP4188.csv"): [
                "DeliveryDate,HourEnding,AncillaryType,MCPC,DSTFlag",
                *(f"05/03/2024,0{1 + i // 2}:00,{'AB'[i % 2]},{i + 1}.0,N" for i in range(4)),
            ]
        },
        (13044, "DAM_MCPC"),
        "DeliveryDate,DeliveryHour,ASType,MCPCOriginal,MCPCCorrected,PriceCorrectionTime,DSTFlag",
        "05/03/2024,{hour},{who},{old},{new},{when},N",
        "mcpc",
    ),
    "rt_spp": (
        {
            rt_spp_name("20240503_0100"): [
                "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,"
                "SettlementPointPrice,DSTFlag",
                *(f"05/03/2024,{1 + i // 2},1,{'AB'[i % 2]},LZ,{i + 1}.0,N" for i in range(4)),
            ]
        },
        (13045, "RTM_SPP"),
        "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,SPPOriginal,SPPCorrected,"
        "PriceCorrectionTime,DSTFlag",
        "05/03/2024,{hour},1,{who},LZ,{old},{new},{when},N",
        "settlement_point_price",
    ),
    "rt_lmp": (
        {
            cdr(12300, "20240503.000015", "LMPSROSNODENP6788_20240503_000011.csv"): [
                "SCEDTimestamp,RepeatedHourFlag,SettlementPoint,LMP",
                *(f"05/03/2024 0{i // 2}:00:11,N,{'AB'[i % 2]},{i + 1}.0" for i in range(4)),
            ]
        },
        (13045, "RTM_SPLMP"),
        "SCEDTimestamp,SettlementPoint,LMPOriginal,LMPCorrected,PriceCorrectionTime,DSTFlag",
        "05/03/2024 0{before}:00:11,{who},{old},{new},{when},N",
        "lmp",
    ),
    "rt_mcpc": (  # began later than this day, which only makes the cases alike
        {
            cdr(24898, "20240503.010002", "RTDMCPCNP6331_20240503_0100.csv"): [
                "DeliveryDate,DeliveryHour,DeliveryInterval,RepeatedHourFlag,ASType,MCPC",
                *(f"05/03/2024,{1 + i // 2},1,N,{'AB'[i % 2]},{i + 1}.0" for i in range(4)),
            ]
        },
        (13045, "RTM_MCPC_SPP"),
        "DeliveryDate,DeliveryHour,DeliveryInterval,ASType,MCPCOriginal,MCPCCorrected,PriceCorrectionTime,"
        "RepeatedHourFlag",
        "05/03/2024,{hour},1,{who},{old},{new},{when},N",
        "mcpc",
    ),
}


def corrections_of(dataset: str, day: str, *rows: tuple) -> dict[str, list[str]]:
    """Return a file of corrections published on a day; each row is hour, point, old and new price, and time."""
    _, (report, part), header, template, _ = CASES[dataset]
    lines = [template.format(hour=h, before=h - 1, who=w, old=o, new=n, when=t) for h, w, o, n, t in rows]
    return {cdr(report, f"{day}.120000", f"pricecorrection_{part}.csv"): [header, *lines]}


def prices_of(run, dataset: str) -> list[tuple]:
    price = CASES[dataset][-1]
    frame = run.annual[dataset, 2024]
    place = frame.columns.index(price)
    assert frame.columns[place : place + 2] == [price, f"{price}_original"]
    return frame.select(price, f"{price}_original").rows()


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


# A report whose corrections override two prices: the pair that bus prices were split into.
BUS_FILE = cdr(11485, "20260830.092520", "LMPBUSNP6787_20260830_092518.csv")
BUSES = ["SCEDTimestamp,RepeatedHourFlag,ElectricalBus,CappedLMP,UncappedLMP"]
BUSES += [
    f"08/30/2026 09:25:18,N,{bus},{capped},{uncapped}" for bus, capped, uncapped in (("0001", 15.9, 16), ("B", 2, 3))
]
BUS_CORRECTIONS = (
    "SCEDTimestamp,ElectricalBus,CappedLMPOriginal,UncappedLMPOriginal,CappedLMPCorrected,UncappedLMPCorrected,"
    "PriceCorrectionTime,RepeatedHourFlag"
)
BUS_PRICES = ["capped_lmp", "capped_lmp_original", "uncapped_lmp", "uncapped_lmp_original"]


def bus_corrections(day: str, *rows: str) -> dict[str, list[str]]:
    return {
        cdr(13045, f"{day}.143905", f"pricecorrection_RTM_EBLMP_{day}_to_{day}_NP4197.csv"): [BUS_CORRECTIONS, *rows]
    }


def test_corrections_override_both_prices_of_a_bus(tmp_path):
    files = {BUS_FILE: BUSES}
    files |= bus_corrections("20260903", "08/30/2026 09:25:18,0001,15.66,16,-4.5,17,09/03/2026 16:00:00,N")
    files |= bus_corrections("20260901", "08/30/2026 09:25:18,0001,15.9,16,15.66,16,09/01/2026 16:00:00,N")
    run = run_of(tmp_path, files, "rt_lmp_bus", "rt_lmp_bus_corrections")
    frame = run.annual["rt_lmp_bus", 2026]
    assert [name for name in frame.columns if name.endswith("_original")] == BUS_PRICES[1::2]
    assert frame.select("electrical_bus", *BUS_PRICES).rows() == [
        ("0001", -4.5, 15.9, 17.0, 16.0),
        ("B", 2.0, None, 3.0, None),
    ]
    assert run.ledger("rt_lmp_bus", 2026) == (1, 1, 0, 2, 2, 0, 0, 0)
    assert run.ledger("rt_lmp_bus_corrections", 2026) == (2, 2, 0, 2, 2, 0, 0, 0)
    assert run.findings("reconciliation") == []


def test_a_pair_of_corrected_prices_leaves_the_single_price_before_the_split_alone_and_shows(tmp_path):
    raw = ["SCEDTimestamp,RepeatedHourFlag,ElectricalBus,LMP", "08/20/2026 09:25:18,N,0001,15.9"]
    files = {cdr(11485, "20260820.092520", "LMPBUSNP6787_20260820_092518.csv"): raw}
    files |= bus_corrections("20260901", "08/20/2026 09:25:18,0001,15.9,15.9,15.66,16,09/01/2026 16:00:00,N")
    run = run_of(tmp_path, files, "rt_lmp_bus", "rt_lmp_bus_corrections")
    assert run.annual["rt_lmp_bus", 2026].select("lmp", *BUS_PRICES).rows() == [(15.9, None, None, None, None)]
    (finding,) = run.findings("reconciliation")
    assert (finding["dataset"], finding["count"]) == ("rt_lmp_bus", 1)
    assert finding["examples"] == ["2026-08-20 14:25:18+00:00 0001"]


def test_bus_corrections_of_an_unknown_header_are_rejected_by_name(tmp_path):
    name = cdr(13045, "20160708.191842", "pricecorrection_RTM_EBLMP_NP4197_retry_20160708_191842.csv")
    header = "SCEDTimestamp,ElectricalBus,LMPOriginal,LMPCorrected,PriceCorrectionTime,DSTFlag"
    files = {name: [header, "07/07/2016 09:25:18,0001,15.9,16,07/08/2016 16:00:00,N"]}
    run = run_of(tmp_path, files, "rt_lmp_bus", "rt_lmp_bus_corrections")
    (rejected,) = run.report["files"]["rejected"]
    assert (rejected["file"], rejected["dataset"]) == (name, "rt_lmp_bus_corrections")
    assert rejected["reason"] == "missing_column: the header lacks capped_corrected, uncapped_corrected"


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
