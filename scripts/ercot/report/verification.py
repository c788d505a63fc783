"""The standing report: one account of all years, and what a person should know of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from ercot.catalog.model import Dataset
from ercot.checks import coverage
from ercot.core.findings import EXAMPLES, SEVERITIES, Finding
from ercot.core.wording import counted
from ercot.normalize.ledger import FILES, ROWS
from ercot.planning.plan import Plan
from ercot.raw.unclaimed import described


@dataclass(frozen=True)
class Window:
    """The operating days of one year that a dataset should cover, and those of them without a row."""

    dataset: str
    year: int
    first: date
    last: date  # before `first` where the year is out of the dataset's life
    missing: list[date]


def assemble(
    plan: Plan,
    catalog: dict[str, Dataset],
    verified: list[dict],
    orphans: list[str],
    years: set[int] | None,
    others: Sequence[dict] = (),
    datasets: Sequence[str] | None = None,
) -> dict:
    """Return the content of verification.json from the verified years (what `verify` returned) and the plan.

    ``years`` are the selected ones, None for all, as are ``datasets``; ``others`` have findings of another origin: of
    years held against each other, of derived rollups.
    """
    rejected = [entry for year in verified for entry in year["rejected_files"]]
    rejected += [{"file": file, "dataset": None, "reason": reason} for file, reason in plan.unreadable]
    ignored = sorted({*plan.ignored, *(name for year in verified for name in year["ignored"])})
    findings = [finding for year in (*verified, *others) for finding in year["findings"]]
    findings += [finding.to_json() for finding in _whole_tree(plan, orphans, ignored)]
    findings += [finding.to_json() for finding in _of_missing_days(windows(plan, catalog, verified, years))]
    selected = catalog if datasets is None else datasets
    findings += [finding.to_json() for finding in _of_lone_corrections(plan, catalog, verified, selected)]
    order = {name: i for i, name in enumerate(reversed(SEVERITIES))}
    findings.sort(key=lambda f: (order[f["severity"]], f["dataset"] or "", f["year"] or 0, f["check"], f["message"]))
    return {
        "ledger": [*_ledger(verified), *_unopened(plan)],
        "files": {"ignored": ignored, "rejected": sorted(rejected, key=lambda entry: entry["file"])},
        "findings": findings,
    }


def _of_lone_corrections(plan: Plan, catalog, verified: list[dict], selected: Collection[str]) -> list[Finding]:
    """Price corrections of a year that has no raw file with prices, of the prices that were asked for."""
    corrects = {d.corrections.dataset: d.id for d in catalog.values() if d.corrections and d.id in selected}
    found = []
    for year in verified:
        prices, count = corrects.get(year["dataset"]), year["ledger"]["rows_written"]
        if prices and count and str(year["year"]) not in plan.years(prices):
            message = (
                f"{counted(count, 'correction')} of prices without a row to correct: the year has no file of {prices}"
            )
            shown = [f"{day}: {counted(rows, 'correction')}" for day, rows in list(year["rows"].items())[:EXAMPLES]]
            found.append(Finding(year["dataset"], year["year"], "reconciliation", count, message, shown))
    return found


def _ledger(years: list[dict]) -> list[dict]:
    return [{"dataset": y["dataset"], "year": y["year"]} | y["ledger"] for y in years]


def _unopened(plan: Plan) -> list[dict]:
    """Containers that cannot be opened and whose name tells no dataset: each counts as one file."""
    if not plan.unreadable:
        return []
    count = len(plan.unreadable)
    files = dict(zip(FILES, (count, 0, count), strict=True))
    return [{"dataset": None, "year": None} | files | dict.fromkeys(ROWS, 0) | {"balanced": True}]


def _whole_tree(plan: Plan, orphans: list[str], ignored: list[str]) -> list[Finding]:
    unreadable = {folder: [f"{f}: {r}" for f, r in plan.unreadable if f.endswith("/") == folder] for folder in (0, 1)}
    found = (
        ("stale", orphans, "rollup", "without raw files any more: restore the files or delete the rollups"),
        ("unreadable_file", unreadable[0], "container", "of no known dataset that cannot be opened"),
        ("unreadable_file", unreadable[1], "folder", "that cannot be listed: allow reading, or move it elsewhere"),
        *(("unclaimed_file", names, "file", meaning) for meaning, names in described(plan.unclaimed).items()),
        ("ignored", sorted({*ignored} - {file for file, _, _ in plan.unclaimed}), "file", "of no known report"),
    )
    return [
        Finding(None, None, check, len(names), f"{counted(len(names), noun)} {what}", names[:EXAMPLES])
        for check, names, noun, what in found
        if names
    ]


def windows(plan: Plan, catalog: dict[str, Dataset], verified: list[dict], years: set[int] | None) -> list[Window]:
    """Return what each dataset should cover of the years that have files, and of the years between them."""
    if plan.newest_day is None:
        return []
    newest = date.fromisoformat(plan.newest_day)
    days: dict[str, dict[int, set[date]]] = {}
    for year in verified:
        days.setdefault(year["dataset"], {})[year["year"]] = {date.fromisoformat(d) for d in year["days"]}
    found = []
    for dataset, by_year in days.items():
        for year in (y for y in range(min(by_year), max(by_year) + 1) if years is None or y in years):
            first, last = coverage.gap_window(catalog[dataset], year, newest)
            missing = coverage.missing_days(catalog[dataset], by_year.get(year, set()), first, last)
            found.append(Window(dataset, year, first, last, missing))
    return found


def ranges(days: list[date]) -> list[str]:
    """Write days as ranges, in ISO dates."""
    joined: list[list[date]] = []
    for day in days:
        if joined and (day - joined[-1][1]).days == 1:
            joined[-1][1] = day
        else:
            joined.append([day, day])
    return [f"{a}" if a == b else f"{a} to {b}" for a, b in joined]


def _of_missing_days(found_windows: list[Window]) -> list[Finding]:
    """Whole days without a row."""
    found = []
    for window in found_windows:
        if window.missing:
            message = (
                f"{counted(len(window.missing), 'operating day')} missing between {window.first} and {window.last}"
            )
            shown = ranges(window.missing)[:EXAMPLES]
            found.append(Finding(window.dataset, window.year, "gap", len(window.missing), message, shown))
    return found
