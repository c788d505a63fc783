"""The order of rows as integers: one a row, far cheaper to compare and to sort than the texts of a key."""

from functools import reduce

import numpy as np
import polars as pl

from ercot.tables.categories import dictionary

MAX_CODE = 2**62


def order_codes(frame: pl.DataFrame, key: tuple[str, ...]) -> np.ndarray:
    """Return one integer a row that orders rows as their key does: far cheaper to compare and sort than texts."""
    if not key:
        return np.zeros(frame.height, dtype=np.int64)
    return reduce(join_codes, (_ranks(frame[name]) for name in key)).astype(np.int64, copy=False)


def join_codes(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return codes that order by the first, then by the second."""
    count = int(second.max()) + 1
    if (int(first.max()) + 1) * count >= MAX_CODE:
        first = _dense(first)
    return first.astype(np.int64, copy=False) * count + second


def _ranks(column: pl.Series) -> np.ndarray:
    """Return the place of each value in the order of the distinct values, or an equivalent; null comes first."""
    if column.dtype == pl.Categorical:
        places = dictionary(column)[0]
        return places + 1 if column.null_count() else places
    numbers = column.to_physical().cast(pl.Int64)
    if numbers.null_count():
        numbers = numbers.fill_null((numbers.min() or 0) - 1)
    values = numbers.to_numpy()
    return values - values.min()


def _dense(values: np.ndarray) -> np.ndarray:
    return np.unique(values, return_inverse=True)[1].astype(np.int64)
