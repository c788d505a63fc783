"""Yearly price histories as workbooks and CSVs, written by hand."""

from helpers import run_pipeline, write_raw
from workbooks import xlsx_bytes

DAM_HEADER = ["Delivery Date", "Hour Ending", "Repeated Hour Flag", "Settlement Point", "Settlement Point Price"]
RT_HEADER = [
    "Delivery Date",
    "Delivery Hour",
    "Delivery Interval",
    "Repeated Hour Flag",
    "Settlement Point Name",
    "Settlement Point Type",
    "Settlement Point Price",
]
BOOK = "rpt.00013060.0000000000000000.DAMLZHBSPP_2015.xlsx"


def dam_row(day: str, hour, price, flag="N", point="HB_NORTH") -> list:
    return [day, hour, flag, point, price]


def dam_book(*rows: list, sheet: str = "Jan_1", **others) -> bytes:
    return xlsx_bytes({sheet: [DAM_HEADER, *rows]} | others)


def run(tmp_path, files: dict[str, bytes], dataset: str = "dam_spp_yearly"):
    found = run_pipeline(write_raw(tmp_path / "raw", files), tmp_path / "results", [dataset])
    assert found.critical() == []
    return found


def prices(found, year: int = 2015) -> list[tuple]:
    return found.annual["dam_spp_yearly", year].select("interval_start", "settlement_point_price").rows()
