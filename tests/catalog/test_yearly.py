"""The yearly histories: sheets of a workbook and a wide CSV, against the raw text and UTC worked out by hand."""

from datetime import date, datetime, time, timedelta

import pytest
from helpers import cdr, utc, write_raw, zip_bytes
from histories import BOOK, DAM_HEADER, RT_HEADER, dam_book, dam_row, prices, run
from workbooks import xlsx_bytes

from ercot.catalog import DATASETS
from ercot.product.lineage import trace
from ercot.raw.containers.reader import MemberReader
from ercot.raw.containers.workbook import Workbook
from ercot.raw.header import UnreadableFile
from ercot.raw.inventory import take_inventory

pytestmark = pytest.mark.slow


# Workbooks made by hand


def test_real_time_prices_have_types_and_intervals(tmp_path):
    rows = [
        ["06/01/2024", 1, 1, "N", "HB_NORTH", "HU", 20.5],
        ["06/01/2024", 1, 2, "N", "HB_NORTH", "HU", 21],
        ["06/01/2024", 1, 1, "N", "LZ_WEST", "LZ", -3.25],
        ["06/01/2024", 1, 1, "N", "LZ_WEST", "LZEW", -3.5],
        ["11/03/2024", 2, 4, "N", "HB_NORTH", "HU", 30],
        ["11/03/2024", 2, 4, "Y", "HB_NORTH", "HU", 31],
        ["12/31/2024", 24, 4, "N", "HB_NORTH", "HU", 0.1],
    ]
    book = xlsx_bytes({"Jun": [RT_HEADER, *rows[:4]], "Nov": [RT_HEADER, *rows[4:6]], "Dec": [RT_HEADER, rows[6]]})
    found = run(tmp_path, {"rpt.00013061.0000000000000000.RTMLZHBSPP_2024.xlsx": book}, "rt_spp_yearly")
    columns = ["interval_start", "settlement_point", "settlement_point_type", "settlement_point_price"]
    assert found.annual["rt_spp_yearly", 2024].select(columns).rows() == [
        (utc("2024-06-01T05"), "HB_NORTH", "HU", 20.5),
        (utc("2024-06-01T05"), "LZ_WEST", "LZ", -3.25),
        (utc("2024-06-01T05"), "LZ_WEST", "LZEW", -3.5),
        (utc("2024-06-01T05:15:00"), "HB_NORTH", "HU", 21.0),
        (utc("2024-11-03T06:45:00"), "HB_NORTH", "HU", 30.0),
        (utc("2024-11-03T07:45:00"), "HB_NORTH", "HU", 31.0),
        (utc("2025-01-01T05:45:00"), "HB_NORTH", "HU", 0.1),
    ]
    assert found.ledger("rt_spp_yearly", 2024) == (3, 3, 0, 7, 7, 0, 0, 0)


def test_real_time_prices_of_the_first_years_have_no_flag(tmp_path):
    header = [text for text in RT_HEADER if text != "Repeated Hour Flag"]
    book = xlsx_bytes({"Jun": [header, ["06/01/2011", 1, 1, "HB_NORTH", "HU", 20.5]]})
    found = run(tmp_path, {"rpt.00013061.0000000000000000.RTMLZHBSPP_2011.xlsx": book}, "rt_spp_yearly")
    assert found.annual["rt_spp_yearly", 2011].select("interval_start", "dst_flag").rows() == [
        (utc("2011-06-01T05"), None)
    ]


@pytest.mark.parametrize(
    ("name", "wrap"),
    [
        (BOOK, lambda book: book),
        (f"446428299.{BOOK}", lambda book: book),
        ("cdr.00013060.0000000000000000.20160101.080305.DAMLZHBSPP_2015.xlsx", lambda book: book),
        ("prices.zip", lambda book: zip_bytes({BOOK: book})),
        ("prices.zip", lambda book: zip_bytes({"inner.zip": zip_bytes({f"some folder/{BOOK}": book})})),
        ("rpt.00013060.0000000000000000.DAMLZHBSPP_2015.zip", lambda book: zip_bytes({"prices.xlsx": book})),
        ("rpt.00013060.0000000000000000.DAMLZHBSPP_2015.ZIP", lambda book: zip_bytes({"PRICES.XLSX": book})),
    ],
)
def test_a_workbook_is_read_wherever_it_lies(tmp_path, name, wrap):
    book = dam_book(dam_row("01/02/2015", "01:00", 20.5), Feb_2=[DAM_HEADER, dam_row("02/01/2015", "24:00", 7)])
    found = run(tmp_path, {name: wrap(book)})
    assert prices(found) == [(utc("2015-01-02T06"), 20.5), (utc("2015-02-02T05"), 7.0)]
    assert found.ledger("dam_spp_yearly", 2015)[:5] == (2, 2, 0, 2, 2)
    assert found.report["files"] == {"ignored": [], "rejected": []}


