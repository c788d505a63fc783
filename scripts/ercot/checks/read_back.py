"""One pass over a rollup as it lies on the disk: what the checks of rows find, and what the report shows of it."""

from dataclasses import dataclass, field
from functools import partial

import polars as pl

from ercot.catalog.model import Coverage, Dataset
from ercot.checks import coverage, integrity
from ercot.checks.integrity import Fault
from ercot.checks.summaries import Summary
from ercot.core.findings import EXAMPLES
from ercot.core.parallel import OnProgress, chunks, map_ordered, no_progress
from ercot.tables.schema import annual_table
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
class Chunk:
    """Some rows, and what is told of them on their own."""

    rows: pl.DataFrame
    faults: list[Fault]
    times: pl.DataFrame
    entities: pl.DataFrame | None


def read_rollup(dataset: Dataset, year: int, path: str, tick: OnProgress = no_progress) -> Reading:
    """Read a rollup and apply the checks of rows: to each chunk, and to each pair of rows where two chunks meet."""
    reading = Reading(Summary(dataset))
    faults = integrity.wrong_schema(annual_table(dataset), path)
    if faults:
        _note(reading, [Fault("schema", len(faults), faults)])
        return reading
    examine, before = partial(_examine, dataset, year), None
    total = pl.scan_parquet(path).select(pl.len()).collect().item()
    for chunk in map_ordered(examine, chunks(pl.scan_parquet(path)), pl.thread_pool_size()):
        rows, times = chunk.rows, chunk.times
        reading.rows += rows.height
        reading.summary.add(rows)
        _note(reading, chunk.faults)
        if before is not None:
            pair = pl.concat([before, rows.head(1)])
            _note(reading, integrity.order_faults(annual_table(dataset), pair)[0])
            times = times.slice(2 - _new_times(dataset, pair).height)
        reading.times.append(times)
        if chunk.entities is not None:
            reading.entities.append(chunk.entities)
        before = rows.tail(1)
        tick(reading.rows, total)
    return reading


def _examine(dataset: Dataset, year: int, rows: pl.DataFrame) -> Chunk:
    """Apply the checks to some rows."""
    found = integrity.examine(annual_table(dataset), year, rows)
    entities = None
    if found.entities is not None and dataset.key and dataset.coverage is Coverage.GRID:
        entities = coverage.appearances(found.rows, time_key(dataset), dataset.key[1:], found.entities)
    return Chunk(found.rows, found.faults, _new_times(dataset, found.rows), entities)


def _new_times(dataset: Dataset, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the first row and each one whose time is not that of the row before."""
    key = time_key(dataset)
    return rows.filter(pl.col(key).ne_missing(pl.col(key).shift(1)) | (pl.int_range(pl.len()) == 0)).select(
        *dict.fromkeys(("delivery_date", key))
    )


def _note(reading: Reading, faults: list[Fault]) -> None:
    for fault in faults:
        reading.counts[fault.check] = reading.counts.get(fault.check, 0) + fault.count
        reading.examples[fault.check] = (reading.examples.get(fault.check, []) + fault.examples)[:EXAMPLES]
