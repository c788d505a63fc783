"""The hubs, load zones and DC ties of a year against those that the market had."""

from datetime import date

import polars as pl

from ercot.catalog.model import Dataset
from ercot.catalog.relations import ERA_NAMES, NAME_PREFIXES, NAMED_BY_ERA
from ercot.core.findings import EXAMPLES, Finding
from ercot.tables.time_columns import CENTRAL


def names_of_era(dataset: Dataset, year: int, entities: pl.DataFrame | None, days: list[date]) -> list[Finding]:
    """Hold the hubs, load zones and DC ties of a year against those of the era.

    ``entities`` have `settlement_point`, `first` and `last` (UTC); ``days`` are the operating days with rows. Absent
    names are found only where most are there: otherwise the files hold a selection of points.
    """
    if dataset.id not in NAMED_BY_ERA or entities is None or entities.is_empty():
        return []
    known = {era.name: era for era in ERA_NAMES}
    local = [pl.col(name).dt.convert_time_zone(CENTRAL).dt.date() for name in ("first", "last")]
    prefixed = entities.filter(pl.any_horizontal(pl.col("settlement_point").str.starts_with(p) for p in NAME_PREFIXES))
    spans = prefixed.group_by("settlement_point").agg(local[0].min(), local[1].max()).sort("settlement_point")
    foreign = [
        f"{name} from {first} to {last}"
        for name, first, last in spans.iter_rows()
        if not (name in known and known[name].may_be_on(first) and known[name].may_be_on(last))
    ]
    found = set(spans["settlement_point"])
    wanted = [era.name for era in ERA_NAMES if any(map(era.must_be_on, days))]
    lacking = [name for name in wanted if name not in found]
    findings = []
    if foreign:
        message = f"{len(foreign)} hubs, load zones or DC ties are not among those of the era"
        findings.append(Finding(dataset.id, year, "reconciliation", len(foreign), message, foreign[:EXAMPLES]))
    if lacking and 2 * len(lacking) < len(wanted):
        message = f"{len(lacking)} hubs, load zones or DC ties of the era have no price in the year"
        findings.append(Finding(dataset.id, year, "reconciliation", len(lacking), message, lacking[:EXAMPLES]))
    return findings