def test_sheets_of_any_name_are_members_and_no_zips(tmp_path):
    others = {"Feb.zip": [DAM_HEADER, dam_row("02/01/2015", "01:00", 2)], "a_xml": [["A note"]]}
    found = run(tmp_path, {BOOK: dam_book(dam_row("01/02/2015", "01:00", 1), sheet="b.csv.gz", **others)})
    assert [price for _, price in prices(found)] == [1.0, 2.0]


def test_blank_sheets_and_rows_are_nothing(tmp_path):
    blank = [None] * 5
    first, second = dam_row("01/02/2015", "01:00", 1), dam_row("1/2/2015", "02:00", 2)
    rows = [blank, blank, DAM_HEADER, first, blank, ["", "", None], second]
    found = run(tmp_path, {BOOK: xlsx_bytes({"Jan_1": rows, "Feb_2": [], "Mar_3": [blank]})})
    assert [price for _, price in prices(found)] == [1.0, 2.0]
    assert found.ledger("dam_spp_yearly", 2015) == (1, 1, 0, 2, 2, 0, 0, 0)
    key = {"interval_start": "2015-01-02T07:00Z"}
    (source,) = trace(tmp_path / "raw", found.results, DATASETS["dam_spp_yearly"], key)
    assert (source["file"], source["line"]) == (f"{BOOK}!Jan_1", 7)


def test_a_table_may_begin_in_a_later_column(tmp_path):
    rows = [[None, *DAM_HEADER], [None, *dam_row("01/02/2015", "01:00", 1)]]
    found = run(tmp_path, {BOOK: xlsx_bytes({"Jan_1": rows})})
    assert [price for _, price in prices(found)] == [1.0]
    assert found.findings("drift") == []


def test_a_sheet_that_is_no_table_is_rejected_by_name(tmp_path):
    book = dam_book(dam_row("01/02/2015", "01:00", 1), Notes=[["Prices are in $/MWh"]])
    found = run(tmp_path, {BOOK: book})
    (rejected,) = found.report["files"]["rejected"]
    assert rejected["file"] == f"{BOOK}!Notes"
    assert rejected["reason"].startswith("unknown_header")
    assert len(prices(found)) == 1


def test_dates_and_times_that_the_workbook_declares_are_read_as_such(tmp_path):
    rows = [
        dam_row(date(2015, 1, 2), "01:00", 1),
        dam_row("01/02/2015", time(2, 0), 2),
        dam_row(date(2015, 1, 2), timedelta(hours=24), 3),
        dam_row(datetime(2015, 1, 2, 1, 30), "03:00", 4),  # a stamp gives its day
    ]
    found = run(tmp_path, {BOOK: dam_book(*rows)})
    assert prices(found) == [
        (utc("2015-01-02T06"), 1.0),
        (utc("2015-01-02T07"), 2.0),
        (utc("2015-01-02T08"), 4.0),
        (utc("2015-01-03T05"), 3.0),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (dam_row(42006, "01:00", 1), "bad_date"),  # the number of 2015-01-02 that no format declares a date
        (dam_row("2015-01-02", "01:00", 1), "bad_date"),
        (dam_row("01/02/2015", 1.5, 1), "bad_hour"),
        (dam_row("01/02/2015", time(1, 0, 30), 1), "bad_hour"),
        (dam_row("01/02/2015", "01:00", "n/a"), "bad_number: settlement_point_price"),
        (dam_row("01/02/2015", "01:00", None), "missing_value: settlement_point_price"),
        (dam_row("01/02/2015", "01:00", 1, flag="?"), "bad_flag"),
        (dam_row("01/02/2015", "01:00", 1, point=None), "blank_key: settlement_point"),
        ([*dam_row("01/02/2015", "01:00", 1), "see note"], "ragged_line: 6 fields instead of 5"),
        (DAM_HEADER, "repeated_header"),
    ],
)
def test_no_cell_is_guessed(tmp_path, row, reason):
    found = run(tmp_path, {BOOK: dam_book(dam_row("01/02/2015", "02:00", 9), row)})
    assert prices(found) == [(utc("2015-01-02T07"), 9.0)]
    ((line, why),) = found.reasons("dam_spp_yearly", 2015)
    assert (line, why) == (3, reason)


def test_numbers_are_read_to_the_last_digit(tmp_path):
    values = [0.1 + 0.2, 1e-7, 22.3, -0.01, 5e15, 1e22, 123456789.12, 0.0]
    rows = [dam_row("01/02/2015", f"{i:02d}:00", value) for i, value in enumerate(values, start=1)]
    found = run(tmp_path, {BOOK: dam_book(*rows)})
    assert [price for _, price in prices(found)] == values


