"""The time columns of a table, by the clock of its report."""

import polars as pl

from ercot.catalog.model import Clock, Dataset

CENTRAL = "America/Chicago"
UTC = pl.Datetime("us", "UTC")
NAIVE = pl.Datetime("us")
MINUTES = {Clock.HOUR: 60, Clock.QUARTER_HOUR: 15, Clock.NUMBER: 15}

INTERVAL = {"delivery_date": pl.Date, "interval_start": UTC, "interval_end": UTC}
# What the printed columns become.
TIMES = {
    Clock.HOUR: INTERVAL | {"hour_ending": pl.Int8, "dst_flag": pl.Boolean},
    Clock.QUARTER_HOUR: INTERVAL | {"hour_ending": pl.Int8, "delivery_interval": pl.Int8, "dst_flag": pl.Boolean},
    Clock.RUN: {"delivery_date": pl.Date, "sced_timestamp": UTC, "repeated_hour_flag": pl.Boolean},
    Clock.NUMBER: INTERVAL | {"interval_time_cpt": NAIVE, "interval_number": pl.Int8},
    Clock.DAY: {"delivery_date": pl.Date, "as_of": pl.Date},
    Clock.POSTING: {"delivery_date": pl.Date},
}
TIME_KEY = {Clock.RUN: "sced_timestamp", Clock.DAY: "as_of", Clock.POSTING: "delivery_date"}


def time_key(dataset: Dataset) -> str:
    """Return the column that rows are sorted by first."""
    return TIME_KEY.get(dataset.clock, "interval_start")


def time_columns(dataset: Dataset) -> dict[str, pl.DataType]:
    """Return the time columns of a dataset's output with their types, in order."""
    flags = {"dst_flag", "repeated_hour_flag"}
    return {n: t for n, t in TIMES[dataset.clock].items() if n not in flags or dataset.has(n)}
