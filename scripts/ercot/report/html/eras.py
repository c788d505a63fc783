"""The header eras of a dataset as a timeline: which header was in use when, and what changed."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Era:
    """One header."""

    first: str
    last: str
    left: float  # where its bar begins, and how long it is, in percent of the time line
    width: float
    files: int
    headed: bool
    changes: list[tuple[str, list[str]]]  # added, dropped, renamed; unknown and respelled as to the catalog
    header: list[str]


def eras(headers: list[dict], years: list[int]) -> list[Era]:
    """Return the headers as `registry.describe` returns them, placed on a time line of whole years."""
    if not headers:
        return []
    start = date(min(years), 1, 1).toordinal()
    span = date(max(years) + 1, 1, 1).toordinal() - start
    found = []
    for record in headers:
        first, last = record["first"]["day"], record["last"]["day"]
        begin, end = _place(first, start, span), _place(last, start, span)
        width = round(max(end - begin + 100 / span, 0.6), 2)
        left = round(min(begin, 100 - width), 2)
        header, files, headed = record["header"], record["files"], record["headed"]
        found.append(Era(first, last, left, width, files, headed, _changes(record), header))
    return found


def _changes(record: dict) -> list[tuple[str, list[str]]]:
    renamed = [f"{old} → {new}" for old, new in record["renamed"]]
    unlike = [f"{u['column']} ({', '.join(u['seen'])} where {u['declared']} is declared)" for u in record["unlike"]]
    kinds = (
        ("added", record["added"]),
        ("dropped", record["dropped"]),
        ("renamed", renamed),
        ("unknown to the catalog", record["unknown"]),
        ("spelled otherwise than the catalog knows", record["respelled"]),
        ("unlike the declared type", unlike),
    )
    return [(kind, names) for kind, names in kinds if names]


def _place(day: str, start: int, span: int) -> float:
    return 100 * min(max(date.fromisoformat(day).toordinal() - start, 0), span) / span
