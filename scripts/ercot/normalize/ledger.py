"""The ledger: where every file and row of a batch went."""

from dataclasses import asdict, dataclass, field
from typing import TypedDict

from ercot.core.findings import EXAMPLES
from ercot.raw.header_registry import HeaderRecord

FILES = ("files_found", "files_read", "files_rejected")
ROWS = ("rows_read", "rows_written", "rows_duplicate", "rows_superseded", "rows_rejected")


class RejectedFile(TypedDict):
    """A file that could not be used."""

    file: str
    dataset: str | None
    reason: str


class EmptyFile(TypedDict):
    """A file that was read and has no row, with the days that its name says."""

    file: str
    days: list[str]


class ForeignDate(TypedDict):
    """A file whose rows are of days far from the one that its name says."""

    file: str
    named: str
    first: str
    last: str


class Counted(TypedDict):
    """Something that was counted, with a few examples."""

    count: int
    examples: list[str]


@dataclass
class Ledger:
    """The account of one batch. Counts are taken where things happen, never derived from one another."""

    dataset: str
    batch: str
    manifest: str  # digest of the manifest that the batch was made from
    files_found: int = 0
    files_read: int = 0
    files_rejected: int = 0
    rows_read: int = 0
    rows_written: int = 0
    rows_duplicate: int = 0
    rows_superseded: int = 0
    rows_rejected: int = 0
    rejected_files: list[RejectedFile] = field(default_factory=list)
    empty_files: list[EmptyFile] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)  # members of no dataset in containers of this batch
    foreign_dates: list[ForeignDate] = field(default_factory=list)
    reasons: dict[str, Counted] = field(default_factory=dict)  # why rows were rejected
    rejected_days: dict[str, int] = field(default_factory=dict)  # rows rejected, by the first day of their file
    ranges: dict[str, Counted] = field(default_factory=dict)  # values out of plausible bounds, by column
    headers: list[HeaderRecord] = field(default_factory=list)

    def take(self, part: "Ledger") -> None:
        """Add the account of some of the batch's days."""
        for name in (*FILES, *ROWS):
            setattr(self, name, getattr(self, name) + getattr(part, name))
        for name in ("rejected_files", "empty_files", "ignored", "foreign_dates", "headers"):
            getattr(self, name).extend(getattr(part, name))
        for day, count in part.rejected_days.items():
            self.rejected_days[day] = self.rejected_days.get(day, 0) + count
        for name in ("reasons", "ranges"):
            for key, facts in getattr(part, name).items():
                add(getattr(self, name), key, facts["count"], facts["examples"])

    def to_json(self) -> dict:
        """Return the ledger as JSON content."""
        return asdict(self)


def add(totals: dict, name: str, count: int, examples: list) -> None:
    """Count something under a name and keep the first few examples."""
    if count:
        known = totals.setdefault(name, {"count": 0, "examples": []})
        known["count"] += count
        known["examples"] = (known["examples"] + examples)[:EXAMPLES]


def is_balanced(counts: dict) -> bool:
    """Say whether every file and every row has exactly one fate."""
    files = counts["files_read"] + counts["files_rejected"]
    rows = sum(counts[name] for name in ROWS[1:])
    return counts["files_found"] == files and counts["rows_read"] == rows
