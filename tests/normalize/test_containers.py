"""What counts of a member and of the containers around it: report, operating day, publication, precedence."""

import os
import shutil
from datetime import date, datetime
from itertools import permutations
from pathlib import Path

import pytest
from helpers import (
    DAM_SPP_HEADER,
    RT_SPP_HEADER,
    cdr,
    dam_spp_name,
    gzip_bytes,
    rt_spp_name,
    run_pipeline,
    utc,
    write_raw,
    zip_bytes,
)
from postings import ESR, ESR_HEADER, ESR_ROW, annual_bytes, day_ahead, prices, run_dam

from ercot.catalog import DATASETS
from ercot.planning.plan import make_plan
from ercot.raw.inventory import take_inventory

pytestmark = pytest.mark.slow

DAM = "dam_spp"
FIRST, LATER = dam_spp_name("2024-05-02", "123000"), dam_spp_name("2024-05-02", "140000")


def esr(price):
    """Return a 60-day member with one row."""
    return [ESR_HEADER, ESR_ROW.format(price)]


def run_of(tmp_path, files, *datasets):
    """Run files written by hand; no finding may be critical."""
    run = run_pipeline(write_raw(tmp_path / "raw", files), tmp_path / "out", list(datasets))
    assert run.critical() == []
    return run


# Publication


@pytest.mark.parametrize("prefix", ["cdr.", "ext.", "rpt.", "446428299.cdr.", "698699627.ext.", "1.rpt."])
def test_the_publication_is_read_whatever_the_prefix(tmp_path, prefix):
    run = run_dam(tmp_path, {FIRST: day_ahead("1.0"), LATER.replace("cdr.", prefix): day_ahead("2.0")})
    assert prices(run) == [2.0]
    assert run.ledger(DAM, 2024) == (2, 2, 0, 2, 1, 0, 1, 0)
    stamps = run.revisions[DAM, 2024].select("publication_old", "publication_new").row(0)
    assert stamps == (datetime(2024, 5, 1, 12, 30), datetime(2024, 5, 1, 14))


@pytest.mark.parametrize("later", ["a", "z"])
@pytest.mark.parametrize("prefix", ["ext.", "698699627.ext."])
def test_of_two_postings_of_a_60_day_day_the_later_stamp_wins(tmp_path, prefix, later):
    """The members bear one name; only the zips around them, in a zip of the user's or not, tell them apart."""
    early = f"{prefix}00013052.0000000000000000.20260203.051231658.60_Day_SCED_Disclosure.zip"
    late = early.replace("20260203.051231658", "20260203.051231659")
    files = {
        f"m/{early}": zip_bytes({f"{ESR}.csv": esr(1)}),
        f"{later}/my downloads.zip": zip_bytes({f"x/{late}": zip_bytes({f"{ESR}.csv": esr(2)})}),
        f"{ESR}.csv": esr(3),
    }
    run = run_of(tmp_path, files, "sced_esr")
    assert run.annual["sced_esr", 2025]["hsl"].to_list() == [2.0]
    assert run.ledger("sced_esr", 2025) == (3, 3, 0, 3, 1, 0, 2, 0)
    revised = run.revisions["sced_esr", 2025].sort("publication_old").select("hsl", "publication_old").rows()
    assert revised == [(3.0, datetime(2026, 2, 3)), (1.0, datetime(2026, 2, 3, 5, 12, 31, 658000))]


def test_a_member_that_lies_directly_in_a_zip_keeps_its_own_stamp(tmp_path):
    members = {f"446428299.{LATER}": day_ahead("2.0"), f"d/{FIRST}": day_ahead("1.0")}
    run = run_dam(tmp_path, {"2024.zip": zip_bytes(members)})
    assert prices(run) == [2.0]
    assert run.revisions[DAM, 2024]["publication_old"].to_list() == [datetime(2024, 5, 1, 12, 30)]


PLAN_ROWS = [
    "Delivery Date,QSE Name,Resource Name,Hour Ending,Status,High Sustained Limit",
    "03/02/2014,QAEN,DECKER_DPG1,01:00,OFF,{}",
]


def plan_of(limit):
    """Return an operating plan of 2 March 2014 with one row."""
    return [PLAN_ROWS[0], PLAN_ROWS[1].format(limit)]


