"""What the report says of a dataset and year in one sentence, and what to do about it."""

from ercot.catalog.model import Dataset
from ercot.core.wording import counted
from ercot.coverage.causes import REJECTED
from ercot.report.content import Year
from ercot.report.gaps import amount, by_cause, causes_text
from ercot.report.states import lacking

DAYS = 3  # that a sentence names


def sentence(declared: Dataset, year: Year, promises: bool, since: str | None) -> str:
    """Say of a dataset and year what is there, missing and rejected, since when it stands, and what it is good for."""
    parts = [there(year, promises), _rejected(year), _missing(year) if promises else "no day is promised"]
    if since:
        parts.append(f"rows last changed on {since[:16].replace('T', ' ')} UTC")
    return f"{'; '.join(parts)}. {_use(year, promises)}"


def to_do(declared: Dataset, year: Year) -> list[str]:
    """Return what to do about a dataset and year, nothing where it is as it should be."""
    report = " ".join(filter(None, [declared.emil, declared.title]))
    found = []
    causes = by_cause(year.missing)
    causes.pop(REJECTED, None)  # the files are named below
    for cause, some in causes.items():
        named = f"such as {some[0].name}; all are in wanted.csv" if len(some) > 1 else some[0].name
        found.append(f"{amount(some)} {cause.meaning}: {cause.advice} ({report}, {named}).")
    if year.verified and year.verified["rejected_files"]:
        files = [entry["file"] for entry in year.verified["rejected_files"]]
        more = f" and {len(files) - 3:,} more" if len(files) > 3 else ""
        found.append(f"{counted(len(files), 'file')} rejected: {REJECTED.advice} ({', '.join(files[:3])}{more}).")
    return found


def there(year: Year, promises: bool) -> str:
    """Say how many rows there are, and how many of the days that were due."""
    rows = counted(year.ledger["rows_written"], "row")
    if not promises:
        return f"{rows} on {counted(len(year.verified['days']) if year.verified else 0, 'day')}"
    if not year.days_due:
        return f"{rows}, no day was due"
    first, last = year.window.first.isoformat(), year.window.last.isoformat()
    there = sum(first <= day <= last for day in year.verified["days"]) if year.verified else 0
    due = f"{there:,} of {counted(year.days_due, 'day')} due"
    return f"{rows}, {due} ({year.window.first} to {year.window.last})"


def _missing(year: Year) -> str:
    if not year.missing_days and not year.missing_times:
        return "nothing else missing" if year.ledger["files_rejected"] else "nothing missing"
    why = f" ({causes_text(year.missing)})" if year.missing else ""
    return f"{lacking(len(year.missing_days), year.missing_times)} missing{why}"


def _rejected(year: Year) -> str:
    counts = ((year.ledger["rows_rejected"], "row"), (year.ledger["files_rejected"], "file"))
    parts = [counted(count, noun) for count, noun in counts if count]
    return f"{' and '.join(parts)} rejected" if parts else "nothing rejected"


def _use(year: Year, promises: bool) -> str:
    if year.state in ("wrong", "stale"):
        return "Do not use it."
    if not promises or not year.ledger["rows_written"]:
        return "Hourly averages do not apply." if year.ledger["rows_written"] else "There is nothing to average."
    partial = sorted(year.verified["missing"].keys() & year.verified["days"].keys())
    if partial:
        named = ", ".join(partial[:DAYS]) + (f" and {len(partial) - DAYS:,} more" if len(partial) > DAYS else "")
        return f"Hourly averages are safe on all days that are there but {named}."
    there = " on the days that are there" if year.missing_days else ""
    beside = ", but for what the rejected files hold" if year.ledger["files_rejected"] else ""
    return f"Hourly averages are safe{there}{beside}."
