"""Read a year's rollup back and say what is wrong with it, and with what it was made from."""

from datetime import date, datetime

import polars as pl

from ercot.catalog.model import Dataset
from ercot.checks.era_names import names_of_era
from ercot.checks.ledgers import findings_of_ledgers, rejected_by_day, total
from ercot.checks.price_caps import beyond_caps
from ercot.checks.read_back import Reading, read_rollup
from ercot.checks.revised import revised_by_month
from ercot.checks.year_facts import YearFacts
from ercot.core.findings import EXAMPLES, OF_ENTITIES, Finding
from ercot.core.step_records import read_record
from ercot.core.wording import counted
from ercot.coverage.hours import hours_covered
from ercot.coverage.times import missing_entities, missing_times
from ercot.facts.integrity import MEANING
from ercot.normalize.ledger import Ledger, is_balanced
from ercot.planning.batches import manifest_digest, manifest_of
from ercot.raw.header_registry import merge
from ercot.rollup.annual import Account
from ercot.tables.schema import annual_table
from ercot.tables.table import validate
from ercot.tables.time_columns import time_key


def verify(dataset: Dataset, year: int, annual: str, account: str, stems: dict[str, str]) -> YearFacts:
    """Check one rollup. Returns the year's ledger, its findings, and what the report shows of it.

    ``stems`` maps each batch of the year to the stem of its interim files.
    """
    ledgers = [read_record(f"{stem}.ledger.json", Ledger) for stem in stems.values()]
    made_from, totals = read_record(account, Account), total(ledgers)
    reading = read_rollup(dataset, year, annual, made_from["row_groups"], list(stems.values()))
    times = reading.times
    missing = missing_times(dataset, times)
    findings = [
        *_of_interim(dataset, year, stems),
        *_of_rollup(dataset, year, reading),
        *findings_of_ledgers(dataset, year, reading.rows, ledgers),
        *_stale_files(dataset, year, made_from, stems, ledgers),
        *_of_corrections(dataset, year, made_from),
        *_of_entities(dataset, year, times, reading.entities),
        *beyond_caps(dataset, year, reading.summary.prices),
        *names_of_era(dataset, year, reading.entities, times["delivery_date"].unique().to_list()),
    ]
    revised = [f"{stem}.revisions.parquet" for stem in stems.values()] if totals["rows_superseded"] else []
    facts = _of_times(dataset, times, missing) | reading.summary.to_json() | _of_ledgers(ledgers)
    return facts | {
        "dataset": dataset.id,
        "year": year,
        "ledger": totals | {"balanced": is_balanced(totals) and reading.rows == totals["rows_written"]},
        "findings": [finding.to_json() for finding in findings],
        "bytes": made_from["bytes"],
        "revised": revised_by_month(revised),
    }


def _of_times(dataset: Dataset, times: pl.DataFrame, missing: dict[date, list[datetime]]) -> dict:
    """What the year's facts hold of days, hours and what they lack."""
    days = times.group_by("delivery_date", maintain_order=True).len()
    return {
        "days": {day.isoformat(): count for day, count in days.iter_rows()},
        "missing": {day.isoformat(): [t.isoformat() for t in found] for day, found in missing.items()},
        "hours": hours_covered(dataset, times, missing),
    }


def _of_ledgers(ledgers: list[Ledger]) -> dict:
    """What the year's facts hold of files and headers."""
    return {
        "rejected_files": [entry for ledger in ledgers for entry in ledger.rejected_files],
        "empty_files": [entry for ledger in ledgers for entry in ledger.empty_files],
        "rejected_days": rejected_by_day(ledgers),
        "ignored": [name for ledger in ledgers for name in ledger.ignored],
        "headers": merge([header for ledger in ledgers for header in ledger.headers]),
    }


def _of_interim(dataset: Dataset, year: int, stems: dict[str, str]) -> list[Finding]:
    """Interim files whose columns are not as declared; their rows are validated as those of the rollup."""
    table, faults, known = annual_table(dataset), [], {}
    for batch, stem in stems.items():
        frame = pl.scan_parquet(f"{stem}.parquet")
        columns = tuple(frame.collect_schema().items())
        if columns not in known:  # pandera takes 50 ms for those of a wide report, which has a batch a day
            known[columns] = validate(table, frame)
        faults += [f"{batch}: {fault}" for fault in known[columns]]
    message = f"{counted(len(faults), 'column')} of interim files not as declared"
    return [Finding(dataset.id, year, "schema", len(faults), message, faults[:EXAMPLES])] if faults else []


def _of_rollup(dataset: Dataset, year: int, reading: Reading) -> list[Finding]:
    found = [(check, f"{counted(n, 'fault')} in the rollup: {MEANING[check]}") for check, n in reading.counts.items()]
    return [
        Finding(dataset.id, year, check, reading.counts[check], message, reading.examples[check])
        for check, message in found
    ]


def _stale_files(
    dataset: Dataset, year: int, account: Account, stems: dict[str, str], ledgers: list[Ledger]
) -> list[Finding]:
    """Files made from another state of the raw tree than the manifests tell."""
    stale = []
    for (batch, stem), ledger in zip(stems.items(), ledgers, strict=True):
        wanted = manifest_digest(f"{stem}.manifest.gz")
        if manifest_of(f"{stem}.parquet") != wanted or ledger.manifest != wanted:
            stale.append(f"interim file {batch}")
        elif account["manifests"].get(batch) != wanted:
            stale.append(f"rollup, as to batch {batch}")
    stale += [f"rollup, as to removed batch {batch}" for batch in account["manifests"] if batch not in stems]
    message = f"{counted(len(stale), 'file')} made from an earlier state of the raw tree: run again with --forceall"
    return [Finding(dataset.id, year, "stale", len(stale), message, stale[:EXAMPLES])] if stale else []


def _of_corrections(dataset: Dataset, year: int, account: Account) -> list[Finding]:
    """Price corrections that changed nothing, since the raw files lack the price that they correct."""
    idle = account.get("idle_corrections", {"count": 0})
    if not idle["count"]:
        return []
    message = f"{counted(idle['count'], 'price')} of {dataset.corrections.dataset} without a price here to correct"
    return [Finding(dataset.id, year, "reconciliation", idle["count"], message, idle["examples"])]


def _of_entities(dataset: Dataset, year: int, times: pl.DataFrame, parts: pl.DataFrame | None) -> list[Finding]:
    """Return what entities lack between their first and last appearance; whether days lack times is seen later."""
    if parts is None or parts.is_empty():
        return []
    names = [n for n in parts.columns if n not in ("rows", "first", "last")]
    whole = parts.group_by(names).agg(pl.col("rows").sum(), pl.col("first").min(), pl.col("last").max())
    lacking = missing_entities(times, whole, time_key(dataset)).sort(
        "missing", *names, descending=[True, *[False] * len(names)]
    )
    if lacking.is_empty():
        return []
    total = int(lacking["missing"].sum())
    shown = [
        f"{' '.join(map(str, row[:-4]))}: {row[-1]}"
        for row in lacking.head(EXAMPLES).select(*names, "rows", "first", "last", "missing").iter_rows()
    ]
    what = {"settlement_point": "settlement point", "ancillary_type": "ancillary type"}.get(names[0], "group of rows")
    message = f"{counted(total, 'value')} missing of {counted(lacking.height, what)} {OF_ENTITIES}"
    return [Finding(dataset.id, year, "gap", total, message, shown)]
