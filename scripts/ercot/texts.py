"""Texts as dictionaries: the distinct values in order, and for each row the place of its value among them."""

import numpy as np
import polars as pl


def dictionary(column: pl.Series) -> tuple[np.ndarray, pl.Series]:
    """Return, for a Categorical column, each row's place (-1 for null) and the distinct texts in the order of bytes."""
    distinct = column.drop_nulls().unique()
    texts = distinct.cast(pl.String)
    order = texts.arg_sort()
    codes = distinct.to_physical().gather(order).to_numpy()
    places = np.full(int(codes.max()) + 2 if len(codes) else 1, -1, dtype=np.int32)
    places[codes] = np.arange(len(codes), dtype=np.int32)
    rows = column.to_physical()
    if rows.null_count():
        rows = rows.fill_null(len(places) - 1)
    return places[rows.to_numpy()], texts.gather(order)
