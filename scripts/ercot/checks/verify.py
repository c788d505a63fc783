"""Read a year's rollup back and say what is wrong with it, and with what it was made from."""

from collections import Counter
from collections.abc import Iterable

import polars as pl

from ercot.catalog.model import Dataset
from ercot.checks.era_names import names_of_era
from ercot.checks.price_caps import beyond_caps
from ercot.checks.read_back import Reading, read_rollup
from ercot.checks.revised import revised_by_month
from ercot.core.examples import EXAMPLES
from ercot.core.files import read_json
from ercot.core.findings import OF_ENTITIES, Finding
from ercot.core.wording import counted
from ercot.coverage.hours import hours_covered
from ercot.coverage.times import missing_entities, missing_times
from ercot.facts.integrity import MEANING
from ercot.normalize.interim import manifest_of
from ercot.normalize.ledger import FILES, ROWS, is_balanced
from ercot.planning.batches import manifest_digest
from ercot.raw.header_registry import describe, merge
from ercot.tables.schema import annual_table
from ercot.tables.table import validate
from ercot.tables.time_columns import time_key


def verify(dataset: Dataset, year: int, annual: str, account: str, stems: dict[str, str]) -> dict:
    """Check one rollup. Returns the year's ledger, its findings, and what the report shows of it.

    ``stems`` maps each batch of the year to the stem of its interim files.
    """
    ledgers = [read_json(f"{stem}.ledger.json") for stem in stems.values()]
    totals = {name: sum(ledger[name] for ledger in ledgers) for name in (*FILES, *ROWS)}
    reading = read_rollup(dataset, year, annual, read_json(account)["row_groups"], list(stems.values()))
    times = reading.times
    missing = missing_times(dataset, times)
    findings = [
        *_of_interim(dataset, year, stems),
        *_of_rollup(dataset, year, reading),
        *_of_accounts(dataset, year, totals, reading.rows, ledgers),
        *_of_names(dataset, year, ledgers),
        *_of_state(dataset, year, read_json(account), stems),
        *_of_corrections(dataset, year, read_json(account)),
        *_of_entities(dataset, year, times, reading.entities),
        *beyond_caps(dataset, year, reading.summary.prices),
        *names_of_era(dataset, year, reading.entities, times["delivery_date"].unique().to_list()),
    ]
    days = times.group_by("delivery_date", maintain_order=True).len()
    revised = [f"{stem}.revisions.parquet" for stem in stems.values()] if totals["rows_superseded"] else []
    return {
        "dataset": dataset.id,
        "year": year,
        "ledger": totals | {"balanced": is_balanced(totals) and reading.rows == totals["rows_written"]},
        "findings": [finding.to_json() for finding in findings],
        "rejected_files": [entry for ledger in ledgers for entry in ledger["rejected_files"]],
        "empty_files": [entry for ledger in ledgers for entry in ledger["empty_files"]],
        "rejected_days": _by_day(ledger["rejected_days"] for ledger in ledgers),
        "ignored": [name for ledger in ledgers for name in ledger["ignored"]],
        "days": {day.isoformat(): count for day, count in days.iter_rows()},
        "missing": {day.isoformat(): [t.isoformat() for t in found] for day, found in missing.items()},
        "bytes": read_json(account)["bytes"],
        "hours": hours_covered(dataset, times, missing),
        **reading.summary.to_json(),
        "revised": revised_by_month(revised),
        "headers": merge([header for ledger in ledgers for header in ledger["headers"]]),
    }


def _by_day(parts: Iterable[dict[str, int]]) -> dict[str, int]:
    """Return the rows that were rejected, by the day of their file."""
    found = Counter()
    for part in parts:
        found.update(part)
    return dict(sorted(found.items()))


def _of_interim(dataset: Dataset, year: int, stems: dict[str, str]) -> list[Finding]:
    """Interim files whose columns are not as declared; their rows are validated as those of the rollup."""
    table, faults = annual_table(dataset), []
    for batch, stem in stems.items():
        faults += [f"{batch}: {fault}" for fault in validate(table, pl.scan_parquet(f"{stem}.parquet"))]
    message = f"{counted(len(faults), 'column')} of interim files not as declared"
    return [Finding(dataset.id, year, "schema", len(faults), message, faults[:EXAMPLES])] if faults else []


def _of_rollup(dataset: Dataset, year: int, reading: Reading) -> list[Finding]:
    found = [(check, f"{counted(n, 'fault')} in the rollup: {MEANING[check]}") for check, n in reading.counts.items()]
    return [
        Finding(dataset.id, year, check, reading.counts[check], message, reading.examples[check])
        for check, message in found
    ]


