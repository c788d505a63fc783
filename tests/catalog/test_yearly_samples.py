"""Real yearly histories: every cell is in the rollup, at its time."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from helpers import run_pipeline, utc
from histories import BOOK, DAM_HEADER
from workbooks import stored_cells

from ercot.catalog import DATASETS
from ercot.product.lineage import trace

pytestmark = pytest.mark.slow

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples" / "raw" / "Yearly_History"
real = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the real files of ../shared/samples/raw are not there")


# The real files


@pytest.fixture(scope="module")
def histories(tmp_path_factory):
    return run_pipeline(SAMPLES, tmp_path_factory.mktemp("results"))


def the_member(name: str) -> bytes:
    with zipfile.ZipFile(SAMPLES / name) as archive:
        (member,) = archive.namelist()
        return archive.read(member)


def hour_of(day: str, hour: str, flag: str) -> datetime:
    """Return the start of an hour of 2015 in UTC: summer time from 8 March 08:00Z to 1 November 07:00Z."""
    naive = datetime.strptime(day, "%m/%d/%Y") + timedelta(hours=int(hour[:2]) - 1)
    summer = datetime(2015, 3, 8, 3) <= naive < datetime(2015, 11, 1, 2) and flag == "N"
    return (naive + timedelta(hours=5 if summer else 6)).replace(tzinfo=UTC)


@real
def test_every_cell_of_the_real_workbook_is_in_the_rollup(histories):
    sheets = stored_cells(the_member("NP4-180-ER_DAMLZHBSPP_2015.zip"))
    assert len(sheets) == 12
    expected = {}
    for header, *rows in sheets.values():
        assert header == DAM_HEADER
        for day, hour, flag, point, price in rows:
            key = (hour_of(day, hour, flag), point)
            assert key not in expected
            expected[key] = (datetime.strptime(day, "%m/%d/%Y").date(), int(hour[:2]), flag == "Y", float(price))
    assert len(expected) == 8760 * 14
    columns = ["delivery_date", "hour_ending", "dst_flag", "settlement_point_price"]
    frame = histories.annual["dam_spp_yearly", 2015]
    found = dict(
        zip(frame.select("interval_start", "settlement_point").rows(), frame.select(columns).rows(), strict=True)
    )
    assert found == expected
    assert histories.ledger("dam_spp_yearly", 2015) == (12, 12, 0, 122640, 122640, 0, 0, 0)


@real
def test_every_value_of_the_real_csv_is_in_the_rollup(histories):
    text = the_member("NP4-181-ER_DAMASMCPC_2015.zip").decode()
    header, *rows = csv.reader(io.StringIO(text))
    assert header == ["Delivery Date", "Hour Ending", "Repeated Hour Flag", "REGDN", "REGUP ", "RRS", "NSPIN"]
    expected = [
        (hour_of(day, hour, flag), int(hour[:2]), flag == "Y", *map(float, values), None)
        for day, hour, flag, *values in rows
    ]
    columns = ["interval_start", "hour_ending", "dst_flag", "regdn", "regup", "rrs", "nspin", "ecrs"]
    assert histories.annual["dam_mcpc_yearly", 2015].select(columns).rows() == expected
    assert histories.ledger("dam_mcpc_yearly", 2015) == (1, 1, 0, 8760, 8760, 0, 0, 0)


@real
def test_whole_real_histories_have_no_finding_at_all(histories):
    assert histories.report["findings"] == []
    assert histories.report["files"] == {"ignored": [], "rejected": []}


@real
def test_the_days_on_which_the_clock_is_set_are_placed_right(histories):
    """March: 01:00 CST is 07:00Z, 03:00 CDT is 08:00Z. November: 01:00 CDT is 06:00Z, 01:00 CST is 07:00Z."""
    frame = histories.annual["dam_mcpc_yearly", 2015]
    spring = frame.filter(pl.col("delivery_date") == date(2015, 3, 8)).head(4)
    assert spring.select("hour_ending", "interval_start", "regdn").rows() == [
        (1, utc("2015-03-08T06"), 4.85),
        (2, utc("2015-03-08T07"), 5.88),
        (4, utc("2015-03-08T08"), 3.98),
        (5, utc("2015-03-08T09"), 5.75),
    ]
    fall = frame.filter(pl.col("delivery_date") == date(2015, 11, 1)).head(4)
    assert fall.select("hour_ending", "dst_flag", "interval_start", "regdn").rows() == [
        (1, False, utc("2015-11-01T05"), 7.5),
        (2, False, utc("2015-11-01T06"), 3.98),
        (2, True, utc("2015-11-01T07"), 3.86),
        (3, False, utc("2015-11-01T08"), 3.54),
    ]


@real
def test_a_row_of_the_real_workbook_is_traced_to_its_sheet_and_row(histories):
    key = {"interval_start": "2015-12-31T06:00Z", "settlement_point": "HB_BUSAVG"}
    (found,) = trace(SAMPLES, histories.results, DATASETS["dam_spp_yearly"], key)
    assert found["file"] == f"NP4-180-ER_DAMLZHBSPP_2015.zip!{BOOK}!Dec_12"
    cells = stored_cells(the_member("NP4-180-ER_DAMLZHBSPP_2015.zip"))["Dec_12"][found["line"] - 1]
    assert cells[:4] == ["12/31/2015", "01:00", "N", "HB_BUSAVG"]
    assert found["fate"] == "written"
