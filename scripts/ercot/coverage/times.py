"""Coverage: what an operating day should hold against what is there."""

from bisect import bisect
from collections import Counter
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import polars as pl

from ercot.catalog.clocks import Clock
from ercot.catalog.model import Coverage, Dataset
from ercot.tables.time_columns import CENTRAL, time_key

LATE = 2.5  # a SCED run may take this many times the nominal distance to the next one
HOUR = timedelta(hours=1)
SPARE = 1  # SCED runs that an hour may lack: one has slipped into the next hour, or came late
SCARCE = 0.02  # share of a day's runs beyond which those count too


def expected_minutes(dataset: Dataset, day: date) -> int | None:
    """Return the nominal minutes between two times of a day, None where a day has no such rhythm."""
    if dataset.coverage is not Coverage.GRID:
        return None
    if dataset.clock is Clock.RUN:
        return next((m for since, m in reversed(dataset.run_minutes) if since <= day), None)
    return dataset.clock.facts.minutes


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the start of an operating day and of the next one in UTC."""
    zone, utc = ZoneInfo(CENTRAL), ZoneInfo("UTC")
    start = datetime(day.year, day.month, day.day, tzinfo=zone)
    following = day + timedelta(days=1)
    end = datetime(following.year, following.month, following.day, tzinfo=zone)
    return start.astimezone(utc), end.astimezone(utc)


def missing_times(dataset: Dataset, times: pl.DataFrame) -> dict[date, list[datetime]]:
    """Return, for each day that has rows, the times that it lacks.

    ``times`` are the distinct times of the rollup with their `delivery_date`. SCED runs have no fixed minute, so they
    are counted by the hour; of as many as are missing the nominal times are returned.
    """
    missing = {}
    for (day,), rows in times.group_by("delivery_date", maintain_order=True):
        found = times_lacking(dataset, day, rows[time_key(dataset)].to_list())
        if found:
            missing[day] = found
    return missing


def times_lacking(dataset: Dataset, day: date, there: list[datetime]) -> list[datetime]:
    """Return the times that an operating day lacks, given those it has."""
    minutes = expected_minutes(dataset, day)
    if minutes is None:
        return []
    lacking = _runs_lacking if dataset.clock is Clock.RUN else _intervals_lacking
    return lacking(there, *day_bounds(day), timedelta(minutes=minutes))


def missing_entities(times: pl.DataFrame, entities: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return the entities that lack times between their first and their last one.

    ``entities`` has `rows`, `first` and `last` of each; the result adds `missing`.
    """
    place = times.select(pl.col(key), pl.int_range(pl.len()).alias("_place"))
    ranked = entities.join(place.rename({key: "first", "_place": "_from"}), on="first", how="left")
    ranked = ranked.join(place.rename({key: "last", "_place": "_to"}), on="last", how="left")
    missing = pl.col("_to") - pl.col("_from") + 1 - pl.col("rows").cast(pl.Int64)
    return ranked.with_columns(missing=missing).filter(pl.col("missing") > 0).drop("_from", "_to")


def _intervals_lacking(there: list[datetime], start: datetime, end: datetime, step: timedelta) -> list[datetime]:
    have = set(there)
    return [t for t in _marks(start, end, step) if t not in have]


def _marks(start: datetime, end: datetime, step: timedelta) -> list[datetime]:
    return [start + i * step for i in range((end - start) // step)]


def _runs_lacking(there: list[datetime], start: datetime, end: datetime, step: timedelta) -> list[datetime]:
    """Return, of the hours with too few runs, the nominal times that are the farthest from any run."""
    counts = Counter((time - start) // HOUR for time in there)
    short = {hour: HOUR // step - counts[hour] for hour in range((end - start) // HOUR)}
    slack = [lack for hour, lack in short.items() if lack <= SPARE and hour < max(counts, default=0)]
    spare = 0 if sum(slack) > SCARCE * len(slack) * (HOUR // step) else SPARE
    runs, missing = sorted(there), []
    for hour, lack in short.items():
        if lack > spare:
            marks = _marks(start + hour * HOUR, start + (hour + 1) * HOUR, step)
            missing += sorted(sorted(marks, key=partial(_distance, runs), reverse=True)[:lack])
    return missing


def _distance(runs: list[datetime], mark: datetime) -> timedelta:
    place = bisect(runs, mark)
    return min((abs(run - mark) for run in runs[max(place - 1, 0) : place + 1]), default=timedelta.max)
