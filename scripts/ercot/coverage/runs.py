"""SCED runs that one dataset has and another one of the same day lacks."""

from collections.abc import Mapping
from datetime import timedelta

import polars as pl

from ercot.catalog.model import Dataset
from ercot.tables.time_columns import time_key

ALIKE = timedelta(seconds=30)  # stamps of one run in two reports are no further apart, those of two runs are


def missing_runs(catalog: Mapping[str, Dataset], rollups: Mapping[str, str]) -> list[dict]:
    """Return, by dataset and day, the runs (UTC, ISO) that it lacks and a dataset of as many or fewer runs has.

    ``rollups`` maps datasets of SCED runs to their files of one year. Days without a row are left to the check of days.
    """
    times = {name: _runs_of(catalog[name], path) for name, path in sorted(rollups.items())}
    found = []
    for name, own in times.items():
        others = pl.concat([runs for other, runs in times.items() if other != name])
        for day, lacking in _lacking(own, others):
            found.append({"dataset": name, "day": day.isoformat(), "missing": [run.isoformat() for run in lacking]})
    return found


def _runs_of(dataset: Dataset, path: str) -> pl.DataFrame:
    """Return the runs of a rollup: `delivery_date`, `run` and the nominal `minutes` between two of that day."""
    days = pl.col("delivery_date")
    minutes = pl.lit(0)
    for since, nominal in dataset.run_minutes:
        minutes = pl.when(days >= since).then(pl.lit(nominal)).otherwise(minutes)
    runs = pl.scan_parquet(path).select("delivery_date", run=pl.col(time_key(dataset))).unique()
    return runs.with_columns(minutes=minutes).sort("run").collect(engine="streaming")


def _lacking(own: pl.DataFrame, others: pl.DataFrame) -> list[tuple]:
    days = own.select("delivery_date", nominal="minutes").unique()
    known = others.join(days, on="delivery_date").filter(pl.col("minutes") >= pl.col("nominal")).sort("run")
    known = known.filter((pl.col("run") - pl.col("run").shift(1)).fill_null(pl.duration(days=1)) > ALIKE)
    there = own.select("run", there="run")
    joined = known.select("delivery_date", "run").join_asof(there, on="run", strategy="nearest", tolerance=ALIKE)
    absent = joined.filter(pl.col("there").is_null())
    return absent.group_by("delivery_date", maintain_order=True).agg("run").rows()
