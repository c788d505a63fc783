"""The header registry: every header ever seen, when, in which files, and how it differs from the catalog."""

import re
from typing import TypedDict

from ercot.catalog.model import Dataset, Kind
from ercot.raw.header import Layout, spellings, split_line

LOOKS_LIKE = (
    ("blank", re.compile(r"")),
    ("integer", re.compile(r"[-+]?\d+")),
    ("float", re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")),
    ("date", re.compile(r"\d{1,2}/\d{1,2}/\d{4}")),
    ("stamp", re.compile(r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d{2}(:\d{2})?")),
    ("hour", re.compile(r"\d{1,2}:00")),
    ("flag", re.compile(r"[YN]")),
)
AS_DECLARED = {
    Kind.DATE: {"date", "stamp"},
    Kind.INTEGER: {"integer", "hour"},
    Kind.FLOAT: {"integer", "float"},
    Kind.FLAG: {"flag"},
    Kind.UTC_STAMP: {"stamp"},
    Kind.NAIVE_STAMP: {"stamp"},
}


class Place(TypedDict):
    """A file with a header, and its operating day (ISO)."""

    file: str
    day: str


class HeaderRecord(TypedDict):
    """One header as printed: how many files have it, the first and the last of them, what its columns look like."""

    header: list[str]
    headed: bool  # False where some files have the columns without a header line
    files: int
    first: Place
    last: Place
    types: list[list[str]]  # names of `LOOKS_LIKE`, by column


def note_header(seen: dict[tuple, HeaderRecord], layout: Layout, file: str, day: str, first_row: str) -> None:
    """Add one file to the account of headers; ``seen`` is keyed by the header as printed."""
    record = seen.get(layout.header)
    here = {"file": file, "day": day}
    if record is None:
        types = [sorted({guess_type(text)}) for text in _fields(first_row, len(layout.header))]
        record = {
            "header": list(layout.header),
            "headed": layout.headed,
            "files": 0,
            "first": here,
            "last": here,
            "types": types,
        }
        seen[layout.header] = record
    record["files"] += 1
    record["headed"] = record["headed"] and layout.headed
    record["first"] = min(record["first"], here, key=_place)
    record["last"] = max(record["last"], here, key=_place)


def merge(records: list[HeaderRecord]) -> list[HeaderRecord]:
    """Merge the accounts of several batches into one record a header, in the order of first appearance."""
    merged: dict[tuple, dict] = {}
    for record in records:
        known = merged.setdefault(tuple(record["header"]), {**record, "files": 0})
        known["files"] += record["files"]
        known["headed"] = known["headed"] and record["headed"]
        known["first"] = min(known["first"], record["first"], key=_place)
        known["last"] = max(known["last"], record["last"], key=_place)
        known["types"] = [sorted({*a, *b}) for a, b in zip(known["types"], record["types"], strict=True)]
    return sorted(merged.values(), key=lambda record: _place(record["first"]))


def describe(dataset: Dataset, records: list[dict]) -> list[dict]:
    """Add to each header what changed since the one before, and where it departs from the catalog."""
    described, before = [], None
    for record in merge(records):
        header = record["header"]
        described.append(record | _changes(before, header) | _departures(dataset, record))
        before = header
    return described


def guess_type(text: str) -> str:
    """Say what a field looks like; "text" where nothing narrower fits."""
    return next((name for name, pattern in LOOKS_LIKE if pattern.fullmatch(text)), "text")


def _changes(before: list[str] | None, header: list[str]) -> dict:
    if before is None:
        return {"added": [], "dropped": [], "renamed": []}
    added = [text for text in header if text not in before]
    dropped = [text for text in before if text not in header]
    folds = {_fold(text): text for text in added}
    renamed = [[text, folds[_fold(text)]] for text in dropped if _fold(text) in folds]
    gone, new = {old for old, _ in renamed}, {new for _, new in renamed}
    return {
        "added": [t for t in added if t not in new],
        "dropped": [t for t in dropped if t not in gone],
        "renamed": renamed,
    }


def _departures(dataset: Dataset, record: dict) -> dict:
    """Return the columns unknown to the catalog, the spellings new to it, and the fields that look otherwise."""
    declared = spellings(dataset)
    folds = {_fold(text): text for text in declared}
    unknown = [text for text in record["header"] if _fold(text) not in folds]
    respelled = [text for text in record["header"] if text not in declared and _fold(text) in folds]
    by_text = {_fold(t): c for c in dataset.columns for t in (*(s.header for s in c.spellings), *c.aliases)}
    unlike = []
    for text, types in zip(record["header"], record["types"], strict=True):
        column = by_text.get(_fold(text))
        expected = AS_DECLARED.get(column.kind) if column else None
        odd = [t for t in types if expected and t not in expected | {"blank"}]
        if odd:
            unlike.append({"column": text, "declared": column.kind.value, "seen": odd})
    return {"unknown": unknown, "respelled": respelled, "unlike": unlike}


def _fields(row: str, width: int) -> list[str]:
    try:
        fields = split_line(row)
    except ValueError:
        fields = []
    return fields if len(fields) == width else [""] * width


def _fold(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _place(where: dict) -> tuple[str, str]:
    return where["day"], where["file"]
