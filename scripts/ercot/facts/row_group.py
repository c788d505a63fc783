"""One line of facts a row group: faults, edges, times, appearances, and what the report shows of its rows.

A line is a row of a polars table, so that the facts of a year are read and joined as columns.
"""

import polars as pl

from ercot.catalog.model import Coverage, Dataset
from ercot.facts import integrity
from ercot.facts.appearances import appearances, new_times
from ercot.facts.prices import EXTREME, OF_MONTH, Summary
from ercot.tables.schema import annual_table
from ercot.tables.time_columns import time_key

FAULTS = pl.Struct({"check": pl.String, "count": pl.Int64, "examples": pl.List(pl.String)})
DAYS = pl.Struct({"day": pl.Date, "rows": pl.Int64})
CORRECTED = pl.Struct({"month": pl.String, "count": pl.Int64})
CENTS = pl.List(pl.Int64)
PRICES = pl.Struct(dict(zip(OF_MONTH, (pl.String, pl.String, CENTS, CENTS, pl.Int64, pl.Int64), strict=True)))
ONE = pl.Struct(dict(zip(EXTREME, (pl.Float64, pl.String, pl.String), strict=True)))
EXTREMES = pl.Struct({"column": pl.String, "day": pl.Date, "high": ONE, "low": ONE})


def has_entities(dataset: Dataset) -> bool:
    """Say whether the appearances of entities mean something: where each should be there at every time."""
    return bool(dataset.key) and dataset.coverage is Coverage.GRID


def facts_schema(dataset: Dataset) -> dict[str, pl.DataType]:
    """Return the columns of a dataset's facts with their types."""
    table, key = annual_table(dataset), time_key(dataset)
    times = {name: table.types[name] for name in dict.fromkeys(("delivery_date", key))}
    names = dict.fromkeys(dataset.key[1:] or ("_all",), pl.String)
    entity = names | {"rows": pl.Int64, "first": table.types[key], "last": table.types[key]}
    return {
        "rows": pl.Int64,
        "faults": pl.List(FAULTS),
        "edges": pl.List(pl.Struct({name: table.types[name] for name in table.sorting})),
        "times": pl.List(pl.Struct(times)),
        "entities": pl.List(pl.Struct(entity)),
        "days": pl.List(DAYS),
        "corrected": pl.List(CORRECTED),
        "prices": pl.List(PRICES),
        "extremes": pl.List(EXTREMES),
    }


def facts_of(dataset: Dataset, year: int, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the facts of the rows of one row group, one line; ``year`` is that of the rollup they belong to."""
    found = integrity.examine(annual_table(dataset), year, rows)
    summary = Summary(dataset)
    summary.add(found.rows)
    entities = None
    if found.entities is not None and has_entities(dataset):
        entities = appearances(found.rows, time_key(dataset), dataset.key[1:], found.entities)
    edges = pl.concat([rows.head(1), rows.tail(1)]).select(annual_table(dataset).sorting)
    values = {
        "rows": rows.height,
        "faults": [{"check": f.check, "count": f.count, "examples": f.examples} for f in found.faults],
        "edges": _texts(edges),
        "times": new_times(dataset, found.rows),
        "entities": entities,
        **summary.facts(),
    }
    return pl.DataFrame([_cell(name, values[name], dtype) for name, dtype in facts_schema(dataset).items()])


def _cell(name: str, value: object, dtype: pl.DataType) -> pl.Series:
    """Return a column of one value, which may be a frame: then a list of its rows."""
    if isinstance(value, pl.DataFrame):
        columns = {field.name: field.dtype for field in dtype.inner.fields}
        return value.select(pl.col(n).cast(t) for n, t in columns.items()).to_struct(name).implode().alias(name)
    return pl.Series(name, [[] if value is None else value], dtype=dtype)


def _texts(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(pl.selectors.categorical().cast(pl.String))


def unfold(facts: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return the rows that a column of facts has, of all row groups one after the other."""
    return facts.select(column).filter(pl.col(column).list.len() > 0).explode(column).unnest(column)


def no_facts(dataset: Dataset) -> pl.DataFrame:
    """Return the facts of no row group."""
    return pl.DataFrame(schema=facts_schema(dataset))


def summary_of(dataset: Dataset, facts: pl.DataFrame) -> Summary:
    """Return what the report shows of the rows behind some facts."""
    summary = Summary(dataset)
    summary.take({name: unfold(facts, name) for name in ("days", "corrected", "prices", "extremes")})
    return summary
