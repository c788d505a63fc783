"""A rollup as it lies on the disk, row group by row group, with the facts of each.

The bytes of a row group are compared with what was written. Facts of those that are as written were computed when they
were; rows of all others are read and looked at: those that corrections changed, and those that were damaged.
"""

from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

import polars as pl

from ercot.catalog.model import Dataset
from ercot.core.findings import EXAMPLES
from ercot.facts import integrity
from ercot.facts.appearances import new_times
from ercot.facts.integrity import Fault
from ercot.facts.prices import Summary
from ercot.facts.row_group import facts_of, has_entities, no_facts, summary_of, unfold
from ercot.tables.footer import DamagedFile
from ercot.tables.row_groups import Digest, digests
from ercot.tables.schema import annual_table


@dataclass
class Reading:
    """What is known of the rows of a rollup."""

    summary: Summary
    times: pl.DataFrame  # distinct times with their delivery_date, in order
    entities: pl.DataFrame | None = None  # of each row group, see `facts.appearances`
    rows: int = 0
    counts: dict[str, int] = field(default_factory=dict)  # check -> rows that fail
    examples: dict[str, list[str]] = field(default_factory=dict)

    def note(self, faults: list[Fault]) -> None:
        """Add faults to those that are known."""
        for fault in faults:
            self.counts[fault.check] = self.counts.get(fault.check, 0) + fault.count
            self.examples[fault.check] = (self.examples.get(fault.check, []) + fault.examples)[:EXAMPLES]


def read_rollup(dataset: Dataset, year: int, path: str, written: list[str], stems: list[str]) -> Reading:
    """Return what is known of a rollup. ``written`` are the SHA-256 of its row groups as they were written."""
    reading = _of_facts(dataset, no_facts(dataset))
    try:
        faults = integrity.wrong_schema(annual_table(dataset), path)
        found = digests(path)
    except (DamagedFile, pl.exceptions.PolarsError) as error:
        reading.note([Fault("digest", 1, [str(error).partition("\n")[0]])])
        return reading
    if faults:
        reading.note([Fault("schema", len(faults), faults)])
        return reading
    facts, unreadable = _facts(dataset, year, path, found, stems)
    reading = _of_facts(dataset, facts)
    pairs = enumerate(zip_longest(written, (digest.sha256 for digest in found)))
    altered = [f"row group {number}" for number, (before, now) in pairs if before != now]
    reading.note([Fault("digest", len(altered), altered)] if altered or unreadable else [])
    return reading


def _facts(dataset: Dataset, year: int, path: str, found: list[Digest], stems: list[str]) -> tuple[pl.DataFrame, int]:
    """Return the facts of the row groups of a file, a line each, and how many cannot be read."""
    known = pl.concat([no_facts(dataset).with_columns(sha256=pl.lit("")), *_kept(stems)])
    place = {sha256: number for number, sha256 in enumerate(known["sha256"])}
    lines, places, first, unreadable = [known.drop("sha256")], [], 0, 0
    for digest in found:
        if digest.sha256 in place:
            places.append(place[digest.sha256])
        else:
            try:
                rows = pl.scan_parquet(path).slice(first, digest.rows).collect()
                places.append(sum(line.height for line in lines))
                lines.append(facts_of(dataset, year, rows))
            except (pl.exceptions.PolarsError, OSError):
                unreadable += 1
        first += digest.rows
    return pl.concat(lines)[places], unreadable


def _kept(stems: list[str]) -> list[pl.DataFrame]:
    """Return the facts that were kept beside interim files."""
    return [pl.read_parquet(f"{stem}.facts.parquet") for stem in stems if Path(f"{stem}.facts.parquet").exists()]


def _of_facts(dataset: Dataset, facts: pl.DataFrame) -> Reading:
    """Join the facts of consecutive row groups, with what is wrong where two of them meet."""
    entities = unfold(facts, "entities") if has_entities(dataset) else None
    times = new_times(dataset, unfold(facts, "times"))
    reading = Reading(summary_of(dataset, facts), times, entities, int(facts["rows"].sum()))
    reading.note([Fault(**fault) for fault in unfold(facts, "faults").to_dicts()])
    edges = unfold(facts, "edges")
    reading.note(integrity.seam_faults(annual_table(dataset), edges[1:-1]))
    return reading
