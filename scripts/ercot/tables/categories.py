"""Texts as dictionaries: the distinct values in order, and for each row the place of its value among them."""

import numpy as np
import polars as pl


def distinct(column: pl.Series) -> pl.Series:
    """Return the distinct texts of a column, nulls left out."""
    return column.drop_nulls().unique() if column.dtype == pl.String else _spell(_present(column))


def dictionary(column: pl.Series) -> tuple[np.ndarray, pl.Series]:
    """Return, for a Categorical column, each row's place (-1 for null) and the distinct texts in the order of bytes."""
    present = _present(column)
    texts = _spell(present)
    order = texts.arg_sort()
    places = np.full(int(present.max(initial=0)) + 2, -1, dtype=np.int32)
    places[present[order.to_numpy()]] = np.arange(len(present), dtype=np.int32)
    codes = column.to_physical()
    codes = codes.fill_null(len(places) - 1) if column.null_count() else codes
    return places[codes.to_numpy()], texts.gather(order)


def _present(column: pl.Series) -> np.ndarray:
    """Return the codes that a Categorical column holds; counting them is several times faster than `unique`."""
    return np.flatnonzero(np.bincount(column.to_physical().drop_nulls().to_numpy())).astype(np.uint32)


def _spell(codes: np.ndarray) -> pl.Series:
    return pl.Series(codes, dtype=pl.UInt32).cat.to(pl.Categorical).cast(pl.String)
