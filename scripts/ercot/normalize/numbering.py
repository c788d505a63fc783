"""How a file numbers its hours on a day on which the clock is set, where there is no flag.

Two ways are known: by the clock (March leaves a label out, November ends at 24 and cannot tell its repeated hour), and
counted (1..23 or 1..25). A file is read in the way that most of its rows fit, those that are rejected for something
else included; where two ways fit equally well only the hours that both place alike are written.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from statistics import median
from zoneinfo import ZoneInfo

import polars as pl

from ercot.tables.time_columns import CENTRAL

ALL_HOURS = 25
ONE_HOUR_FILES = -1  # number of the unit that they make together


@dataclass(frozen=True)
class Numbering:
    """A way to read hour labels: counted from midnight or by the clock, and the last label of which that is sure."""

    counted: bool
    sure: int = ALL_HOURS


COUNTED, BY_CLOCK = Numbering(counted=True), Numbering(counted=False)
# What is counted and what goes by the clock place these hours alike. November by the clock is as unsure: which pass of
# the repeated hour lacks its rows is not said.
UNSURE = {True: Numbering(counted=False, sure=2), False: Numbering(counted=False, sure=1)}


@lru_cache(maxsize=16384)
def turn(day: date) -> timedelta | None:
    """Return by how much the clock is set on that day, None on most days."""
    zone = ZoneInfo(CENTRAL)
    morning, evening = (datetime(day.year, day.month, day.day, h, tzinfo=zone).utcoffset() for h in (0, 12))
    return evening - morning or None


def as_votes(labels: pl.DataFrame) -> pl.DataFrame:
    """Return labels with the number of their rows in the form that `read_numbering` takes; what is no hour is none."""
    fits = pl.col("_fits") if "_fits" in labels.columns else pl.lit(None, dtype=pl.Int8)
    bare = pl.col("_flag").is_null() & ~pl.col("_bad_flag") if "_bad_flag" in labels.columns else pl.lit(True)
    named = labels.select(
        "_file", "_label", "_day", "_hour", "_quarter", _bare=bare, _fits=fits, rows=pl.col("rows").cast(pl.Int64)
    )
    return named.filter(pl.col("_hour").is_between(1, ALL_HOURS) & pl.col("_day").is_not_null())


def read_numbering(votes: pl.DataFrame) -> pl.DataFrame:
    """Say of each label of each file how it is to be read.

    ``votes`` are labels with the number of their rows, of days on which the clock is set: `_file`, `_label` (null of a
    row that is rejected), `_day`, `_hour`, `_quarter`, `_bare` (no flag in the file), `_fits`, `rows`. Returns `_file`,
    `_label` and the columns `_counted`, `_sure` (see `Numbering`) and `_taken`: the label of 01:00 is there too.
    """
    hours = pl.col("_hour").n_unique().over("_file", "_day")
    unit = pl.when(hours == 1).then(ONE_HOUR_FILES).otherwise(pl.col("_file").cast(pl.Int64))
    votes = votes.with_columns(_unit=unit)
    return pl.concat([_read_unit(part) for part in votes.partition_by("_unit", "_day", maintain_order=True)])


def _read_unit(votes: pl.DataFrame) -> pl.DataFrame:
    """Read the labels of one day in one file, or in all files of one hour each: one such file alone is no clue."""
    spring = turn(votes["_day"][0]) > timedelta(0)
    bare = votes.filter("_bare")
    numbering = BY_CLOCK
    if bare.height:
        stamped = bare["_fits"].null_count() == 0
        numbering = by_stamps(_sums(bare, "_fits"), spring) if stamped else by_labels(_sums(bare, "_hour"), spring)
    taken = votes.filter(pl.col("_hour") == 2)["_quarter"].drop_nulls().unique()
    return votes.filter(pl.col("_label").is_not_null()).select(
        "_file",
        "_label",
        _counted=pl.lit(numbering.counted),
        _sure=pl.lit(numbering.sure, dtype=pl.Int8),
        _taken=pl.col("_quarter").is_in(taken.to_list()),
    )


def _sums(votes: pl.DataFrame, column: str) -> Counter[int]:
    sums = Counter()
    for value, rows in votes.select(column, "rows").iter_rows():
        sums[value] += rows
    return sums


def by_stamps(rows: Counter[int], spring: bool) -> Numbering:
    """Decide by the stamps beside the numbers: ``rows`` that fit only if counted (1), only by the clock (-1), or both.

    Numbers are counted unless stamps speak against it.
    """
    if rows[1] == rows[-1] and rows[1]:
        return UNSURE[spring]
    if rows[-1] > rows[1]:
        return BY_CLOCK if spring else UNSURE[spring]
    return COUNTED


def by_labels(rows: Counter[int], spring: bool) -> Numbering:
    """Decide by the number of rows that each hour label has: a label that is stray has fewer than the others."""
    present = [rows[hour] for hour in range(1, 25) if rows[hour]]
    usual = median(present) if present else 0
    if not spring:  # a 25 may also be the one label that is missing, misprinted
        return COUNTED if 2 * rows[25] > usual + (len(present) == 23) else UNSURE[spring]

    def misfit(*labels: int) -> float:
        return sum(abs(rows[hour] - usual) if hour in labels else rows[hour] for hour in (2, 3, 24))

    counted, by_clock = misfit(2, 3), min(misfit(2, 24), misfit(3, 24))
    if counted != by_clock:
        return COUNTED if counted < by_clock else BY_CLOCK
    return BY_CLOCK if len(present) == 24 else UNSURE[spring]  # all labels: one hour too many, and that is the third