def test_a_year_that_grows_is_published_again_under_the_same_name(tmp_path):
    """No stamp tells the two apart: the one whose rows reach further is the later one, whatever its folder."""
    first = dam_book(dam_row("01/02/2015", "01:00", 10), dam_row("01/02/2015", "02:00", 20))
    second = dam_book(
        dam_row("01/02/2015", "01:00", 11),
        dam_row("01/02/2015", "02:00", 20),
        Feb_2=[DAM_HEADER, dam_row("02/01/2015", "01:00", 30)],
    )
    for number, folders in enumerate((("a", "b"), ("b", "a"))):
        files = {f"{folder}/{BOOK}": book for folder, book in zip(folders, (first, second), strict=True)}
        found = run(tmp_path / str(number), files)
        assert [price for _, price in prices(found)] == [11.0, 20.0, 30.0]
        assert found.ledger("dam_spp_yearly", 2015) == (3, 3, 0, 5, 3, 1, 1, 0)
        (old,) = found.revisions["dam_spp_yearly", 2015].rows(named=True)
        assert (old["settlement_point_price"], old["publication_old"], old["publication_new"]) == (
            10.0,
            datetime(2015, 1, 2),
            datetime(2015, 2, 1),
        )


def test_a_stamp_in_the_name_counts_with_or_without_a_point(tmp_path):
    header = "Delivery Date,Hour Ending,Repeated Hour Flag,REGDN,REGUP ,RRS,NSPIN"
    name = "rpt.00013091.0000000000000000.{}.DAMASMCPC_2015.csv"
    files = {
        "z/" + name.format("20150301080005"): [header, "01/02/2015,01:00,N,1,1,1,1"],
        "a/" + name.format("20150302.080005"): [header, "01/02/2015,01:00,N,2,2,2,2"],
        "m/" + name.format("20150228080005"): [header, "01/02/2015,01:00,N,3,3,3,3", "02/27/2015,01:00,N,4,4,4,4"],
    }
    found = run(tmp_path, files, "dam_mcpc_yearly")
    assert found.annual["dam_mcpc_yearly", 2015]["regdn"].to_list() == [2.0, 4.0]
    stamps = found.revisions["dam_mcpc_yearly", 2015].select("publication_old", "publication_new")
    assert sorted(stamps.rows()) == [
        (datetime(2015, 2, 28, 8, 0, 5), datetime(2015, 3, 2, 8, 0, 5)),
        (datetime(2015, 3, 1, 8, 0, 5), datetime(2015, 3, 2, 8, 0, 5)),
    ]


def test_reserves_of_2023_have_one_more_column(tmp_path):
    rows = ["Delivery Date,Hour Ending,Repeated Hour Flag,REGDN,REGUP ,RRS,NSPIN,ECRS"]
    rows += ["06/09/2023,01:00,N,1,2,3,4,", "06/10/2023,01:00,N,1,2,3,4,5"]
    name = "rpt.00013091.0000000000000000.20240101080005.DAMASMCPC_2023.csv"
    found = run(tmp_path, {name: rows}, "dam_mcpc_yearly")
    assert found.annual["dam_mcpc_yearly", 2023]["ecrs"].to_list() == [None, 5.0]
    assert found.findings("drift") == []


def test_a_workbook_of_no_report_is_ignored_unopened(tmp_path):
    files = {"budget.xlsx": b"no workbook at all", "papers.zip": zip_bytes({"budget.xlsx": b"nor is this"})}
    found = run(tmp_path, files | {BOOK: dam_book(dam_row("01/02/2015", "01:00", 1))})
    assert found.report["files"] == {"ignored": ["budget.xlsx", "papers.zip!budget.xlsx"], "rejected": []}


def test_a_workbook_of_a_daily_report_is_read_too(tmp_path):
    header = ["DeliveryDate", "HourEnding", "SettlementPoint", "SettlementPointPrice", "DSTFlag"]
    book = xlsx_bytes({"Sheet1": [header, ["05/02/2024", "01:00", "HB_NORTH", 20.5, "N"]]})
    found = run(tmp_path, {cdr(12331, "20240501.123000", "DAMSPNP4190.xlsx"): book}, "dam_spp")
    assert found.annual["dam_spp", 2024].select("interval_start", "settlement_point_price").rows() == [
        (utc("2024-05-02T05"), 20.5)
    ]


def test_a_workbook_is_opened_once_to_plan_and_once_to_read(tmp_path, monkeypatch):
    sheets = {f"M{month}": [DAM_HEADER, dam_row(f"{month:02d}/01/2015", "01:00", month)] for month in range(1, 13)}
    files = {f"{folder}/{BOOK}": xlsx_bytes(sheets) for folder in "ab"}
    opened = []
    monkeypatch.setattr("ercot.raw.containers.reader.Workbook", lambda *how: opened.append(1) or Workbook(*how))
    found = run(tmp_path, files)
    assert found.ledger("dam_spp_yearly", 2015) == (24, 24, 0, 24, 12, 12, 0, 0)
    assert len(opened) == 4
    before = len(opened)
    remembered = take_inventory(tmp_path / "raw", DATASETS, {}).looks
    assert len(opened) == before + 2
    take_inventory(tmp_path / "raw", DATASETS, remembered)
    assert len(opened) == before + 2


def test_a_sheet_that_is_not_there_cannot_be_read(tmp_path):
    write_raw(tmp_path, {BOOK: dam_book()})
    with pytest.raises(UnreadableFile, match="unreadable"):
        MemberReader(tmp_path).read(BOOK, ("Dec_12",))
