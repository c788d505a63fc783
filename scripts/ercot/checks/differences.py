"""How a rollup differs from the one that it replaces: rows gained and lost, and rows whose values changed."""

from collections.abc import Iterator

import polars as pl

from ercot.catalog.model import Dataset

ROWS_AT_ONCE = 2_000_000  # of each rollup: some hundred megabytes
NONE = {"gained": 0, "lost": 0, "changed": 0}


def differences(dataset: Dataset, before: str, now: str) -> dict[str, int]:
    """Count the rows that only one of two rollups has, and those of the same key whose values differ.

    Columns that only one of them has do not count. Of a dataset without a key no row can change: it is lost and gained.
    """
    scans = [pl.scan_parquet(path) for path in (before, now)]
    schemas = [scan.collect_schema() for scan in scans]
    columns = [name for name in schemas[1] if name in schemas[0]]
    old, new = (scan.select(pl.col(columns)) for scan in scans)
    key = [name for name in dataset.key if name in columns]
    total = dict(NONE)
    for days in _differing_days(old, new):
        parts = [scan.filter(pl.col("delivery_date").is_in(days)).collect() for scan in (old, new)]
        found = _of_keys(*parts, key) if key else _without_keys(*parts)
        total = {name: total[name] + found[name] for name in total}
    return total


def _differing_days(old: pl.LazyFrame, new: pl.LazyFrame) -> Iterator[list]:
    """Yield the days whose rows are not the same, as many at a time as can be held."""
    sums = [
        scan.group_by("delivery_date")
        .agg(pl.len().alias("rows"), pl.struct(pl.all()).hash().sum().alias("sum"))
        .collect(engine="streaming")
        for scan in (old, new)
    ]
    both = sums[0].join(sums[1], on="delivery_date", how="full", coalesce=True, nulls_equal=True).sort("delivery_date")
    unlike = both.filter(pl.col("sum").ne_missing(pl.col("sum_right")))
    days, rows = [], 0
    for day, _, count, more in unlike.select("delivery_date", "sum", "rows", "rows_right").iter_rows():
        days.append(day)
        rows += max(count or 0, more or 0)
        if rows >= ROWS_AT_ONCE:
            yield days
            days, rows = [], 0
    if days:
        yield days


def _of_keys(old: pl.DataFrame, new: pl.DataFrame, key: list[str]) -> dict[str, int]:
    values = [name for name in old.columns if name not in key]
    match = {"on": key, "nulls_equal": True}
    same = old.join(new, how="inner", **match)
    unlike = [pl.col(name).ne_missing(pl.col(f"{name}_right")) for name in values]
    return {
        "gained": new.join(old, how="anti", **match).height,
        "lost": old.join(new, how="anti", **match).height,
        "changed": same.filter(pl.any_horizontal(unlike)).height if unlike else 0,
    }


def _without_keys(old: pl.DataFrame, new: pl.DataFrame) -> dict[str, int]:
    columns = old.columns
    counts = [part.group_by(columns).agg(pl.len().alias("count of rows")) for part in (old, new)]
    both = counts[0].join(counts[1], on=columns, how="full", coalesce=True, nulls_equal=True).fill_null(0)
    more = both["count of rows_right"].cast(pl.Int64) - both["count of rows"].cast(pl.Int64)
    return {"gained": int(more.clip(lower_bound=0).sum()), "lost": int(-more.clip(upper_bound=0).sum()), "changed": 0}
