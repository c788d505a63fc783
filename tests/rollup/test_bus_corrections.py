"""Corrections of bus prices, which override two prices at once."""

from final_prices import run_of
from helpers import cdr

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
