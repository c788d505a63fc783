"""gaps.csv and findings.parquet: the report for machines."""

from pathlib import Path

import polars as pl

from ercot.core.files import replacing
from ercot.report.verification import Window

FINDING = {
    "dataset": pl.String,
    "year": pl.Int32,
    "check": pl.String,
    "severity": pl.String,
    "count": pl.Int64,
    "message": pl.String,
    "examples": pl.List(pl.String),
}
GAP = {"dataset": pl.String, "year": pl.Int32, "delivery_date": pl.String, "missing": pl.String}
WHOLE_DAY = "day"


def write_tables(folder: Path, verification: dict, years: list[dict], windows: list[Window]) -> None:
    """Write both tables into a folder."""
    findings = pl.DataFrame(verification["findings"], schema=FINDING)
    with replacing(folder / "findings.parquet") as path:
        findings.write_parquet(path)
    with replacing(folder / "gaps.csv") as path:
        gaps(years, windows).write_csv(path)


def gaps(years: list[dict], windows: list[Window]) -> pl.DataFrame:
    """Return one line for each day without a row, and one for each time missing on a day that has rows.

    `missing` is "day", or the missing time in UTC.
    """
    rows = [(w.dataset, w.year, day.isoformat(), WHOLE_DAY) for w in windows for day in w.missing]
    rows += [
        (y["dataset"], y["year"], day, time) for y in years for day, times in y["missing"].items() for time in times
    ]
    return pl.DataFrame(rows, schema=GAP, orient="row").sort("dataset", "delivery_date", "missing")
