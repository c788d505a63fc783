"""ERCOT's time labels to UTC.

A report prints the same few labels on thousands of rows, so labels are read once each and handed back to the rows.
Where the clock is set, which labels a file has decides what one of them means, so a call must hold all rows of the
days in it.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from ercot.catalog.model import Dataset
from ercot.normalize.local_time import read_labels, to_utc
from ercot.normalize.numbering import ALL_HOURS, as_votes, read_numbering, turn
from ercot.normalize.parse import no_rejects
from ercot.tables.time_columns import time_columns


@dataclass(frozen=True)
class Days:
    """The operating days that planning gave each file, and which of them this batch is to write."""

    planned: pl.DataFrame  # _file, delivery_date
    first: date
    last: date
    home: list[bool]  # by file: rows without a usable date are counted here


@dataclass(frozen=True)
class Timestamped:
    """Rows with their times, rows that have none, and how many are another batch's to write."""

    rows: pl.DataFrame
    rejects: pl.DataFrame  # _file, _line, reason
    elsewhere: int


def add_timestamps(dataset: Dataset, frame: pl.DataFrame, days: Days, rejected_labels: pl.DataFrame) -> Timestamped:
    """Replace the printed time labels of rows by the time columns.

    ``rejected_labels`` are those of rows that are rejected already (`_file` and the printed columns, as far as they
    can be read): they count where a file's labels decide what one of them means.
    """
    printed = [name for name in dataset.printed if name in frame.columns]
    if frame.is_empty():
        typed = [pl.lit(None, dtype=t).alias(n) for n, t in time_columns(dataset).items()]
        return Timestamped(frame.drop(printed).with_columns(typed), no_rejects(), 0)
    run, runs = _runs(frame, printed)
    labels = runs.select(printed).unique(maintain_order=True) if printed else pl.DataFrame({"_none": [None]})
    read = read_labels(dataset, labels)
    runs = _assign(runs, read, printed, days)
    read = read.with_columns(_counted=pl.lit(False), _sure=pl.lit(ALL_HOURS, dtype=pl.Int8), _taken=pl.lit(False))
    if dataset.clock.facts.minutes and any(turn(day) for day in read["_day"].drop_nulls().unique()):
        votes = [_count_rows(runs, run).join(read, on="_label"), _read_rejected(dataset, rejected_labels)]
        read, runs = _number_hours(read, runs, pl.concat(map(as_votes, votes)), days)
    timestamped = to_utc(dataset, read.join(runs.filter(pl.col("_fate") == "ours"), on="_label", how="semi"))
    times = list(time_columns(dataset))
    runs = runs.join(
        timestamped.select("_label", *[t for t in times if t != "delivery_date"], _late="reason"),
        on="_label",
        how="left",
        maintain_order="left",
    )
    runs = runs.with_columns(reason=pl.coalesce("reason", "_late"))
    return _with_times(frame.drop(printed), run, runs, times)


def _runs(frame: pl.DataFrame, printed: list[str]) -> tuple[pl.Series, pl.DataFrame]:
    """Number the runs of rows with the same labels and file; return each row's run and one line a run."""
    changed = frame.select(pl.any_horizontal(pl.col(n).ne_missing(pl.col(n).shift(1)) for n in ("_file", *printed)))
    changed = changed.to_series()
    if frame.height:
        changed[0] = True
    runs = frame.filter(changed).select(
        "_file",
        pl.col(printed).str.strip_chars().replace("", None) if printed else pl.lit(None).alias("_none"),
    )
    return changed.cum_sum().cast(pl.UInt32) - 1, runs


