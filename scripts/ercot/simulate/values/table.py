"""The typed truth of one report and operating day, under the names that the rollups use."""

from datetime import date

import numpy as np
import polars as pl

from ercot.catalog.model import Column, Kind
from ercot.simulate.request import Request
from ercot.simulate.values.numbers import number_cells
from ercot.simulate.values.scene import Cells, Scene, scene_of
from ercot.simulate.values.texts import text_cells, time_cells, utc_cells

UTC = pl.Datetime("us", "UTC")
DTYPES = {
    Kind.DATE: pl.Date,
    Kind.INTEGER: pl.Int32,
    Kind.FLOAT: pl.Float64,
    Kind.TEXT: pl.String,
    Kind.FLAG: pl.Boolean,
    Kind.UTC_STAMP: UTC,
    Kind.NAIVE_STAMP: pl.Datetime("us"),
}
LABELS = {"hour_ending": pl.Int8, "delivery_interval": pl.Int8, "interval_number": pl.Int8}


def day_table(request: Request, day: date, seed: int = 0) -> pl.DataFrame:
    """Return what the files of an operating day say, typed, in the order of their rows.

    `slot` counts the intervals or runs of the day; `interval_start`, `interval_end` and `sced_timestamp` are UTC.
    """
    scene = scene_of(request, day, seed)
    moments = utc_cells(scene)
    printed = {c.name: (cells, c) for c, cells in cells_of(scene)}
    columns = [pl.Series("slot", scene.rows[0])]
    for name, cells in moments.items():
        columns.append(_typed(name, cells, pl.Date if name == "delivery_date" else UTC))
    for name, (cells, column) in printed.items():
        if name not in moments:
            columns.append(_typed(name, cells, LABELS.get(name, DTYPES[column.kind])))
    return pl.DataFrame(columns)


def cells_of(scene: Scene) -> list[tuple[Column, Cells]]:
    """Return the printed columns of a scene with their values."""
    times = time_cells(scene)
    return [(column, times.get(column.name) or _cells(scene, column)) for column in scene.columns]


def take(values: pl.Series, index: np.ndarray | None) -> pl.Series:
    """Return the value of each row."""
    return values if index is None else values.gather(index)


def _cells(scene: Scene, column: Column) -> Cells:
    return (number_cells if column.kind in (Kind.FLOAT, Kind.INTEGER) else text_cells)(scene, column)


def _typed(name: str, cells: Cells, dtype) -> pl.Series:
    values = pl.Series(name, cells.values)
    if values.dtype == pl.Float64:
        values = values.fill_nan(None)
    return take(values.cast(dtype), cells.index)
