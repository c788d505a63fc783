"""The tables of a dataset, derived from the catalog: its interim files and its rollups."""

import json
from functools import lru_cache

import polars as pl

from ercot.catalog.model import Column, Dataset, Kind
from ercot.tables import table
from ercot.tables.table import Table, TableColumn
from ercot.tables.time_columns import time_columns

DTYPES = {
    Kind.DATE: pl.Date,
    Kind.INTEGER: pl.Int32,
    Kind.FLOAT: pl.Float64,
    Kind.TEXT: pl.String,
    Kind.FLAG: pl.Boolean,
    Kind.NAIVE_STAMP: pl.Datetime("us"),
}
COMPUTED = {
    "delivery_date": ("", "Operating day in Central Prevailing Time"),
    "interval_start": ("UTC", "Start of the interval"),
    "interval_end": ("UTC", "End of the interval"),
}
BOUNDS = {"hour_ending": (1, 25), "delivery_interval": (1, 4), "interval_number": (1, 100)}  # whatever ERCOT prints
ORIGINAL = "_original"


def value_columns(dataset: Dataset) -> list[Column]:
    """Return the declared columns that are no time labels, in ERCOT's order."""
    return [c for c in dataset.columns if c.name not in dataset.printed]


def raw_types(dataset: Dataset) -> dict[str, pl.DataType]:
    """Return the columns that raw files give, with their types: time columns, then the report's own."""
    return time_columns(dataset) | {c.name: DTYPES[c.kind] for c in value_columns(dataset)}


def annual_types(dataset: Dataset) -> dict[str, pl.DataType]:
    """Return the columns of a rollup with their types."""
    return annual_table(dataset).types


@lru_cache(maxsize=128)
def annual_table(dataset: Dataset) -> Table:
    """Return the table of a dataset's rollups; prices that may be corrected have their first published value beside."""
    columns = []
    for name, dtype in raw_types(dataset).items():
        columns.append(_column(dataset, name, dtype))
        if dataset.corrections and dataset.corrections.overrides(name):
            columns.append(_original(dataset.column(name), dtype))
    made_from = (("report", dataset.emil),)
    return Table(dataset.id, dataset.title, dataset.key, tuple(columns), order=dataset.order, made_from=made_from)


def describe(dataset: Dataset) -> dict:
    """Return the content of schema.json for a dataset's rollups."""
    return table.describe(annual_table(dataset))


def file_metadata(dataset: Dataset) -> dict[str, str]:
    """Return the key-value metadata of a dataset's rollups: what schema.json says, so that a file explains itself."""
    return {"ercot": json.dumps(describe(dataset), ensure_ascii=False, separators=(",", ":"))}


def _column(dataset: Dataset, name: str, dtype: pl.DataType) -> TableColumn:
    declared = dataset.column(name) if dataset.has(name) else None
    unit, meaning = COMPUTED.get(name) or (declared.unit, declared.meaning)
    headers = (*(s.header for s in declared.spellings), *declared.aliases) if declared else ()
    low, high = BOUNDS.get(name, (None, None))
    return TableColumn(name, dtype, unit, meaning, not _is_required(dataset, name), headers, low, high)


def _original(price: Column, dtype: pl.DataType) -> TableColumn:
    meaning = f"{price.name} before a price correction was applied; null where none was"
    return TableColumn(price.name + ORIGINAL, dtype, price.unit, meaning, nullable=True)


def _is_required(dataset: Dataset, name: str) -> bool:
    """Say whether a column of a rollup has no nulls: times, keys, and what the catalog requires."""
    if name in dataset.key:
        return True
    if name in time_columns(dataset):
        return not name.endswith("_flag")
    return dataset.column(name).required
