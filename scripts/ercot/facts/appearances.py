"""When rows and entities appear."""

import numpy as np
import polars as pl

from ercot.catalog.model import Dataset
from ercot.tables.time_columns import time_key

MOST_CODES = 1 << 24  # beyond, entities are numbered anew instead of counted by their code


def new_times(dataset: Dataset, rows: pl.DataFrame) -> pl.DataFrame:
    """Return `delivery_date` and time of the first row and of each one whose time is not that of the row before."""
    key = time_key(dataset)
    is_new = pl.col(key).ne_missing(pl.col(key).shift(1)) | (pl.int_range(pl.len()) == 0)
    return rows.filter(is_new).select(*dict.fromkeys(("delivery_date", key)))


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
