"""gaps.csv and findings.parquet: the report for machines."""

from pathlib import Path

import polars as pl

from ercot.core.files import replacing
from ercot.coverage.due import Window

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


def write_findings(target: Path | str, verification: dict) -> None:
    """Write one row a finding."""
    findings = pl.DataFrame(verification["findings"], schema=FINDING)
    with replacing(target) as path:
        findings.write_parquet(path)


def write_gaps(target: Path | str, years: list[dict], windows: list[Window]) -> None:
    """Write one line a missing day or time."""
    with replacing(target) as path:
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
