"""The hours of each day: all there, partly, or nothing."""

from datetime import date, datetime

import polars as pl

from ercot.catalog.model import Dataset
from ercot.coverage.times import day_bounds
from ercot.tables.time_columns import CENTRAL, time_key

FULL, PARTLY, NOTHING = "#", "+", "."


def hours_covered(dataset: Dataset, times: pl.DataFrame, missing: dict[date, list[datetime]]) -> dict[str, str]:
    """Return one character for each hour of each day that has rows, 23 to 25 of them: all there, partly, nothing.

    ``times`` are the distinct times of the rollup with their `delivery_date`, ``missing`` what coverage found to lack.
    A report that promises only days, or nothing at all, shows the hours it has.
    """
    key = time_key(dataset)
    if not isinstance(times.schema[key], pl.Datetime):
        return {}
    schema = {"delivery_date": pl.Date, key: times.schema[key]}
    holes = pl.DataFrame([(d, time) for d, found in missing.items() for time in found], schema=schema, orient="row")
    hours = pl.concat([_hour_counts(times, key, "there"), _hour_counts(holes, key, "lacking")], how="diagonal")
    hours = hours.group_by("delivery_date", "hour").agg(pl.col("there", "lacking").sum())
    covered: dict[date, list[str]] = {}
    for day, hour, there, lacking in hours.sort("delivery_date", "hour").iter_rows():
        slots = covered.setdefault(day, [NOTHING] * _length(day))
        if 0 <= hour < len(slots):
            slots[hour] = NOTHING if not there else PARTLY if lacking else FULL
    return {day.isoformat(): "".join(slots) for day, slots in covered.items()}


def _hour_counts(times: pl.DataFrame, key: str, name: str) -> pl.DataFrame:
    start = pl.col("delivery_date").cast(pl.Datetime("us")).dt.replace_time_zone(CENTRAL).dt.convert_time_zone("UTC")
    hour = (pl.col(key) - start).dt.total_hours().alias("hour")
    return times.group_by("delivery_date", hour).agg(pl.len().alias(name))


def _length(day: date) -> int:
    """Return the hours of an operating day."""
    start, end = day_bounds(day)
    return int((end - start).total_seconds()) // 3600
