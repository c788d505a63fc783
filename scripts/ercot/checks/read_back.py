"""One pass over a rollup as it lies on the disk: what the checks of rows find, and what the report shows of it."""

from dataclasses import dataclass, field
from functools import partial

import numpy as np
import polars as pl

from ercot.catalog.model import Coverage, Dataset
from ercot.checks import coverage, integrity
from ercot.checks.summaries import Summary
from ercot.core.findings import EXAMPLES
from ercot.core.parallel import Tick, chunks, in_turn, untold
from ercot.tables.time_columns import time_key


@dataclass
class Reading:
    """What the pass brings up."""

    summary: Summary
    rows: int = 0
    counts: dict[str, int] = field(default_factory=dict)  # check -> rows that fail
    examples: dict[str, list[str]] = field(default_factory=dict)
    times: list[pl.DataFrame] = field(default_factory=list)  # distinct times with their delivery_date, in order
    entities: list[pl.DataFrame] = field(default_factory=list)  # of each chunk, see `coverage.appearances`


@dataclass(frozen=True)
class Fault:
    """Rows that fail one check."""

    check: str
    count: int
    examples: list[str]


@dataclass(frozen=True)
class Chunk:
    """Some rows, and what is told of them on their own."""

    rows: pl.DataFrame
    faults: list[Fault]
    times: pl.DataFrame
    entities: pl.DataFrame | None


def read_rollup(dataset: Dataset, year: int, path: str, tick: Tick = untold) -> Reading:
    """Read a rollup and apply the checks of rows: to each chunk, and to each pair of rows where two chunks meet."""
    reading = Reading(Summary(dataset))
    faults = integrity.wrong_schema(dataset, path)
    if faults:
        _note(reading, [Fault("schema", len(faults), faults)])
        return reading
    examine, before = partial(_examine, dataset, year), None
    total = pl.scan_parquet(path).select(pl.len()).collect().item()
    for chunk in in_turn(examine, chunks(pl.scan_parquet(path)), pl.thread_pool_size()):
        rows, times = chunk.rows, chunk.times
        reading.rows += rows.height
        reading.summary.add(rows)
        _note(reading, chunk.faults)
        if before is not None:
            pair = pl.concat([before, rows.head(1)])
            _note(reading, _order_faults(dataset, pair)[0])
            times = times.slice(2 - _new_times(dataset, pair).height)
        reading.times.append(times)
        if chunk.entities is not None:
            reading.entities.append(chunk.entities)
        before = rows.tail(1)
        tick(reading.rows, total)
    return reading


def _examine(dataset: Dataset, year: int, rows: pl.DataFrame) -> Chunk:
    """Apply the checks to some rows."""
    invalid = integrity.invalid(dataset, rows)
    texts = pl.selectors.string() & pl.selectors.by_name(integrity.sorting(dataset), require_all=False)
    rows = rows.with_columns(texts.cast(pl.Categorical))
    disordered, codes = _order_faults(dataset, rows)
    faults = [
        *([Fault("schema", len(invalid), invalid)] if invalid else []),
        *_faults(dataset, "null_key", integrity.null_keys(dataset, rows)),
        *disordered,
        *_faults(dataset, "schema", integrity.wrong_year(rows, year)),
    ]
    entities = None
    if codes is not None and dataset.key and dataset.coverage is Coverage.GRID:
        entities = coverage.appearances(rows, time_key(dataset), dataset.key[1:], codes)
    return Chunk(rows, faults, _new_times(dataset, rows), entities)


def _order_faults(dataset: Dataset, rows: pl.DataFrame) -> tuple[list[Fault], np.ndarray | None]:
    """Check the order of rows and the uniqueness of their keys. Returns also an integer a row that tells entities."""
    if integrity.null_keys(dataset, rows).height:
        return [], None  # the order of the key means nothing
    places, entities = integrity.order_of(dataset, rows)
    disordered = _faults(dataset, "order", integrity.out_of_order(rows, places))
    return disordered + _faults(dataset, "duplicate", integrity.repeated_keys(dataset, rows, places)), entities


def _new_times(dataset: Dataset, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the first row and each one whose time is not that of the row before."""
    key = time_key(dataset)
    return rows.filter(pl.col(key).ne_missing(pl.col(key).shift(1)) | (pl.int_range(pl.len()) == 0)).select(
        *dict.fromkeys(("delivery_date", key))
    )


def _faults(dataset: Dataset, check: str, rows: pl.DataFrame) -> list[Fault]:
    if rows.is_empty():
        return []
    shown = [" ".join(map(str, row)) for row in rows.head(EXAMPLES).select(integrity.sorting(dataset)).iter_rows()]
    return [Fault(check, rows.height, shown)]


def _note(reading: Reading, faults: list[Fault]) -> None:
    for fault in faults:
        reading.counts[fault.check] = reading.counts.get(fault.check, 0) + fault.count
        reading.examples[fault.check] = (reading.examples.get(fault.check, []) + fault.examples)[:EXAMPLES]
