"""SCED runs on the days on which the clock is set."""

import polars as pl
import pytest
from helpers import (
    DAM_SPP_HEADER,
    cdr,
    dam_spp_name,
    utc,
)
from turned_days import run_one

RUNS = {
    "rt_lmp": (12300, "LMPSROSNODENP6788", "SettlementPoint,LMP", "HB_NORTH,{0}", "lmp"),
    "rt_mcpc_sced": (24891, "MCPCNP6332", "ASType,CappedMCPC,UncappedMCPC", "REGUP,{0},{0}", "capped_mcpc"),
}


def run_file(dataset, stamp, flag, price):
    """Return the file of one SCED run; ``stamp`` is MM/DD/YYYY HH:MM:SS."""
    report, friendly, columns, entity, _ = RUNS[dataset]
    digits = f"{stamp[6:10]}{stamp[:2]}{stamp[3:5]}_{stamp[11:].replace(':', '')}"
    mark = "_xhr" if flag == "Y" else ""
    head, label = (
        (f"SCEDTimestamp,RepeatedHourFlag,{columns}", f"{stamp},{flag}")
        if flag
        else (f"SCEDTimestamp,{columns}", stamp)
    )
    name = cdr(report, digits.replace("_", "."), f"{friendly}{mark}_{digits}.csv")
    return {name: [head, f"{label},{entity.format(price)}"]}


@pytest.mark.parametrize("dataset", RUNS)
def test_sced_stamps_of_november_keep_their_seconds_and_both_passes(tmp_path, dataset):
    runs = [
        ("11/01/2026 00:55:12", "N", "2026-11-01T05:55:12"),
        ("11/01/2026 01:00:13", "N", "2026-11-01T06:00:13"),
        ("11/01/2026 01:55:14", "N", "2026-11-01T06:55:14"),
        ("11/01/2026 01:00:13", "Y", "2026-11-01T07:00:13"),
        ("11/01/2026 01:55:15", "Y", "2026-11-01T07:55:15"),
        ("11/01/2026 02:00:16", "N", "2026-11-01T08:00:16"),
        ("11/01/2026 23:55:17", "N", "2026-11-02T05:55:17"),
    ]
    files = {}
    for price, (stamp, flag, _) in enumerate(runs):
        files |= run_file(dataset, stamp, flag, price)
    run = run_one(tmp_path, files, dataset)
    frame = run.annual[dataset, 2026]
    assert frame["sced_timestamp"].to_list() == [utc(start) for _, _, start in runs]
    assert frame["repeated_hour_flag"].to_list() == [flag == "Y" for _, flag, _ in runs]
    assert frame[RUNS[dataset][4]].to_list() == list(range(7))
    assert frame["delivery_date"].cast(pl.String).unique().to_list() == ["2026-11-01"]
    assert run.ledger(dataset, 2026) == (7, 7, 0, 7, 7, 0, 0, 0)


@pytest.mark.parametrize("dataset", RUNS)
def test_sced_stamps_in_the_missing_march_hour_are_rejected(tmp_path, dataset):
    files = run_file(dataset, "03/08/2026 01:55:12", "N", 1) | run_file(dataset, "03/08/2026 02:00:13", "N", 2)
    files |= run_file(dataset, "03/08/2026 02:59:59", "N", 3) | run_file(dataset, "03/08/2026 03:00:14", "N", 4)
    run = run_one(tmp_path, files, dataset)
    frame = run.annual[dataset, 2026]
    assert frame["sced_timestamp"].to_list() == [utc("2026-03-08T07:55:12"), utc("2026-03-08T08:00:14")]
    assert frame[RUNS[dataset][4]].to_list() == [1.0, 4.0]
    assert run.reasons(dataset, 2026) == [(2, "nonexistent_hour"), (2, "nonexistent_hour")]
    assert run.ledger(dataset, 2026) == (4, 4, 0, 4, 2, 0, 0, 2)


def test_sced_stamps_of_the_repeated_hour_without_a_flag_are_not_guessed(tmp_path):
    files = run_file("rt_lmp", "11/01/2026 00:59:59", None, 1) | run_file("rt_lmp", "11/01/2026 01:05:13", None, 2)
    files |= run_file("rt_lmp", "11/01/2026 02:00:14", None, 3)
    run = run_one(tmp_path, files, "rt_lmp")
    frame = run.annual["rt_lmp", 2026]
    assert frame["sced_timestamp"].to_list() == [utc("2026-11-01T05:59:59"), utc("2026-11-01T08:00:14")]
    assert run.reasons("rt_lmp", 2026) == [(2, "ambiguous_hour")]


def test_summer_and_winter_are_both_flagged_n(tmp_path):
    files = {dam_spp_name("2026-01-15"): [DAM_SPP_HEADER, "01/15/2026,01:00,HB_NORTH,1,N"]}
    files |= {dam_spp_name("2026-07-15"): [DAM_SPP_HEADER, "07/15/2026,01:00,HB_NORTH,2,N"]}
    frame = run_one(tmp_path, files, "dam_spp").annual["dam_spp", 2026]
    assert frame["interval_start"].to_list() == [utc("2026-01-15T06"), utc("2026-07-15T05")]
