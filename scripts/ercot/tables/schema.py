"""The columns of a rollup, derived from the catalog: Arrow types, the pandera schema, and schema.json."""

from functools import cache

import polars as pl

from ercot.catalog.model import Column, Dataset, Kind
from ercot.tables.time_columns import time_columns

DTYPES = {
    Kind.DATE: pl.Date,
    Kind.INTEGER: pl.Int32,
    Kind.FLOAT: pl.Float64,
    Kind.TEXT: pl.String,
    Kind.FLAG: pl.Boolean,
    Kind.NAIVE_STAMP: pl.Datetime("us"),
}
DERIVED = {
    "delivery_date": ("", "Operating day in Central Prevailing Time"),
    "interval_start": ("UTC", "Start of the interval"),
    "interval_end": ("UTC", "End of the interval"),
}
ORIGINAL = "_original"


def value_columns(dataset: Dataset) -> list[Column]:
    """Return the declared columns that are no time labels, in ERCOT's order."""
    return [c for c in dataset.columns if c.name not in dataset.printed]


def interim_types(dataset: Dataset) -> dict[str, pl.DataType]:
    """Return the columns of an interim file with their types: time columns, then the report's own."""
    return time_columns(dataset) | {c.name: DTYPES[c.kind] for c in value_columns(dataset)}


def annual_types(dataset: Dataset) -> dict[str, pl.DataType]:
    """Return the columns of a rollup: the interim ones, and the first published prices where these may be corrected."""
    types = {}
    for name, dtype in interim_types(dataset).items():
        types[name] = dtype
        if dataset.corrections and dataset.corrections.overrides(name):
            types[name + ORIGINAL] = dtype
    return types


def never_null(dataset: Dataset) -> set[str]:
    """Return the columns of a rollup that have no nulls."""
    times = {n for n in time_columns(dataset) if not n.endswith("_flag")}
    return times | set(dataset.key) | {c.name for c in value_columns(dataset) if c.required}


@cache
def pandera_schema(dataset: Dataset, annual: bool = False):
    """Return the pandera schema that a dataset's interim files (or rollups) are validated with.

    pandera pulls in pandas and takes most of a second to import, so only what validates pays for it.
    """
    import pandera.polars as pa

    types = annual_types(dataset) if annual else interim_types(dataset)
    required = never_null(dataset)
    columns = {
        name: pa.Column(dtype, checks=_checks(pa, name), nullable=name not in required) for name, dtype in types.items()
    }
    return pa.DataFrameSchema(columns, strict=True, ordered=True, name=dataset.id)


def _checks(pa, name: str) -> list:
    """Return what must hold of a time column whatever ERCOT prints."""
    bounds = {"hour_ending": (1, 25), "delivery_interval": (1, 4), "interval_number": (1, 100)}
    return [pa.Check.in_range(*bounds[name], n_failure_cases=10)] if name in bounds else []


def validate(dataset: Dataset, frame: pl.DataFrame | pl.LazyFrame, annual: bool = False) -> list[str]:
    """Validate rows (of a LazyFrame only the columns); return one line a failure, none where all is as declared."""
    import pandera.errors

    try:
        pandera_schema(dataset, annual).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases.select("column", "check", "failure_case").unique(maintain_order=True).head(10)
        return [f"{column}: {check} fails for {case}" for column, check, case in cases.iter_rows()]
    return []


def describe(dataset: Dataset) -> dict:
    """Return the content of schema.json: the rollup's columns in order, as a data sheet."""
    return {
        "dataset": dataset.id,
        "title": dataset.title,
        "report": dataset.emil,
        "key": list(dataset.key),
        "sorted_by": list(dataset.key or dataset.order),
        "columns": [_describe(dataset, name, dtype) for name, dtype in annual_types(dataset).items()],
    }


def _describe(dataset: Dataset, name: str, dtype: pl.DataType) -> dict:
    unit, meaning, headers = _facts(dataset, name)
    return {
        "name": name,
        "dtype": str(dtype),
        "unit": unit,
        "meaning": meaning,
        "nullable": name not in never_null(dataset),
        "headers": headers,
        "key": name in dataset.key,
    }


def _facts(dataset: Dataset, name: str) -> tuple[str, str, list[str]]:
    if dataset.has(name):
        column = dataset.column(name)
        headers = [s.header for s in column.spellings] + list(column.aliases)
        unit, meaning = DERIVED.get(name, (column.unit, column.meaning))
        return unit, meaning, headers
    if name in DERIVED:
        return (*DERIVED[name], [])
    corrected = dataset.column(name.removesuffix(ORIGINAL))
    return corrected.unit, f"{corrected.name} as first published; null where it was never corrected", []
