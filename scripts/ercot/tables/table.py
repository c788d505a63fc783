"""One model of a table, for rollups and derived rollups alike: columns, key, title, and what follows from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import polars as pl

from ercot.tables.imports import without

FAILURES = 10  # shown of one validation
UNUSED = ("pandas", "hypothesis")  # pandera imports them where they are installed, needs neither for polars, 0.3 s


@dataclass(frozen=True)
class TableColumn:
    """One column; ``low`` and ``high`` are bounds that hold without exception, ``headers`` those of ERCOT's files."""

    name: str
    dtype: pl.DataType
    unit: str = ""
    meaning: str = ""
    nullable: bool = False
    headers: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Table:
    """The form of a Parquet file: sorted by ``key``, or by ``order`` where rows have no key."""

    id: str
    title: str
    key: tuple[str, ...]
    columns: tuple[TableColumn, ...]
    day: str = "delivery_date"  # the column that gives the year of a row
    order: tuple[str, ...] = ()
    made_from: tuple[tuple[str, Any], ...] = ()  # what schema.json says of the source

    @property
    def types(self) -> dict[str, pl.DataType]:
        """The columns in order, with their types."""
        return {column.name: column.dtype for column in self.columns}

    @property
    def required(self) -> list[str]:
        """The columns that have no nulls."""
        return [column.name for column in self.columns if not column.nullable]

    @property
    def sorting(self) -> tuple[str, ...]:
        """The columns that rows are sorted by."""
        return self.key or self.order


@lru_cache(maxsize=128)
def pandera_schema(table: Table):
    """Return the pandera schema of a table."""
    with without(*UNUSED):
        import pandera.polars as pa

    columns = {c.name: pa.Column(c.dtype, checks=_bounds(pa, c), nullable=c.nullable) for c in table.columns}
    return pa.DataFrameSchema(columns, strict=True, ordered=True, name=table.id)


def _bounds(pa, column: TableColumn) -> list:
    low = [] if column.low is None else [pa.Check.ge(column.low, n_failure_cases=FAILURES)]
    return low + ([] if column.high is None else [pa.Check.le(column.high, n_failure_cases=FAILURES)])


def validate(table: Table, frame: pl.DataFrame | pl.LazyFrame) -> list[str]:
    """Validate rows (of a LazyFrame only the columns); return one line a failure, none where all is as declared."""
    schema = pandera_schema(table)
    import pandera.errors

    try:
        with without(*UNUSED):
            schema.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases.select("column", "check", "failure_case").unique(maintain_order=True)
        return [f"{column}: {check} fails for {case}" for column, check, case in cases.head(FAILURES).iter_rows()]
    return []


def describe(table: Table) -> Mapping[str, Any]:
    """Return the content of schema.json: the columns in order, as a data sheet."""
    return {
        "dataset": table.id,
        "title": table.title,
        **dict(table.made_from),
        "key": list(table.key),
        "sorted_by": list(table.sorting),
        "columns": [_describe(table, column) for column in table.columns],
    }


def _describe(table: Table, column: TableColumn) -> dict[str, Any]:
    return {
        "name": column.name,
        "dtype": str(column.dtype),
        "unit": column.unit,
        "meaning": column.meaning,
        "nullable": column.nullable,
        "headers": list(column.headers),
        "key": column.name in table.key,
    }
