"""What counts of a member and of the containers around it: report, operating day, publication, precedence."""

from datetime import date, datetime
from itertools import permutations

import pytest
from helpers import (
    dam_spp_name,
    gzip_bytes,
    write_raw,
    zip_bytes,
)
from postings import ESR, annual_bytes, day_ahead, prices, run_dam
from zipped import esr, run_of

from ercot.catalog import DATASETS
from ercot.raw.inventory import take_inventory

pytestmark = pytest.mark.slow

DAM = "dam_spp"
FIRST, LATER = dam_spp_name("2024-05-02", "123000"), dam_spp_name("2024-05-02", "140000")


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
