"""The verdicts: on the whole tree, and in one sentence on each dataset and year."""

from typing import TYPE_CHECKING

from ercot.catalog.model import Dataset
from ercot.core.wording import counted

if TYPE_CHECKING:
    from ercot.report.content import Year

STATES = ("wrong", "stale", "incomplete", "findings", "clean")  # the gravest first
LABELS = {
    "wrong": "wrong",
    "stale": "stale",
    "incomplete": "incomplete",
    "findings": "complete, with findings",
    "clean": "complete and clean",
    "nothing": "nothing read",
}
ADVICE = {
    "gap": "download what is missing, as named in wanted.csv",
    "loss": "put back the raw files that are gone, or accept the loss with accepted_findings",
    "unreadable_file": "download these files again",
    "rejected_rows": "compare these lines with ERCOT's copy; nothing is left to do where they were published so",
    "unclaimed_file": "rename or complete these files",
    "foreign_date": "compare with ERCOT's copy, and download again or rename what is wrong",
    "drift": "declare the column in the catalog",
    "range": "compare these values with ERCOT's copy before using them",
    "reconciliation": "compare both reports with ERCOT's copies before using these values",
    "stale": "restore the raw files, or delete what is left with `ercot prune`; else run again with --forceall",
    "digest": "delete this rollup and run again; where that does not help, run with --forceall",
    "ledger": "do not use it, and report an error of this workflow",
    "schema": "do not use it, and report an error of this workflow",
    "null_key": "do not use it, and report an error of this workflow",
    "duplicate": "do not use it, and report an error of this workflow",
    "order": "do not use it, and report an error of this workflow",
}


def state_of(findings: list[dict], lacks: bool) -> str:
    """Return which of `STATES` some findings make, and days or times that are missing."""
    critical = {finding["check"] for finding in findings if finding["severity"] == "critical"}
    if critical - {"stale"}:
        return "wrong"
    if critical:
        return "stale"
    if lacks and any(finding["check"] == "gap" and finding["severity"] != "info" for finding in findings):
        return "incomplete"
    return "findings" if any(finding["severity"] == "warning" for finding in findings) else "clean"


def verdict_text(state: str, days: int, times: int, warnings: int) -> str:
    """Say what a state means for the whole tree."""
    return {
        "wrong": "Wrong: do not use the rollups with critical findings",
        "stale": "Stale: rollups and raw files do not belong together",
        "incomplete": f"Incomplete: {lacking(days, times)} missing of what was due",
        "findings": f"Complete, with {counted(warnings, 'warning')}",
        "clean": "Complete and clean",
        "nothing": "Nothing was read: no file of a known report was found",
    }[state]


def lacking(days: int, times: int) -> str:
    """Say how much is missing."""
    parts = [counted(days, "day")] if days else []
    parts += [counted(times, "interval")] if times or not days else []
    return " and ".join(parts)


def sentence(declared: Dataset, year: "Year", promises: bool, since: str | None) -> str:
    """Say of a dataset and year what is there, missing and rejected, since when it stands, and what it is good for."""
    parts = [_there(year, promises), _missing(year) if promises else "no day is promised", _rejected(year)]
    if since:
        parts.append(f"rows last changed on {since[:16].replace('T', ' ')} UTC")
    return f"{'; '.join(parts)}. {_use(year, promises)}"


def to_do(declared: Dataset, year: "Year") -> list[str]:
    """Return what somebody should do about a dataset and year, nothing where it is as it should be."""
    found = []
    if year.missing_days or year.missing_times:
        report = " ".join(filter(None, [declared.emil, declared.title]))
        found.append(f"Download the files of {report} for what is missing (named in wanted.csv), and run again.")
    if year.verified and year.verified["rejected_files"]:
        files = [entry["file"] for entry in year.verified["rejected_files"]]
        more = f" and {len(files) - 3:,} more" if len(files) > 3 else ""
        found.append(f"Download again: {', '.join(files[:3])}{more}.")
    return found


def _there(year: "Year", promises: bool) -> str:
    rows = counted(year.ledger["rows_written"], "row")
    if not promises:
        return f"{rows} on {counted(len(year.verified['days']) if year.verified else 0, 'day')}"
    if not year.days_due:
        return f"{rows}, no day was due"
    first, last = year.window.first.isoformat(), year.window.last.isoformat()
    there = sum(first <= day <= last for day in year.verified["days"]) if year.verified else 0
    due = f"{there:,} of {counted(year.days_due, 'day')} due"
    return f"{rows}, {due} ({year.window.first} to {year.window.last})"


def _missing(year: "Year") -> str:
    if not year.missing_days and not year.missing_times:
        return "nothing missing"
    return f"{lacking(len(year.missing_days), year.missing_times)} missing"


def _rejected(year: "Year") -> str:
    counts = ((year.ledger["rows_rejected"], "row"), (year.ledger["files_rejected"], "file"))
    parts = [counted(count, noun) for count, noun in counts if count]
    return f"{' and '.join(parts)} rejected" if parts else "nothing rejected"


def _use(year: "Year", promises: bool) -> str:
    if year.state in ("wrong", "stale"):
        return "Do not use it."
    if not promises or not year.ledger["rows_written"]:
        return "Hourly averages do not apply." if year.ledger["rows_written"] else "There is nothing to average."
    partial = len(year.verified["missing"].keys() & year.verified["days"].keys())
    if partial:
        return f"Hourly averages are safe on all days that are there but {partial:,}."
    return "Hourly averages are safe" + (" on the days that are there." if year.missing_days else ".")
