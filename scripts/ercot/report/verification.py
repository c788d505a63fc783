"""The standing report: one account of all years, and what a person should know of them."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from ercot.catalog.model import Dataset
from ercot.checks.accepted import ELSEWHERE, Acceptance, accept
from ercot.core.findings import EXAMPLES, Finding
from ercot.core.severity import SEVERITIES, graded
from ercot.core.wording import counted, ranges
from ercot.coverage.due import Window, windows
from ercot.normalize.ledger import FILES, ROWS
from ercot.planning.plan import Plan
from ercot.raw.unclaimed import described


def assemble(
    plan: Plan,
    catalog: dict[str, Dataset],
    verified: list[dict],
    orphans: list[str],
    years: set[int] | None,
    others: Sequence[dict] = (),
    datasets: Sequence[str] | None = None,
    due: Sequence[Window] | None = None,
    accepted: Sequence[Acceptance] = (),
) -> dict:
    """Return the content of verification.json from the verified years (what `verify` returned) and the plan.

    ``years`` are the selected ones, None for all, as are ``datasets``; ``others`` have findings of another origin: of
    years held against each other, of derived rollups. ``due`` is what was expected, None to work it out.
    """
    due = windows(plan, catalog, verified, years) if due is None else due
    rejected = [entry for year in verified for entry in year["rejected_files"]]
    rejected += [{"file": file, "dataset": None, "reason": reason} for file, reason in plan.unreadable]
    ignored = sorted({*plan.ignored, *(name for year in verified for name in year["ignored"])})
    findings = [finding for year in (*verified, *others) for finding in year["findings"]]
    findings += [finding.to_json() for finding in _whole_tree(plan, orphans, ignored)]
    selected = catalog if datasets is None else datasets
    findings += [finding.to_json() for finding in _of_lone_corrections(plan, catalog, verified, selected)]
    findings = [graded(f) for f in _with_gaps(findings, catalog, due, _empty_files(verified), accepted)]
    order = {name: i for i, name in enumerate(reversed(SEVERITIES))}
    findings.sort(key=lambda f: (order[f["severity"]], f["dataset"] or "", f["year"] or 0, f["check"], f["message"]))
    return {
        "ledger": [*_ledger(verified), *_unopened(plan)],
        "files": {"ignored": ignored, "rejected": sorted(rejected, key=lambda entry: entry["file"])},
        "findings": findings,
    }


def _with_gaps(findings: list[dict], catalog, due: Sequence[Window], empty: dict, accepted) -> list[dict]:
    """Add the gaps to the findings, and show what is accepted as accepted, an entry that matches nothing as such."""
    shown, used = [], set()
    for window in due:
        dataset, hollow = catalog[window.dataset], empty.get(window.dataset, {})
        rest, parts = _split(window, accepted)
        findings = findings + [gap.to_json() for gap in _of_gaps(rest, dataset, hollow)]
        for entry, part in parts:
            shown += [entry.to_finding(gap.to_json()) for gap in _of_gaps(part, dataset, hollow)]
            used.add(entry.number)
    findings, matched = accept(findings, accepted)
    idle = [e for e in accepted if e.number not in used | matched and e.check not in ELSEWHERE]
    return [*findings, *shown, *(entry.to_idle_finding() for entry in idle)]


def _empty_files(verified: Sequence[dict]) -> dict[str, dict[date, str]]:
    """Return the files with a header and no row, by dataset and day."""
    found: dict[str, dict[date, str]] = {}
    for year in verified:
        for entry in year.get("empty_files", ()):
            days = dict.fromkeys(map(date.fromisoformat, entry["days"]), entry["file"])
            found.setdefault(year["dataset"], {}).update(days)
    return found


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
    """Containers that cannot be opened and whose name is of no dataset: each counts as one file."""
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


def _of_gaps(window: Window, dataset: Dataset, empty: dict[date, str]) -> list[Finding]:
    """Whole days without a row, and missing intervals or SCED runs of the others."""
    looked = f"between {window.first} and {window.last}"
    found = []
    if window.missing:
        message = f"{counted(len(window.missing), 'operating day')} missing {looked}"
        hollow = [f"{day}: {empty[day]} has a header and no row" for day in window.missing if day in empty]
        if hollow:
            message += f"; of {counted(len(hollow), 'day')} there is a file with a header only"
        shown = [*hollow[: EXAMPLES - 1], *ranges(window.missing)][:EXAMPLES]
        found.append(Finding(window.dataset, window.year, "gap", len(window.missing), message, shown))
    if window.times:
        count = sum(map(len, window.times.values()))
        what = counted(count, "run" if dataset.run_minutes else "interval")
        message = f"{what} missing on {counted(len(window.times), 'day')} {looked}"
        shown = [f"{day}: {len(times)} from {times[0]:%Y-%m-%d %H:%M}Z" for day, times in window.times.items()]
        found.append(Finding(window.dataset, window.year, "gap", count, message, shown[:EXAMPLES]))
    return found


def _split(window: Window, entries: Sequence[Acceptance]) -> tuple[Window, list[tuple[Acceptance, Window]]]:
    """Take the accepted days out of a window: what remains, and what each entry accepts."""
    parts = []
    for entry in (e for e in entries if (e.dataset, e.check) == (window.dataset, "gap") and e.days):
        days = [day for day in window.missing if entry.covers(day)]
        times = {day: found for day, found in window.times.items() if entry.covers(day)}
        if days or times:
            parts.append((entry, replace(window, missing=days, times=times)))
            rest = {day: found for day, found in window.times.items() if day not in times}
            window = replace(window, missing=[d for d in window.missing if d not in days], times=rest)
    return window, parts


def not_accepted(windows: Sequence[Window], entries: Sequence[Acceptance]) -> list[Window]:
    """Return the windows without the gaps that are accepted."""
    rest = [_split(window, entries)[0] for window in windows]
    whole = [e for e in entries if e.check == "gap" and not e.days]
    gone = {(w.dataset, w.year) for w in rest for e in whole if e.dataset == w.dataset and w.year in e.years}
    return [replace(w, missing=[], times={}) if (w.dataset, w.year) in gone else w for w in rest]
