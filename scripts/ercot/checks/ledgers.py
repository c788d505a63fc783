"""Findings from the ledgers of a year's batches: what does not add up, what was rejected, odd names and headers."""

from collections import Counter

from ercot.catalog.model import Dataset
from ercot.core.findings import EXAMPLES, Finding
from ercot.core.wording import counted
from ercot.normalize.ledger import FILES, ROWS, Ledger, is_balanced
from ercot.raw.header_registry import describe


def total(ledgers: list[Ledger]) -> dict[str, int]:
    """Return the counts of all ledgers together."""
    return {name: sum(getattr(ledger, name) for ledger in ledgers) for name in (*FILES, *ROWS)}


def rejected_by_day(ledgers: list[Ledger]) -> dict[str, int]:
    """Return the rows that were rejected, by the first day of their file."""
    found = Counter()
    for ledger in ledgers:
        found.update(ledger.rejected_days)
    return dict(sorted(found.items()))


def findings_of_ledgers(dataset: Dataset, year: int, rows: int, ledgers: list[Ledger]) -> list[Finding]:
    """Return what the ledgers of a year show; ``rows`` are those of the rollup."""
    totals, place = total(ledgers), (dataset.id, year)
    return [
        *_of_balance(place, totals, rows),
        *_of_rejects(dataset, year, ledgers),
        *_of_revisions(place, totals["rows_superseded"]),
        *_of_headers(dataset, year, ledgers),
        *_of_names(dataset, year, ledgers),
    ]


def _of_balance(place: tuple[str, int], totals: dict[str, int], rows: int) -> list[Finding]:
    found = []
    if not is_balanced(totals):
        found.append(Finding(*place, "ledger", 1, "files or rows have no fate, or more than one", [totals]))
    if rows != totals["rows_written"]:
        message = f"the rollup has {counted(rows, 'row')}, the ledger {totals['rows_written']:,}"
        found.append(Finding(*place, "ledger", abs(rows - totals["rows_written"]), message))
    return found


def _of_rejects(dataset: Dataset, year: int, ledgers: list[Ledger]) -> list[Finding]:
    """Rows and files that were rejected, and values that are not plausible."""
    found = []
    for reason, count, shown in _merged(ledgers, "reasons"):
        message = f"{counted(count, 'row')} rejected: {reason}"
        found.append(Finding(dataset.id, year, "rejected_rows", count, message, shown[:EXAMPLES], reason))
    for column, count, shown in _merged(ledgers, "ranges"):
        message = f"{counted(count, 'value')} of {column} outside {_bounds(dataset, column)}"
        found.append(Finding(dataset.id, year, "range", count, message, shown[:EXAMPLES], column))
    if files := [entry for ledger in ledgers for entry in ledger.rejected_files]:
        shown = [f"{entry['file']}: {entry['reason']}" for entry in files[:EXAMPLES]]
        message = f"{counted(len(files), 'file')} rejected"
        found.append(Finding(dataset.id, year, "unreadable_file", len(files), message, shown))
    return found


def _of_revisions(place: tuple[str, int], count: int) -> list[Finding]:
    message = f"{counted(count, 'row')} replaced by a later publication"
    return [Finding(*place, "revision", count, message)] if count else []


def _merged(ledgers: list[Ledger], name: str) -> list[tuple[str, int, list]]:
    merged: dict[str, tuple[int, list]] = {}
    for ledger in ledgers:
        for key, facts in getattr(ledger, name).items():
            count, examples = merged.get(key, (0, []))
            merged[key] = (count + facts["count"], examples + facts["examples"])
    return [(key, count, examples) for key, (count, examples) in sorted(merged.items())]


def _of_names(dataset: Dataset, year: int, ledgers: list[Ledger]) -> list[Finding]:
    """Files whose rows are of another day, by far, than their names say."""
    found = [entry for ledger in ledgers for entry in ledger.foreign_dates]
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


def _of_headers(dataset: Dataset, year: int, ledgers: list[Ledger]) -> list[Finding]:
    """Drift: headers that the catalog does not know or spells otherwise."""
    found = []
    for record in describe(dataset, [header for ledger in ledgers for header in ledger.headers]):
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
