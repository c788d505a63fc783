"""Coverage: what an operating day should hold against what is there."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from ercot.catalog.model import Clock, Coverage, Dataset
from ercot.tables.time_columns import CENTRAL, MINUTES, time_key

MOST_CODES = 1 << 24  # beyond, entities are numbered anew instead of counted by their code
LATE = 2.5  # a SCED run is missing where two follow each other at this many times the nominal distance


def expected_minutes(dataset: Dataset, day: date) -> int | None:
    """Return the nominal minutes between two times of a day, None where a day has no such rhythm."""
    if dataset.coverage is not Coverage.GRID:
        return None
    if dataset.clock is Clock.RUN:
        return next((m for since, m in reversed(dataset.run_minutes) if since <= day), None)
    return MINUTES.get(dataset.clock)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the start of an operating day and of the next one in UTC."""
    zone, utc = ZoneInfo(CENTRAL), ZoneInfo("UTC")
    start = datetime(day.year, day.month, day.day, tzinfo=zone)
    following = day + timedelta(days=1)
    end = datetime(following.year, following.month, following.day, tzinfo=zone)
    return start.astimezone(utc), end.astimezone(utc)


def missing_times(dataset: Dataset, times: pl.DataFrame) -> dict[date, list[datetime]]:
    """Return, for each day that has rows, the times that it lacks.

    ``times`` are the distinct times of the rollup with their `delivery_date`. Of SCED runs, which have no fixed
    minute, the nominal runs in each hole are returned.
    """
    missing = {}
    for (day,), rows in times.group_by("delivery_date", maintain_order=True):
        minutes = expected_minutes(dataset, day)
        if minutes is None:
            continue
        there = rows[time_key(dataset)].to_list()
        holes = _holes_between_runs if dataset.clock is Clock.RUN else _holes_in_grid
        found = holes(there, *day_bounds(day), timedelta(minutes=minutes))
        if found:
            missing[day] = found
    return missing


def missing_days(dataset: Dataset, days: set[date], first: date, last: date) -> list[date]:
    """Return the days from ``first`` to ``last`` without a row; none of a report that tells only events."""
    if dataset.coverage is Coverage.EVENTS:
        return []
    span = (last - first).days + 1
    return [d for d in (first + timedelta(days=i) for i in range(span)) if d not in days]


def gap_window(dataset: Dataset, year: int, newest: date) -> tuple[date, date]:
    """Return the days of a year that a dataset should cover: from its first operating day to the newest in the tree."""
    last = min(date(year, 12, 31), newest, dataset.last_day or date.max)
    return max(date(year, 1, 1), dataset.first_day), last


def appearances(rows: pl.DataFrame, key: str, names: tuple[str, ...], codes: np.ndarray) -> pl.DataFrame:
    """Return, for each entity in rows sorted by time, the number of its `rows` and its `first` and `last` time.

    ``names`` are the columns that tell entities apart, ``codes`` the integers that do (see `order_codes`); without
    names all rows are one entity.
    """
    if not names:
        return rows.select(pl.lit("all").alias("_all"), rows=pl.len(), first=pl.col(key).min(), last=pl.col(key).max())
    here, place = (
        np.unique(codes, return_index=True) if codes.max() > MOST_CODES else (np.arange(codes.max() + 1), None)
    )
    codes = np.searchsorted(here, codes) if place is not None else codes
    first, last = np.zeros(len(here), dtype=np.int64), np.zeros(len(here), dtype=np.int64)
    numbers = np.arange(len(codes))
    last[codes] = numbers
    first[codes[::-1]] = numbers[::-1]
    count = np.bincount(codes, minlength=len(here))
    there = count > 0
    found = rows.select(*names, key)[first[there]]
    return found.select(
        pl.col(names).cast(pl.String), rows=pl.Series(count[there]), first=key, last=rows[key].gather(last[there])
    )


def missing_entities(times: pl.DataFrame, entities: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return the entities that lack times between their first and their last one.

    ``entities`` has `rows`, `first` and `last` of each; the result adds `missing`.
    """
    place = times.select(pl.col(key), pl.int_range(pl.len()).alias("_place"))
    ranked = entities.join(place.rename({key: "first", "_place": "_from"}), on="first", how="left")
    ranked = ranked.join(place.rename({key: "last", "_place": "_to"}), on="last", how="left")
    missing = pl.col("_to") - pl.col("_from") + 1 - pl.col("rows").cast(pl.Int64)
    return ranked.with_columns(missing=missing).filter(pl.col("missing") > 0).drop("_from", "_to")


def _holes_in_grid(there: list[datetime], start: datetime, end: datetime, step: timedelta) -> list[datetime]:
    count = (end - start) // step
    have = set(there)
    return [t for t in (start + i * step for i in range(count)) if t not in have]


def _holes_between_runs(there: list[datetime], start: datetime, end: datetime, step: timedelta) -> list[datetime]:
    marks = [start - step / 2, *sorted(there), end]
    holes = []
    for before, after in pairwise(marks):
        if after - before > LATE * step:
            count = round((after - before) / step) - 1
            holes += [before + (i + 1) * step for i in range(count)]
    return holes
