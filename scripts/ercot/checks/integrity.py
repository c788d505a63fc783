"""Checks of a rollup as it lies on the disk: schema, null keys, order, duplicates, year. All read it row by row."""

import numpy as np
import polars as pl

from ercot.catalog.model import Dataset
from ercot.tables.schema import annual_types, never_null, validate
from ercot.tables.sort_keys import join_codes, order_codes


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


def out_of_order(rows: pl.DataFrame, places: np.ndarray) -> pl.DataFrame:
    """Return the rows that come before their predecessor in the order of the key; ``places`` is `order_of` the rows."""
    return rows[1:].filter(pl.Series(np.diff(places) < 0))


def repeated_keys(dataset: Dataset, rows: pl.DataFrame, places: np.ndarray) -> pl.DataFrame:
    """Return the rows with the key of their predecessor; ``places`` is `order_of` the rows."""
    return rows[1:].filter(pl.Series((np.diff(places) == 0) & bool(dataset.key)))


def order_of(dataset: Dataset, rows: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return one integer a row that orders rows as the rollup is sorted, and one that tells entities apart."""
    time, *names = sorting(dataset)
    entities = order_codes(rows, tuple(names))
    return join_codes(order_codes(rows, (time,)), entities), entities


def wrong_year(rows: pl.DataFrame, year: int) -> pl.DataFrame:
    """Return the rows of another year than the file's."""
    days = rows["delivery_date"]
    if {days.min().year, days.max().year} == {year}:
        return rows.clear()
    return rows.filter(pl.col("delivery_date").dt.year() != year)


def sorting(dataset: Dataset) -> tuple[str, ...]:
    """Return the columns that a rollup is sorted by."""
    return dataset.key or dataset.order
