"""What the name of a member says, against that of its container and against its rows."""

import os
import shutil
from datetime import date, datetime
from pathlib import Path

import pytest
from helpers import (
    DAM_SPP_HEADER,
    RT_SPP_HEADER,
    cdr,
    gzip_bytes,
    rt_spp_name,
    utc,
    write_raw,
    zip_bytes,
)
from postings import ESR, prices, run_dam
from zipped import esr, run_of

from ercot.catalog import DATASETS
from ercot.planning.plan import make_plan
from ercot.raw.inventory import take_inventory

pytestmark = pytest.mark.slow

DAM = "dam_spp"


# Members of other days and reports than their container's name says


def quarter(day, price):
    """Return a real-time file of the first quarter hour of a day."""
    return [RT_SPP_HEADER, f"{day},1,1,HB_NORTH,HU,{price},N"]


OUTER = rt_spp_name("20240502_0015", ending="_csv.zip")


@pytest.mark.parametrize("deep", ["", "in/"])
def test_a_member_of_another_day_than_its_zip_says_loses_no_row(tmp_path, deep):
    """The name of the zip fixes report and day; one member is of that day, one of the next, one of another year."""
    members = {
        f"{deep}{rt_spp_name('20240502_0015')}": quarter("05/02/2024", 1),
        f"{deep}{rt_spp_name('20240503_0015')}": quarter("05/03/2024", 2),
        f"{deep}446428299.{rt_spp_name('20230101_0015')}": quarter("01/01/2023", 3),
    }
    run = run_of(tmp_path, {OUTER: zip_bytes(members)}, "rt_spp")
    assert run.ledger("rt_spp", 2024) == (2, 2, 0, 2, 2, 0, 0, 0)
    assert run.ledger("rt_spp", 2023) == (1, 1, 0, 1, 1, 0, 0, 0)
    assert prices(run, "rt_spp", 2024) == [1.0, 2.0]
    assert prices(run, "rt_spp", 2023) == [3.0]


@pytest.mark.parametrize("member", [rt_spp_name("20230503_0015"), rt_spp_name("20230503_0015") + ".gz"])
def test_the_only_member_of_a_zip_may_be_of_another_day(tmp_path, member):
    body = quarter("05/03/2023", 2)
    run = run_of(tmp_path, {OUTER: zip_bytes({member: gzip_bytes(body) if member[-1] == "z" else body})}, "rt_spp")
    assert list(run.annual) == [("rt_spp", 2023)]
    assert run.ledger("rt_spp", 2023) == (1, 1, 0, 1, 1, 0, 0, 0)


def test_a_member_without_a_name_of_its_own_is_what_its_nearest_named_container_is(tmp_path):
    """The named zip lies in one of the user's, and holds a CSV that is just called data."""
    inner = zip_bytes({"data.csv": quarter("05/02/2024", 1)})
    run = run_of(tmp_path, {"all of May.zip": zip_bytes({f"x/{OUTER}": inner}), OUTER: inner}, "rt_spp")
    assert run.ledger("rt_spp", 2024) == (2, 2, 0, 2, 1, 1, 0, 0)
    assert run.report["files"] == {"ignored": [], "rejected": []}


def test_a_member_named_as_a_report_that_nobody_reads_is_not_taken_for_its_container_s(tmp_path):
    stranger = cdr(99999, "20240502.001502", "SOMETHING.csv")
    members = {rt_spp_name("20240502_0015"): quarter("05/02/2024", 1), stranger: ["a,b", "1,2"]}
    run = run_of(tmp_path, {OUTER: zip_bytes(members)}, "rt_spp")
    assert run.ledger("rt_spp", 2024) == (1, 1, 0, 1, 1, 0, 0, 0)
    assert run.report["files"] == {"ignored": [f"{OUTER}!{stranger}"], "rejected": []}