def test_the_date_of_a_complete_cop_is_its_operating_day_and_no_publication(tmp_path):
    outer = "446395379.rpt.00010038.0000000000000000.20140501.051707072.CompleteCOP_03022014.zip"
    files = {
        "CompleteCOP_03022014.csv": plan_of(1),
        outer: zip_bytes({"CompleteCOP_03022014.csv": plan_of(2)}),
    }
    entries = take_inventory(write_raw(tmp_path / "raw", files), DATASETS, {}).entries["cop_snapshot"]
    assert [(entry.days, entry.published) for entry in entries] == [
        ((date(2014, 3, 2),), "20140501051707072"),
        ((date(2014, 3, 2),), ""),
    ]
    run = run_of(tmp_path, files, "cop_snapshot")
    assert run.annual["cop_snapshot", 2014]["high_sustained_limit"].to_list() == [2.0]
    assert run.ledger("cop_snapshot", 2014) == (2, 2, 0, 2, 1, 0, 1, 0)
    newer = datetime(2014, 5, 1, 5, 17, 7, 72000)
    assert run.revisions["cop_snapshot", 2014].select("publication_old", "publication_new").rows() == [(None, newer)]
    assert run.findings("foreign_date") == []


# Files with the same stamp


WRAPPED = {
    ".csv": lambda body: (FIRST, body),
    ".csv.gz": lambda body: (f"{FIRST}.gz", gzip_bytes(body)),
    ".CSV": lambda body: (FIRST.replace(".csv", ".CSV"), body),
    "zip": lambda body: (FIRST.replace(".csv", "_csv.zip"), zip_bytes({FIRST: body})),
    "zip of gz": lambda body: ("my.zip", zip_bytes({f"{FIRST}.gz": gzip_bytes(body)})),
}


def test_of_files_with_equal_stamps_neither_container_nor_compression_decides(tmp_path):
    """Whatever the wrapping of the two, the same content wins."""
    one, two = day_ahead("1.0", "9.0"), day_ahead("2.0", "9.0")
    results = []
    for first, second in permutations(WRAPPED, 2):
        (name, data), (other, rival) = WRAPPED[first](one), WRAPPED[second](two)
        results.append(annual_bytes(tmp_path, f"{first} {second}", {f"a/{name}": data, f"b/{other}": rival}))
    assert len(results) == 20
    assert all(result == results[0] for result in results)


def test_of_equal_stamps_the_last_member_name_wins_also_over_compression(tmp_path):
    run = run_dam(
        tmp_path,
        {
            FIRST.replace(".csv", "_A.csv.gz"): gzip_bytes(day_ahead("1.0")),
            FIRST.replace(".csv", "_B.csv"): day_ahead("2.0"),
        },
    )
    assert prices(run) == [2.0]


# Precedence


@pytest.mark.parametrize(
    "container",
    [
        "price corrections 2024.zip",
        "supplemental stuff.zip",
        "SUPPLEMENTAL.zip",
        "my_CORRECTION.zip",
        "60d_corrections.zip",
    ],
)
def test_a_container_that_the_user_named_lends_no_precedence(tmp_path, container):
    run = run_dam(tmp_path, {container: zip_bytes({FIRST: day_ahead("1.0")}), LATER: day_ahead("2.0")})
    assert prices(run) == [2.0]
    assert run.ledger(DAM, 2024) == (2, 2, 0, 2, 1, 0, 1, 0)


@pytest.mark.parametrize(
    "container",
    [
        "60_Day_SCED_ESR_SUPPLEMENTAL_CORRECTION.zip",
        "60d_ESR_Data_in_SCED_02032026_thru_02182026_SUPPLEMENTAL.zip",
        "700000001.ext.00013052.0000000000000000.20260101.051231658.60_Day_SCED_Disclosure_CORRECTION.zip",
    ],
)
def test_a_container_that_ercot_named_lends_its_precedence(tmp_path, container):
    late = "ext.00013052.0000000000000000.20260901.051231658.60_Day_SCED_Disclosure.zip"
    files = {late: zip_bytes({f"{ESR}.csv": esr(1)}), container: zip_bytes({f"{ESR}.csv": esr(2)})}
    run = run_of(tmp_path, files, "sced_esr")
    assert run.annual["sced_esr", 2025]["hsl"].to_list() == [2.0]


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