def _of_accounts(dataset: Dataset, year: int, totals: dict, rows: int, ledgers: list[dict]) -> list[Finding]:
    """Findings from the ledgers of the batches."""
    found = []

    def find(check: str, count: int, message: str, examples: list, about: str | None = None) -> None:
        if count:
            found.append(Finding(dataset.id, year, check, count, message, examples[:EXAMPLES], about))

    if not is_balanced(totals):
        find("ledger", 1, "files or rows have no fate, or more than one", [totals])
    if rows != totals["rows_written"]:
        find(
            "ledger",
            abs(rows - totals["rows_written"]),
            f"the rollup has {counted(rows, 'row')}, the ledger {totals['rows_written']:,}",
            [],
        )
    for reason, count, examples in _merged(ledgers, "reasons"):
        find("rejected_rows", count, f"{counted(count, 'row')} rejected: {reason}", examples, reason)
    for column, count, examples in _merged(ledgers, "ranges"):
        find(
            "range",
            count,
            f"{counted(count, 'value')} of {column} outside {_bounds(dataset, column)}",
            examples,
            column,
        )
    files = [entry for ledger in ledgers for entry in ledger["rejected_files"]]
    find(
        "unreadable_file",
        len(files),
        f"{counted(len(files), 'file')} rejected",
        [f"{e['file']}: {e['reason']}" for e in files],
    )
    find(
        "revision",
        totals["rows_superseded"],
        f"{counted(totals['rows_superseded'], 'row')} replaced by a later publication",
        [],
    )
    return found + _of_headers(dataset, year, ledgers)


def _merged(ledgers: list[dict], name: str) -> list[tuple[str, int, list]]:
    merged: dict[str, tuple[int, list]] = {}
    for ledger in ledgers:
        for key, facts in ledger[name].items():
            count, examples = merged.get(key, (0, []))
            merged[key] = (count + facts["count"], examples + facts["examples"])
    return [(key, count, examples) for key, (count, examples) in sorted(merged.items())]


def _of_names(dataset: Dataset, year: int, ledgers: list[dict]) -> list[Finding]:
    """Files whose rows are of another day, by far, than their names say."""
    found = [entry for ledger in ledgers for entry in ledger["foreign_dates"]]
    if not found:
        return []
    message = (
        f"{counted(len(found), 'file')} with rows of a day far from what the name says (the rows count): "
        "compare with ERCOT's copy, and fetch again or rename what is wrong"
    )
    shown = [f"{e['file']}: named {e['named']}, rows of {_span(e['first'], e['last'])}" for e in found]
    return [Finding(dataset.id, year, "foreign_date", len(found), message, shown[:EXAMPLES])]


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first} to {last}"


def _bounds(dataset: Dataset, column: str) -> str:
    declared = dataset.column(column)
    return f"[{declared.low}, {declared.high}] {declared.unit}".strip()


def _of_headers(dataset: Dataset, year: int, ledgers: list[dict]) -> list[Finding]:
    """Drift: headers that the catalog does not know or spells otherwise."""
    found = []
    for record in describe(dataset, [header for ledger in ledgers for header in ledger["headers"]]):
        first = record["first"]["file"]
        if record["unknown"]:
            names = ", ".join(record["unknown"][:20])
            message = f"unknown column {names}: declare it in the catalog under {dataset.id} to keep its values"
            found.append(Finding(dataset.id, year, "drift", record["files"], message, [first]))
        if record["respelled"]:
            message = (
                f"new spelling {', '.join(record['respelled'][:20])}: add it to the column's aliases in the catalog"
            )
            found.append(Finding(dataset.id, year, "drift", record["files"], message, [first]))
    return found


def _of_state(dataset: Dataset, year: int, account: dict, stems: dict[str, str]) -> list[Finding]:
    """Stale files: made from another state of the raw tree than the manifests tell."""
    stale = []
    for batch, stem in stems.items():
        wanted = manifest_digest(f"{stem}.manifest.gz")
        if manifest_of(f"{stem}.parquet") != wanted or read_json(f"{stem}.ledger.json")["manifest"] != wanted:
            stale.append(f"interim file {batch}")
        elif account["manifests"].get(batch) != wanted:
            stale.append(f"rollup, as to batch {batch}")
    stale += [f"rollup, as to removed batch {batch}" for batch in account["manifests"] if batch not in stems]
    message = f"{counted(len(stale), 'file')} made from an earlier state of the raw tree: run again with --forceall"
    return [Finding(dataset.id, year, "stale", len(stale), message, stale[:EXAMPLES])] if stale else []


def _of_corrections(dataset: Dataset, year: int, account: dict) -> list[Finding]:
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
