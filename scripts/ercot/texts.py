"""Texts as dictionaries: the distinct values in order, and for each row the place of its value among them."""

import numpy as np
import polars as pl


def dictionary(column: pl.Series) -> tuple[np.ndarray, pl.Series]:
    """Return, for a Categorical column, each row's place (-1 for null) and the distinct texts in the order of bytes."""
    rows = column.to_physical()
    if rows.null_count():
        rows = rows.fill_null((rows.max() or 0) + 1)
    codes = rows.to_numpy()
    # counting is several times faster than looking for the distinct values
    present = np.flatnonzero(np.bincount(codes)).astype(np.uint32)
    present = present[:-1] if column.null_count() else present
    texts = pl.Series(present, dtype=pl.UInt32).cat.to(pl.Categorical).cast(pl.String)
    order = texts.arg_sort()
    places = np.full(int(codes.max(initial=0)) + 1, -1, dtype=np.int32)
    places[present[order.to_numpy()]] = np.arange(len(present), dtype=np.int32)
    return places[codes], texts.gather(order)