def _assign(runs: pl.DataFrame, read: pl.DataFrame, printed: list[str], days: Days) -> pl.DataFrame:
    """Say of each run whether it is ours, rejected, or another batch's to write."""
    if printed:
        known = read.select(*printed, "_label", "_day", "reason")
        runs = runs.join(known, on=printed, how="left", nulls_equal=True, maintain_order="left").drop(printed)
    else:  # nothing printed: the file's own day
        own = days.planned.unique("_file", keep="first").rename({"delivery_date": "_day"})
        runs = runs.join(own, on="_file", how="left", maintain_order="left")
        runs = runs.with_columns(_label=pl.lit(0, dtype=pl.UInt32), reason=pl.lit(None, dtype=pl.String))
    runs = runs.rename({"_day": "delivery_date"})
    planned = days.planned.with_columns(_planned=pl.lit(True))
    runs = runs.join(planned, on=["_file", "delivery_date"], how="left", maintain_order="left")
    inside = pl.col("delivery_date").is_between(days.first, days.last)
    home = pl.col("_file").is_in([i for i, home in enumerate(days.home) if home])
    foreign = pl.col("delivery_date").is_not_null() & pl.col("_planned").is_null()
    elsewhere = (pl.col("_planned") & ~inside).fill_null(False) | (
        (foreign | pl.col("delivery_date").is_null()) & ~home
    )
    reason = pl.when(foreign).then(pl.lit("foreign_day")).otherwise(pl.col("reason"))
    runs = runs.with_columns(reason=reason, _elsewhere=elsewhere)
    fate = pl.when("_elsewhere").then(pl.lit("elsewhere")).when(pl.col("reason").is_null()).then(pl.lit("ours"))
    return runs.with_columns(_fate=fate.otherwise(pl.lit("rejected")))


def _with_times(frame: pl.DataFrame, run: pl.Series, runs: pl.DataFrame, times: list[str]) -> Timestamped:
    """Give each row the times of its run; tell placed rows and rejects apart, leave out what is written elsewhere."""
    if (runs["_fate"] == "ours").all() and runs["reason"].null_count() == runs.height:
        return Timestamped(frame.with_columns(runs.select(times)[run]), no_rejects(), 0)
    per_row = runs.select(*times, "reason", "_elsewhere")[run]
    good, elsewhere = per_row["reason"].is_null(), per_row["_elsewhere"]
    timestamped = frame.with_columns(per_row.select(times)).filter(good & ~elsewhere)
    rejects = frame.with_columns(per_row["reason"]).filter(~good & ~elsewhere)
    return Timestamped(timestamped, rejects.select("_file", "_line", "reason"), int(elsewhere.sum()))


def _count_rows(runs: pl.DataFrame, run: pl.Series) -> pl.DataFrame:
    """Return the labels that each file has, with the number of their rows."""
    counted = runs.select("_file", "_label", rows=pl.Series(np.bincount(run.to_numpy(), minlength=runs.height)))
    return counted.group_by("_file", "_label", maintain_order=True).agg(pl.col("rows").sum())


def _read_rejected(dataset: Dataset, rejected: pl.DataFrame) -> pl.DataFrame:
    """Read the labels of rows that are rejected already."""
    printed = [name for name in dataset.printed if name in rejected.columns]
    stripped = rejected.select("_file", pl.col(printed).str.strip_chars().replace("", None))
    return read_labels(dataset, stripped).with_columns(_label=pl.lit(None, dtype=pl.UInt32), rows=1)


def _number_hours(
    read: pl.DataFrame, runs: pl.DataFrame, votes: pl.DataFrame, days: Days
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Say how each file numbers its hours where the clock is set: a label is then another one in each file."""
    own_days = days.planned.filter(pl.col("delivery_date").is_in([day for day in votes["_day"].unique() if turn(day)]))
    votes = votes.join(own_days, left_on=["_file", "_day"], right_on=["_file", "delivery_date"], how="semi")
    if votes.is_empty():
        return read, runs
    readings = read_numbering(votes).with_row_index("_own", offset=read.height)
    how = ["_counted", "_sure", "_taken"]
    own = readings.join(read.drop(how), on="_label", maintain_order="left").with_columns(_label="_own")
    named = readings.select("_file", "_label", "_own")
    runs = runs.join(named, on=["_file", "_label"], how="left", maintain_order="left")
    return pl.concat([read, own.select(read.columns)]), runs.with_columns(_label=pl.coalesce("_own", "_label"))
