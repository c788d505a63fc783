"""Checks of single rows and of neighbours: schema, null keys, order, duplicates, year."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from ercot.core.findings import EXAMPLES
from ercot.tables.sort_keys import join_codes, order_codes
from ercot.tables.table import Table, validate

MEANING = {  # of the checks of rows
    "schema": "rows or columns are not as declared",
    "null_key": "rows lack a value that must be there",
    "digest": "row groups are not as they were written",
    "order": "rows are not in the order of the key",
    "duplicate": "rows repeat the key of another",
}


@dataclass(frozen=True)
class Fault:
    """Rows that fail one check."""

    check: str
    count: int
    examples: list[str]


@dataclass(frozen=True)
class Examined:
    """Some consecutive rows and what is wrong with them."""

    rows: pl.DataFrame  # texts of the sorting as Categorical
    faults: list[Fault]
    entities: np.ndarray | None  # an integer a row, one an entity, None where the order means nothing


def examine(table: Table, year: int, rows: pl.DataFrame) -> Examined:
    """Apply all checks to some consecutive rows."""
    invalid = validate(_as_held(table, rows), rows)
    rows = _with_codes(table, rows)
    disordered, entities = order_faults(table, rows)
    faults = [
        *([Fault("schema", len(invalid), invalid)] if invalid else []),
        *_fault(table, "null_key", null_keys(table, rows)),
        *disordered,
        *_fault(table, "schema", wrong_year(table, rows, year)),
    ]
    return Examined(rows, faults, entities)


def order_faults(table: Table, rows: pl.DataFrame) -> tuple[list[Fault], np.ndarray | None]:
    """Check the order of rows and the uniqueness of their keys. Returns also an integer a row, one an entity."""
    if null_keys(table, rows).height:
        return [], None  # the order of the key means nothing
    places, entities = order_of(table, rows)
    disordered = _fault(table, "order", out_of_order(rows, places))
    return disordered + _fault(table, "duplicate", repeated_keys(table, rows, places)), entities


def seam_faults(table: Table, edges: pl.DataFrame) -> list[Fault]:
    """Check the order and the uniqueness of keys where parts of a table meet.

    ``edges`` are the last row of a part, the first of the next one, the last of that, and so on, in pairs.
    """
    required = [name for name in table.required if name in edges.columns]
    whole = edges.select(pl.all_horizontal(pl.col(required).is_not_null())).to_series()
    pairs = pl.Series([both for both in whole[::2] & whole[1::2] for _ in range(2)], dtype=pl.Boolean)
    edges = _with_codes(table, edges.filter(pairs))
    if edges.is_empty():
        return []
    places, _ = order_of(table, edges)
    steps, firsts = places[1::2] - places[::2], edges[1::2]
    disordered = _fault(table, "order", firsts.filter(pl.Series(steps < 0)))
    return disordered + _fault(table, "duplicate", firsts.filter(pl.Series((steps == 0) & bool(table.key))))


def _fault(table: Table, check: str, rows: pl.DataFrame) -> list[Fault]:
    """Return the fault that some rows are, none where there are no rows."""
    if rows.is_empty():
        return []
    shown = [" ".join(map(str, row)) for row in rows.head(EXAMPLES).select(table.sorting).iter_rows()]
    return [Fault(check, rows.height, shown)]


def wrong_schema(table: Table, path: str) -> list[str]:
    """Return how a file's columns differ from the declared ones."""
    found = dict(pl.read_parquet_schema(path))
    if list(found) != list(table.types):
        return [f"columns {list(found)} instead of {list(table.types)}"]
    return [f"{n}: {found[n]} instead of {t}" for n, t in table.types.items() if found[n] != t]


def null_keys(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that lack a value that must be there."""
    return rows.filter(pl.any_horizontal(pl.col(table.required).is_null()))


def out_of_order(rows: pl.DataFrame, places: np.ndarray) -> pl.DataFrame:
    """Return the rows that come before their predecessor in the order of the key; ``places`` is `order_of` the rows."""
    return rows[1:].filter(pl.Series(np.diff(places) < 0))


def repeated_keys(table: Table, rows: pl.DataFrame, places: np.ndarray) -> pl.DataFrame:
    """Return the rows with the key of their predecessor; ``places`` is `order_of` the rows."""
    return rows[1:].filter(pl.Series((np.diff(places) == 0) & bool(table.key)))


def order_of(table: Table, rows: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return one integer a row that orders rows as the table is sorted, and one that numbers entities."""
    first, *names = table.sorting
    entities = order_codes(rows, tuple(names))
    return join_codes(order_codes(rows, (first,)), entities), entities


def wrong_year(table: Table, rows: pl.DataFrame, year: int) -> pl.DataFrame:
    """Return the rows of another year than the file's."""
    days = rows[table.day]
    if {days.min().year, days.max().year} == {year}:
        return rows.clear()
    return rows.filter(pl.col(table.day).dt.year() != year)


def _as_held(table: Table, rows: pl.DataFrame) -> Table:
    """Return the table with those texts as Categorical that rows hold so."""
    coded = {name for name, dtype in rows.schema.items() if dtype == pl.Categorical}
    columns = (replace(c, dtype=pl.Categorical()) if c.name in coded else c for c in table.columns)
    return replace(table, columns=tuple(columns)) if coded else table


def _with_codes(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows with the texts of the sorting as Categorical, which `order_of` needs."""
    texts = pl.selectors.string() & pl.selectors.by_name(table.sorting, require_all=False)
    return rows.with_columns(texts.cast(pl.Categorical))
