"""ERCOT's time labels, read: dates, hours, quarters, numbers and stamps as values, with a reason where one is none."""

from datetime import timedelta

import polars as pl

from ercot.normalize.parse import NO_FLAG
from ercot.raw.stamps import read_date, read_stamp
from ercot.tables.time_columns import CENTRAL, NAIVE


def first_reason(*faults: tuple[str, pl.Expr]) -> pl.Expr:
    """Return the name of the first fault that a row has, null where it has none."""
    reason = pl.lit(None, dtype=pl.String)
    for name, bad in reversed(faults):
        reason = pl.when(bad).then(pl.lit(name)).otherwise(reason)
    return reason


def read_flag(labels: pl.DataFrame, column: str) -> pl.DataFrame:
    """Add `_flag` (null where the file has no such column) and `_bad_flag` (a blank or unknown text otherwise)."""
    if column not in labels.columns:
        return labels.with_columns(_flag=pl.lit(None, dtype=pl.Boolean), _bad_flag=pl.lit(False))
    known = pl.col(column).is_in(["Y", "N"])
    bad = ~pl.col(column).is_in(["Y", "N", NO_FLAG]).fill_null(False)
    return labels.with_columns(_flag=pl.when(known).then(pl.col(column) == "Y"), _bad_flag=bad)


def _dates(labels: pl.DataFrame, column: str) -> pl.Series:
    return pl.Series([text and read_date(text) for text in labels[column]], dtype=pl.Date)


def stamps(texts: pl.Series) -> pl.Series:
    """Read local stamps; null where a text is none."""
    return pl.Series([text and read_stamp(text) for text in texts], dtype=NAIVE)


def read_hour(labels: pl.DataFrame) -> pl.DataFrame:
    """Read the operating day, the hour ending and the quarter, where there is one."""
    labels = read_flag(labels, "dst_flag")
    hour = pl.col("hour_ending").str.extract(r"^([0-9]{1,2})(?:[ \t]*:[ \t]*00)?$").cast(pl.Int8)
    quarter = pl.lit(1, dtype=pl.Int8)
    if "delivery_interval" in labels.columns:
        quarter = pl.col("delivery_interval").str.extract(r"^([0-9])$").cast(pl.Int8)
    labels = labels.with_columns(_day=_dates(labels, "delivery_date"), _hour=hour, _quarter=quarter)
    bad_hour = ~pl.col("_hour").is_between(1, 25).fill_null(False)
    bad_quarter = ~pl.col("_quarter").is_between(1, 4).fill_null(False)
    reason = first_reason(
        ("bad_date", pl.col("_day").is_null()),
        ("bad_hour", bad_hour),
        ("bad_interval", bad_quarter),
        ("bad_flag", pl.col("_bad_flag")),
    )
    return labels.with_columns(reason=reason)


def read_run(labels: pl.DataFrame) -> pl.DataFrame:
    """Read the stamp of a SCED run."""
    labels = read_flag(labels, "repeated_hour_flag").with_columns(_stamp=stamps(labels["sced_timestamp"]))
    reason = first_reason(("bad_date", pl.col("_stamp").is_null()), ("bad_flag", pl.col("_bad_flag")))
    return labels.with_columns(_day=pl.col("_stamp").dt.date(), reason=reason)


def read_number(labels: pl.DataFrame) -> pl.DataFrame:
    """Read numbers as the hour and the quarter that they would be by the clock; `_fits` says what the stamp says."""
    number = pl.col("interval_number").str.extract(r"^([0-9]{1,3})$").cast(pl.Int16)
    labels = labels.with_columns(_stamp=stamps(labels["interval_time_cpt"]), _number=number)
    labels = labels.with_columns(
        _day=pl.col("_stamp").dt.date(),
        _hour=((pl.col("_number") - 1) // 4 + 1).cast(pl.Int8),
        _quarter=((pl.col("_number") - 1) % 4 + 1).cast(pl.Int8),
        _flag=pl.lit(None, dtype=pl.Boolean),
    )
    bad_number = ~pl.col("_number").is_between(1, 100).fill_null(False)
    reason = first_reason(("bad_date", pl.col("_stamp").is_null()), ("bad_interval", bad_number))
    counted = (midnight() + offset_in_day(15)).dt.convert_time_zone(CENTRAL).dt.replace_time_zone(None)
    by_clock = pl.col("_day").cast(NAIVE) + offset_in_day(15)
    return labels.with_columns(reason=reason, _fits=_is_in(counted) - _is_in(by_clock))


def _is_in(start: pl.Expr) -> pl.Expr:
    within = (pl.col("_stamp") - start).is_between(timedelta(0), timedelta(minutes=15))
    return within.fill_null(False).cast(pl.Int8)


def read_as_of(labels: pl.DataFrame) -> pl.DataFrame:
    """Read an operating day."""
    labels = labels.with_columns(_day=_dates(labels, "as_of"))
    return labels.with_columns(reason=first_reason(("bad_date", pl.col("_day").is_null())))


def read_unlabelled(labels: pl.DataFrame) -> pl.DataFrame:
    """Read nothing: the file's own day is that of its rows."""
    return labels.with_columns(_day=pl.lit(None, dtype=pl.Date), reason=pl.lit(None, dtype=pl.String))


def midnight() -> pl.Expr:
    """Return the start of `_day` in UTC."""
    return pl.col("_day").cast(NAIVE).dt.replace_time_zone(CENTRAL).dt.convert_time_zone("UTC")


def offset_in_day(minutes: int) -> pl.Expr:
    """Return how long after midnight `_hour` and its `_quarter` (a part of so many minutes) start."""
    hours, parts = pl.col("_hour").cast(pl.Int64) - 1, pl.col("_quarter").cast(pl.Int64) - 1
    return pl.duration(minutes=60 * hours + minutes * parts)
