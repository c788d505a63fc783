"""Checks of a rollup as it lies on the disk: schema, null keys, order, duplicates, year. All read it row by row."""

import polars as pl

from ..catalog.model import Dataset
from ..clock import time_key
from ..schema import annual_types, never_null, validate


def wrong_schema(dataset: Dataset, path: str) -> list[str]:
    """Return how a file's columns differ from the catalog's."""
    found = dict(pl.read_parquet_schema(path))
    declared = annual_types(dataset)
    if list(found) != list(declared):
        return [f"columns {list(found)} instead of {list(declared)}"]
    return [f"{n}: {found[n]} instead of {t}" for n, t in declared.items() if found[n] != t]


def invalid_interim(dataset: Dataset, path: str) -> list[str]:
    """Return what pandera finds wrong with the columns of an interim file."""
    return validate(dataset, pl.scan_parquet(path))


def invalid(dataset: Dataset, rows: pl.DataFrame) -> list[str]:
    """Return what pandera finds wrong with some rows."""
    return validate(dataset, rows, annual=True)


def null_keys(dataset: Dataset, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that lack a value that must be there."""
    return rows.filter(pl.any_horizontal(pl.col(sorted(never_null(dataset))).is_null()))


def out_of_order(dataset: Dataset, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that come before their predecessor in the order of the key."""
    return rows.filter(_compare(_sorting(dataset), lambda now, before: now < before))


def repeated_keys(dataset: Dataset, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with the key of their predecessor."""
    if not dataset.key:
        return rows.clear()
    same = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in dataset.key)
    return rows.filter(same.fill_null(False))


def wrong_year(rows: pl.DataFrame, year: int) -> pl.DataFrame:
    """Return the rows of another year than the file's."""
    return rows.filter(pl.col("delivery_date").dt.year() != year)


def _sorting(dataset: Dataset) -> tuple[str, ...]:
    return dataset.key or (time_key(dataset), *(n for n in dataset.order if n != time_key(dataset)))


def _compare(names: tuple[str, ...], worse) -> pl.Expr:
    failing, equal = pl.lit(False), pl.lit(True)
    for name in names:
        now, before = pl.col(name), pl.col(name).shift(1)
        failing = failing | (equal & worse(now, before).fill_null(False))
        equal = equal & (now == before).fill_null(False)
    return failing
