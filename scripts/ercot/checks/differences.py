"""How a rollup differs from another version of it: rows gained and lost, and rows whose values changed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from ercot.tables.footer import DamagedFile
from ercot.tables.row_groups import digests
from ercot.tables.table import Table

ROWS_AT_ONCE = 2_000_000  # of each rollup: some hundred megabytes
NONE = {"gained": 0, "lost": 0, "changed": 0}
UNREADABLE = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)  # what libraries raise of a bad file
COUNT = "count of rows"


@dataclass(frozen=True)
class Differing:
    """The rows of some days that two versions do not share."""

    gained: pl.DataFrame
    lost: pl.DataFrame
    changed: pl.DataFrame  # the earlier values, then the later ones with `_right` at the end of their names


def differences(table: Table, before: str, now: str) -> dict[str, int] | None:
    """Count the rows that only one of two rollups has, and those of the same key whose values differ.

    Columns that only one of them has do not count. Of a table without a key no row can change: it is lost and gained.
    Returns None where one of them cannot be read.
    """
    total = dict(NONE)
    try:
        for part in differing_rows(table, before, now, shared_columns(before, now)):
            total = {name: total[name] + getattr(part, name).height for name in total}
    except (*UNREADABLE, DamagedFile):
        return None
    return total


def shared_columns(before: str, now: str) -> list[str]:
    """Return the columns that two Parquet files have, with the same type, in the order of the second."""
    schemas = [pl.scan_parquet(path).collect_schema() for path in (before, now)]
    return [name for name, dtype in schemas[1].items() if schemas[0].get(name) == dtype]


def differing_rows(table: Table, before: str, now: str, columns: list[str]) -> Iterator[Differing]:
    """Yield what some columns of two Parquet files do not share, some days at a time; equal days are passed over."""
    spans = _suspect_days(table.day, before, now)
    here = pl.lit(True) if spans is None else pl.any_horizontal(False, *_within(table.day, spans))
    old, new = (pl.scan_parquet(path).filter(here).select(columns) for path in (before, now))
    key = [name for name in table.key if name in columns]
    for days in _differing_days(old, new, table.day):
        parts = [scan.filter(pl.col(table.day).is_in(days)).collect() for scan in (old, new)]
        yield _of_keys(*parts, key) if key else _without_keys(*parts)


def _suspect_days(day: str, before: str, now: str) -> list[tuple[int, int]] | None:
    """Return the days of the row groups that only one of two files has; None where that cannot be told.

    They are spans of days since 1970. Row groups of the same bytes hold the same rows, so of all other days nothing has
    to be read.
    """
    if pl.scan_parquet(before).collect_schema() != pl.scan_parquet(now).collect_schema():
        return None
    try:
        groups = {path: digests(path, day) for path in (before, now)}
    except DamagedFile:
        return None
    spans = set()
    for path, other in ((before, now), (now, before)):
        left = Counter(groups[other])
        for found in groups[path]:
            left[found] -= 1
            if left[found] < 0:
                spans.add(found.span)
    return sorted(spans)


def _within(day: str, spans: list[tuple[int, int]]) -> list[pl.Expr]:
    bounds = [[pl.lit(bound, dtype=pl.Int64).cast(pl.Date) for bound in span] for span in spans]
    return [pl.col(day).is_between(first, last) for first, last in bounds]


def _differing_days(old: pl.LazyFrame, new: pl.LazyFrame, day: str) -> Iterator[list]:
    """Yield the days whose rows are not the same, as many at a time as can be held."""
    sums = [
        scan.group_by(day)
        .agg(pl.len().alias("rows"), pl.struct(pl.all()).hash().sum().alias("sum"))
        .collect(engine="streaming")
        for scan in (old, new)
    ]
    both = sums[0].join(sums[1], on=day, how="full", coalesce=True, nulls_equal=True).sort(day)
    unlike = both.filter(pl.col("sum").ne_missing(pl.col("sum_right")))
    days, rows = [], 0
    for found, _, count, more in unlike.select(day, "sum", "rows", "rows_right").iter_rows():
        days.append(found)
        rows += max(count or 0, more or 0)
        if rows >= ROWS_AT_ONCE:
            yield days
            days, rows = [], 0
    if days:
        yield days


def _of_keys(old: pl.DataFrame, new: pl.DataFrame, key: list[str]) -> Differing:
    values = [name for name in old.columns if name not in key]
    match = {"on": key, "nulls_equal": True}
    same = old.join(new, how="inner", **match)
    unlike = [pl.col(name).ne_missing(pl.col(f"{name}_right")) for name in values]
    return Differing(
        new.join(old, how="anti", **match),
        old.join(new, how="anti", **match),
        same.filter(pl.any_horizontal(unlike)) if unlike else same.clear(),
    )


def _without_keys(old: pl.DataFrame, new: pl.DataFrame) -> Differing:
    """Compare rows as a whole, each as often as it is there."""
    columns = old.columns
    counts = [part.group_by(columns, maintain_order=True).agg(pl.len().alias(COUNT)) for part in (old, new)]
    both = counts[0].join(counts[1], on=columns, how="full", coalesce=True, nulls_equal=True)
    earlier, later = (pl.col(name).fill_null(0).cast(pl.Int64) for name in (COUNT, f"{COUNT}_right"))
    return Differing(_repeated(both, later - earlier, columns), _repeated(both, earlier - later, columns), old.clear())


def _repeated(rows: pl.DataFrame, times: pl.Expr, columns: list[str]) -> pl.DataFrame:
    more = rows.with_columns(times.alias(COUNT)).filter(pl.col(COUNT) > 0)
    return more.select(pl.col(columns).repeat_by(COUNT)).explode(columns)
