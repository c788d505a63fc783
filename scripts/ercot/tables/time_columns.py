"""The time columns of a table, by the clock of its report."""

import polars as pl

from ercot.catalog import clocks
from ercot.catalog.model import Dataset

CENTRAL = "America/Chicago"
UTC = pl.Datetime("us", "UTC")
NAIVE = pl.Datetime("us")
TYPES = {clocks.DATE: pl.Date, clocks.UTC: UTC, clocks.NAIVE: NAIVE, clocks.SMALL: pl.Int8, clocks.FLAG: pl.Boolean}


def time_key(dataset: Dataset) -> str:
    """Return the column that rows are sorted by first."""
    return dataset.clock.facts.key


def time_columns(dataset: Dataset) -> dict[str, pl.DataType]:
    """Return the time columns of a dataset's output with their types, in order; flags only where a report has them."""
    columns = dataset.clock.facts.columns
    return {name: TYPES[kind] for name, kind in columns if kind != clocks.FLAG or dataset.has(name)}