def test_a_zip_is_looked_into_once_and_again_when_it_changed(tmp_path, monkeypatch):
    raw, interim = tmp_path / "raw", tmp_path / "interim"
    plain = rt_spp_name("20240502_0030", ending="_csv.zip")
    two = {rt_spp_name(f"20240502_{end}"): quarter("05/02/2024", 1) for end in ("0045", "0100")}
    write_raw(raw, {plain: zip_bytes({rt_spp_name("20240502_0030"): quarter("05/02/2024", 1)}), OUTER: zip_bytes(two)})
    opened = []

    def plan():
        opened.clear()
        make_plan(raw, interim, DATASETS, ["rt_spp"], None, 30)
        kept = {path.name: path.read_bytes() for path in interim.rglob("*.gz")}
        return sorted(opened), kept

    real = os.open

    def spy(path, *more, **kinds):
        if str(path).endswith(".zip"):
            opened.append(os.path.basename(path))
        return real(path, *more, **kinds)

    monkeypatch.setattr(os, "open", spy)
    first, made = plan()
    assert first == sorted([OUTER, plain])
    assert plan() == ([], made)
    member = rt_spp_name("20240503_0030")
    write_raw(raw, {plain: zip_bytes({member: quarter("05/03/2024", 1)})})
    again, changed = plan()
    assert again == [plain]
    assert changed != made
    write_raw(raw, {OUTER: zip_bytes({rt_spp_name("20240502_0015"): quarter("05/02/2024", 1)})})
    assert plan()[0] == [OUTER]
    again, changed = plan()
    assert again == []
    shutil.rmtree(interim)
    assert plan()[1] == changed, "what a zip held before leaves no trace"


# Rows of another day than the name says


def test_rows_far_from_what_the_name_says_count_and_are_a_finding(tmp_path):
    name = cdr(12331, "20240430.123000", "DAMSPNP4190.csv")
    zipped = cdr(12331, "20240501.123000", "DAMSPNP4190_csv.zip")
    rows = [DAM_SPP_HEADER, "05/01/2023,01:00,HB_NORTH,1.5,N", "05/01/2023,02:00,HB_NORTH,2.5,N"]
    far = [DAM_SPP_HEADER, "05/12/2023,01:00,HB_NORTH,3.5,N"]
    run = run_dam(tmp_path, {f"a/{name}": rows, zipped: zip_bytes({"data.csv": far})})
    assert prices(run, DAM, 2023) == [1.5, 2.5, 3.5]
    assert run.annual[DAM, 2023]["interval_start"].to_list()[0] == utc("2023-05-01T05")
    assert run.ledger(DAM, 2023) == (2, 2, 0, 3, 3, 0, 0, 0)
    found = [(f["severity"], f["dataset"], f["year"], f["count"], f["examples"]) for f in run.findings("foreign_date")]
    shown = [
        f"a/{name}: named 2024-05-01, rows of 2023-05-01",
        f"{zipped}!data.csv: named 2024-05-02, rows of 2023-05-12",
    ]
    assert found == [("warning", DAM, 2023, 2, shown)]


WEEK = {"20240430": False, "20240507": False, "20240423": False, "20240508": True, "20240422": True, "20240531": True}


@pytest.mark.parametrize(("posted", "far"), WEEK.items())
def test_a_week_is_not_far(tmp_path, posted, far):
    """The rows are of 1 May: published the day before as they should, up to a week off, and more."""
    name = cdr(12331, f"{posted}.123000", "DAMSPNP4190.csv")
    run = run_dam(tmp_path, {name: [DAM_SPP_HEADER, "05/01/2024,01:00,HB_NORTH,1.5,N"]})
    assert run.ledger(DAM, 2024) == (1, 1, 0, 1, 1, 0, 0, 0)
    assert bool(run.findings("foreign_date")) == far


def test_a_60_day_member_one_day_off_is_as_ercot_posts_them(tmp_path):
    run = run_of(tmp_path, {f"{ESR}.csv": [line.replace("12/05", "12/06") for line in esr(1)]}, "sced_esr")
    assert run.ledger("sced_esr", 2025) == (1, 1, 0, 1, 1, 0, 0, 0)
    assert run.findings("foreign_date") == []


