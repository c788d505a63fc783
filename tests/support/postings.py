"""Postings of day-ahead prices and of storage resources, as ERCOT makes them."""

from helpers import (
    DAM_SPP_HEADER,
    run_pipeline,
    write_raw,
)

HOUR_1, HOUR_2 = "05/02/2024,01:00,HB_NORTH,{},N", "05/02/2024,02:00,HB_NORTH,{},N"


def day_ahead(*prices):
    """Return a day-ahead file with the prices of the first hours of 2 May 2024."""
    rows = [f"05/02/2024,{hour:02d}:00,HB_NORTH,{price},N" for hour, price in enumerate(prices, start=1)]
    return [DAM_SPP_HEADER, *rows]


def run_dam(tmp_path, files):
    """Run day-ahead files; no finding may be critical."""
    run = run_pipeline(write_raw(tmp_path / "raw", files), tmp_path / "out", ["dam_spp"])
    assert run.critical() == []
    return run


def prices(run, dataset="dam_spp", year=2024):
    """Return the prices of a rollup in its order."""
    return run.annual[dataset, year]["settlement_point_price"].to_list()


# A member of the 60-day reports that is small enough to write by hand: the operating day is 60 days before the name.
ESR = "60d_ESR_Data_in_SCED-03-FEB-26"
ESR_HEADER = "SCED Time Stamp,Repeated Hour Flag,QSE,Resource Name,HSL"
ESR_ROW = "12/05/2025 00:05:00,N,QABC,BATT_ESR1,{}"


def annual_bytes(tmp_path, label, files):
    """Return the bytes of rollup and revisions of a fresh run."""
    run = run_pipeline(write_raw(tmp_path / label / "raw", files), tmp_path / label / "out", ["dam_spp"])
    return [(run.results / kind / "dam_spp" / "2024.parquet").read_bytes() for kind in ("annual", "revisions")]
