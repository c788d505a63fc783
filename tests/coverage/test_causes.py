"""Why a day or an interval is missing, from rejected, misnamed and empty files, losses, rejected rows, receipts."""

from datetime import UTC, date, datetime

import pytest
from archives import dam, note, simulated
from helpers import DAM_SPP_HEADER, dam_spp_name, run_pipeline, write_raw

from ercot.catalog import DATASETS
from ercot.coverage.causes import CAUSES, evidence_of, missing_with_causes
from ercot.raw.file_names import NameReader
from ercot.raw.receipts import Absence

DAY = date(2024, 5, 2)
NAME = dam_spp_name("2024-05-02")
AROUND = dam("2024-05-01", "2024-05-03")


def causes_of(tmp_path, files, dataset, losses=(), absence=lambda dataset, day: ""):
    """What is missing of a dataset, as (day, time, name of the cause)."""
    run = run_pipeline(write_raw(tmp_path / "raw", files), tmp_path / "out", [dataset])
    rejected = run.report["files"]["rejected"]
    known = evidence_of(NameReader(DATASETS), rejected, run.plan.unclaimed, run.verified, losses, absence)
    found = missing_with_causes(DATASETS, run.due, known)
    assert found == missing_with_causes(DATASETS, run.due, known)  # nothing is used up
    return [(one.day, one.time, one.cause.name) for one in found]


@pytest.mark.parametrize(
    ("files", "losses", "cause"),
    [
        ({}, {}, "not_here"),
        ({NAME: [DAM_SPP_HEADER.replace("SettlementPointPrice", "Word"), "a"]}, {}, "rejected_file"),
        ({f"Copy of {NAME}": dam("2024-05-02")[NAME]}, {}, "misnamed_file"),
        ({f"{NAME}.crdownload": dam("2024-05-02")[NAME]}, {}, "misnamed_file"),
        ({NAME: [DAM_SPP_HEADER]}, {}, "no_rows"),
        ({}, {"2024-05-02": 24}, "lost"),
        ({f"Copy of {NAME}": dam("2024-05-02")[NAME]}, {"2024-05-02": 24}, "misnamed_file"),  # what was lost is here
        ({NAME: [DAM_SPP_HEADER]}, {"2024-05-02": 24}, "lost"),  # nobody should accept what had rows once
        ({NAME: [DAM_SPP_HEADER, "05/02/2024,99:00,HB_WEST,1,N"]}, {}, "rejected_rows"),
    ],
)
def test_a_missing_day(tmp_path, files, losses, cause):
    losses = [{"dataset": "dam_spp", "year": 2024, "days": losses}]
    assert causes_of(tmp_path, AROUND | files, "dam_spp", losses) == [(DAY, None, cause)]


@pytest.mark.parametrize(
    ("receipt", "cause"), [(Absence.NOT_POSTED, "not_posted"), (Absence.NOT_HERE, "not_here"), ("", "not_here")]
)
def test_a_missing_day_of_which_a_receipt_tells(tmp_path, receipt, cause):
    found = causes_of(tmp_path, AROUND, "dam_spp", absence=lambda dataset, day: str(receipt))
    assert found == [(DAY, None, cause)]


def test_an_hour_that_the_file_of_its_day_lacks(tmp_path):
    files = AROUND | {NAME: [line for line in dam("2024-05-02")[NAME] if ",07:00," not in line]}
    seven = datetime(2024, 5, 2, 11, tzinfo=UTC)  # 06:00 CDT
    assert causes_of(tmp_path, files, "dam_spp") == [(DAY, seven, "not_in_file")]


def test_one_rejected_file_of_an_interval_stands_for_one_run_only(tmp_path):
    """Three runs of an hour are missing: the file of one is broken, those of the others were never here."""
    day = date(2024, 5, 2)
    files = simulated("rt_lmp", day)
    hour = sorted(name for name in files if "LMPSROSNODENP6788_20240502_05" in name)
    broken, *gone = hour[2:5]
    left = {name: data for name, data in files.items() if name not in gone} | {broken: b"<html></html>"}
    found = causes_of(tmp_path, left | note("20240503.120000"), "rt_lmp")
    assert sorted(cause for at, _, cause in found if at == day) == ["not_here", "not_here", "rejected_file"]


def test_every_cause_says_what_it_means_and_what_to_do():
    assert len({cause.name for cause in CAUSES}) == len(CAUSES)
    assert all(cause.meaning and cause.advice for cause in CAUSES)
