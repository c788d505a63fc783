"""The labels of each clock: how they are read, and how what was read becomes UTC."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import NamedTuple

import polars as pl

from ercot.catalog.clocks import Clock
from ercot.catalog.model import Dataset
from ercot.normalize.labels import (
    first_reason,
    midnight,
    offset_in_day,
    read_as_of,
    read_hour,
    read_number,
    read_run,
    read_unlabelled,
)
from ercot.normalize.numbering import ALL_HOURS
from ercot.tables.time_columns import CENTRAL, NAIVE, time_columns

Step = Callable[[pl.DataFrame], pl.DataFrame]


def read_labels(dataset: Dataset, labels: pl.DataFrame) -> pl.DataFrame:
    """Read printed labels: adds `_label` (their number), `_day`, typed values with a leading `_`, and `reason`."""
    labels = labels.with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).alias("_label"))
    return READINGS[dataset.clock].read(labels)


def to_utc(dataset: Dataset, labels: pl.DataFrame) -> pl.DataFrame:
    """Turn labels as read, and numbered, into the time columns. Adds to `reason`."""
    if labels.is_empty():  # polars 2.1 panics where the choice of a pass is a column without rows
        return labels.with_columns(pl.lit(None, dtype=t).alias(n) for n, t in time_columns(dataset).items())
    return READINGS[dataset.clock].to_utc(labels)


def _local_to_utc(naive: pl.Expr) -> pl.Expr:
    """Read local time as UTC: the second pass where `_flag` is true, else the first; null where it does not exist."""
    which = pl.when("_flag").then(pl.lit("latest")).otherwise(pl.lit("earliest"))
    return naive.dt.replace_time_zone(CENTRAL, ambiguous=which, non_existent="null").dt.convert_time_zone("UTC")


def _run_to_utc(labels: pl.DataFrame) -> pl.DataFrame:
    first = pl.col("_stamp").dt.replace_time_zone(CENTRAL, ambiguous="earliest", non_existent="null")
    last = pl.col("_stamp").dt.replace_time_zone(CENTRAL, ambiguous="latest", non_existent="null")
    ambiguous = pl.col("_flag").is_null() & (first != last).fill_null(False)
    reason = first_reason(("nonexistent_hour", first.is_null()), ("ambiguous_hour", ambiguous))
    return (
        labels.drop("sced_timestamp")
        .with_columns(sced_timestamp=_local_to_utc(pl.col("_stamp")), reason=reason)
        .with_columns(repeated_hour_flag="_flag")
    )


def _hour_to_utc(labels: pl.DataFrame, minutes: int, beyond: str) -> pl.DataFrame:
    """Place hours and their parts; ``beyond`` is the reason for a label that the day does not reach.

    The label of the hour that March skips means 01:00, unless the label for 01:00 is there too.
    """
    elapsed, unflagged = midnight() + offset_in_day(minutes), pl.col("_flag").is_null()
    by_clock = _local_to_utc(pl.col("_day").cast(NAIVE) + offset_in_day(minutes))
    counted = pl.col("_counted") & unflagged
    over = elapsed.dt.convert_time_zone(CENTRAL).dt.date() != pl.col("_day")
    reason = first_reason(
        (beyond, pl.when(counted).then(over).otherwise(pl.col("_hour") == ALL_HOURS)),
        ("ambiguous_hour", unflagged & ~counted & (pl.col("_hour") > pl.col("_sure"))),
        ("nonexistent_hour", ~counted & by_clock.is_null() & pl.col("_taken")),
    )
    skipped = by_clock.fill_null(elapsed - timedelta(hours=1))
    return labels.with_columns(interval_start=pl.when(counted).then(elapsed).otherwise(skipped), reason=reason)


def _intervals(labels: pl.DataFrame, minutes: int) -> pl.DataFrame:
    labels = _hour_to_utc(labels, minutes, "bad_hour").with_columns(_end(minutes))
    return labels.with_columns(hour_ending="_hour", delivery_interval="_quarter", dst_flag="_flag")


def _numbers(labels: pl.DataFrame, minutes: int) -> pl.DataFrame:
    labels = _hour_to_utc(labels, minutes, "bad_interval").with_columns(_end(minutes))
    return labels.with_columns(interval_time_cpt="_stamp", interval_number=pl.col("_number").cast(pl.Int8))


def _end(minutes: int) -> pl.Expr:
    return (pl.col("interval_start") + timedelta(minutes=minutes)).alias("interval_end")


class Reading(NamedTuple):
    """How the labels of a clock are read, and what turns them into the time columns."""

    read: Step
    to_utc: Step


def _of_interval(clock: Clock, read: Step, to_utc: Callable[[pl.DataFrame, int], pl.DataFrame]) -> Reading:
    return Reading(read, partial(to_utc, minutes=clock.facts.minutes))


READINGS = {
    Clock.HOUR: _of_interval(Clock.HOUR, read_hour, _intervals),
    Clock.QUARTER_HOUR: _of_interval(Clock.QUARTER_HOUR, read_hour, _intervals),
    Clock.RUN: Reading(read_run, _run_to_utc),
    Clock.NUMBER: _of_interval(Clock.NUMBER, read_number, _numbers),
    Clock.DAY: Reading(read_as_of, lambda labels: labels.with_columns(as_of=pl.col("_day"))),
    Clock.POSTING: Reading(read_unlabelled, lambda labels: labels),
}