CORRECTION = [
    "DeliveryDate,DeliveryHour,SettlementPoint,SPPOriginal,SPPCorrected,PriceCorrectionTime,DSTFlag",
    "05/01/2024,1,HB_NORTH,1,2,05/20/2024 10:00:00,N",
]


@pytest.mark.parametrize(
    "name",
    [
        "pricecorrection_DAM_SPP_20240501_to_20240501_NP4196.csv",
        "pricecorrection_DAM_SPP_20241023_to_20241023_NP4196.csv",
        "pricecorrection_DAM_SPP_NP4196_retry_20241023_191842.csv",
        "pricecorrection_DAM_SPP_NP4196_retry_20241023_191842_csv.zip",
    ],
    ids=["range of operating days", "range of the day of posting", "retry without range", "zip"],
)
def test_the_name_of_a_correction_says_nothing_of_the_day(tmp_path, name):
    """Posted 175 days after the operating day; the range in the name is that day, or the day of posting, or absent."""
    name = cdr(13044, "20241023.191842", name)
    body = zip_bytes({name.replace("_csv.zip", ".csv"): CORRECTION}) if name.endswith(".zip") else CORRECTION
    run = run_of(tmp_path, {name: body}, "dam_spp_corrections")
    assert run.ledger("dam_spp_corrections", 2024) == (1, 1, 0, 1, 1, 0, 0, 0)
    assert run.annual["dam_spp_corrections", 2024]["interval_start"].to_list() == [utc("2024-05-01T05")]
    assert run.findings("foreign_date") == []


def test_a_disclosure_of_operating_plans_is_read_by_its_member(tmp_path):
    """The zip of NP3-991 is called a disclosure; its member kept the name of 2019."""
    outer = "ext.00013058.0000000000000000.20200131.050001123.60_Day_COP_Disclosure.zip"
    header = "Delivery Date,QSE Name,Resource Name,Hour Ending,Status,RRS,Cancel Flag,Update Time,Submit Time"
    row = "12/02/2019,QAEN,DECKER_DPG1,01:00,OFF,{},N,12/1/2019 11:41,12/1/2019 11:40"
    regular = zip_bytes({"60d_Complete_COP-31-JAN-20.csv": [header, row.format(1)]})
    corrected = zip_bytes({"60d_Complete_COP-31-JAN-20.csv": [header, row.format(2)]})
    files = {outer.replace("20200131", "20200301"): regular, outer.replace(".zip", "_CORRECTION.zip"): corrected}
    run = run_of(tmp_path, files, "cop_updates")
    assert run.annual["cop_updates", 2019]["rrs"].to_list() == [2.0]
    assert run.ledger("cop_updates", 2019) == (2, 2, 0, 2, 1, 0, 1, 0)
    stamps = run.revisions["cop_updates", 2019].select("publication_old", "publication_new").row(0)
    assert stamps == (datetime(2020, 3, 1, 5, 0, 1, 123000), datetime(2020, 1, 31, 5, 0, 1, 123000))


RAW = Path(__file__).resolve().parents[3] / "shared" / "samples" / "raw"


@pytest.mark.skipif(not RAW.is_dir(), reason="the folder ../shared/samples/raw with real files is absent")
def test_real_zips_of_the_api_archive_say_day_and_publication():
    found = take_inventory(RAW, DATASETS, {}).entries
    plans = [(e.days, e.published) for e in found["cop_snapshot"] if "rpt.00010038" in e.path]
    assert plans == [((date(2014, 3, 2),), "20140501051707072")]
    sasm = {d: {(e.days, e.published) for e in found[d] if "ext.00015833" in e.path} for d in found if d[:4] == "sasm"}
    assert {day for entries in sasm.values() for day in entries} == {((date(2018, 10, 13),), "20181212050438743")}
