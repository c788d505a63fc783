"""gaps.csv and findings.parquet: the report for machines."""

from pathlib import Path

import polars as pl

from ..files import replacing

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


def write_tables(folder: Path, verification: dict, years: list[dict]) -> None:
    """Write both tables into a folder."""
    findings = pl.DataFrame(verification["findings"], schema=FINDING)
    with replacing(folder / "findings.parquet") as path:
        findings.write_parquet(path)
    with replacing(folder / "gaps.csv") as path:
        gaps(years).write_csv(path)


def gaps(years: list[dict]) -> pl.DataFrame:
    """Return one line for each time missing on a day that has rows."""
    rows = [(y["dataset"], y["year"], day, time) for y in years for day, times in y["missing"].items() for time in times]
    return pl.DataFrame(rows, schema=GAP, orient="row")
