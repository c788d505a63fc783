"""Batches: stable calendar periods of one dataset, each with a manifest of the raw files it is made from.

The length of a period follows from the catalog alone (megabytes a day in that era) and ``batch_mb``, never from
cores or from what happens to lie on the disk, so that a new file changes one batch and never reshuffles the others.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from json.encoder import encode_basestring_ascii as quoted
from pathlib import Path

from ercot.catalog.model import Dataset
from ercot.core.files import digest, read_gzip
from ercot.raw.inventory import Entry

LONGEST = {"year": 366, "quarter": 92, "month": 31, "week": 8, "day": 1}  # days of each period at most
ROW_GROUP_MB = 33  # raw megabytes of a row group's period: a week of real-time prices
MANIFEST = "manifest"  # in the metadata of an interim file: the digest of its manifest
WEEK_STARTS = (1, 9, 17, 25)  # a quarter of a month, so that periods nest and none crosses a year


@dataclass(frozen=True)
class Manifest:
    """What one interim file is made from."""

    dataset: str
    batch: str
    first_day: date
    last_day: date
    engine: str  # digest of the code and the declaration that read the files
    entries: tuple[Entry, ...]
    digest: str  # of the manifest itself

    @property
    def year(self) -> int:
        """The year of the rollup that the batch goes into."""
        return self.first_day.year


def period(dataset: Dataset, year: int, batch_mb: float) -> str:
    """Return the longest period of which a full one has at most ``batch_mb`` raw megabytes.

    It is a day at least, and never shorter than `row_group_period`, so that no row group has rows of two batches.
    """
    mb = dataset.mb_on(date(year, 12, 31))
    return next((name for name, days in LONGEST.items() if days * mb <= max(batch_mb, ROW_GROUP_MB)), "day")


def row_group_period(dataset: Dataset, year: int) -> str:
    """Return the period whose rows are a row group of a rollup; it depends on the catalog alone."""
    return period(dataset, year, ROW_GROUP_MB)


def batch_name(day: date, length: str) -> str:
    """Name the batch of a day: ``2024``, ``2024-q1``, ``2024-01``, ``2024-01-w1`` or ``2024-01-31``."""
    if length == "year":
        return f"{day.year}"
    if length == "quarter":
        return f"{day.year}-q{(day.month + 2) // 3}"
    if length == "month":
        return f"{day:%Y-%m}"
    if length == "week":
        return f"{day:%Y-%m}-w{sum(start <= day.day for start in WEEK_STARTS)}"
    return day.isoformat()


def span(batch: str) -> tuple[date, date]:
    """Return the first and the last operating day of a batch."""
    year, *rest = batch.split("-")
    if not rest:
        return date(int(year), 1, 1), date(int(year), 12, 31)
    if rest[0].startswith("q"):
        first = date(int(year), 3 * int(rest[0][1]) - 2, 1)
        return first, _month_end(first.replace(month=first.month + 2))
    first = date(int(year), int(rest[0]), 1)
    if len(rest) == 1:
        return first, _month_end(first)
    if rest[1].startswith("w"):
        week = int(rest[1][1])
        last = first.replace(day=WEEK_STARTS[week] - 1) if week < len(WEEK_STARTS) else _month_end(first)
        return first.replace(day=WEEK_STARTS[week - 1]), last
    return first.replace(day=int(rest[1])), first.replace(day=int(rest[1]))


def group(dataset: Dataset, entries: Iterable[Entry], batch_mb: float) -> dict[str, list[Entry]]:
    """Sort a dataset's entries into batches; a file with several operating days goes into each batch it touches."""
    lengths: dict[int, str] = {}
    names: dict[date, str] = {}
    batches: dict[str, list[Entry]] = {}
    for entry in entries:
        touched = set()
        for day in entry.days:
            if day not in names:
                length = lengths.setdefault(day.year, period(dataset, day.year, batch_mb))
                names[day] = batch_name(day, length)
            touched.add(names[day])
        for name in touched:
            batches.setdefault(name, []).append(entry)
    return batches


def manifest_text(dataset: str, batch: str, engine: str, entries: Iterable[Entry]) -> bytes:
    """Return the content of a manifest: a head line, then one line an entry."""
    head = json.dumps({"dataset": dataset, "batch": batch, "engine": engine})
    iso: dict[tuple, str] = {}
    lines = [head]
    for path, member_path, size, mtime_ns, days, published in entries:
        shown = iso.get(days) or iso.setdefault(days, json.dumps([day.isoformat() for day in days]))
        inside = json.dumps(member_path) if member_path else "[]"
        lines.append(f'[{quoted(path)}, {inside}, {size}, {mtime_ns}, {shown}, "{published}"]')
    return ("\n".join(lines) + "\n").encode()


def read_manifest(path: Path | str) -> Manifest:
    """Read a manifest; `FileNotFoundError` where there is none."""
    content = read_gzip(path)
    if content is None:
        raise FileNotFoundError(path)
    head, *lines = content.decode().splitlines()
    facts = json.loads(head)
    return Manifest(
        **facts,
        first_day=span(facts["batch"])[0],
        last_day=span(facts["batch"])[1],
        entries=tuple(_entry(json.loads(line)) for line in lines),
        digest=digest(content),
    )


def manifest_digest(path: Path | str) -> str:
    """Return the digest of a manifest, by which a change of its files is known."""
    content = read_gzip(path)
    if content is None:
        raise FileNotFoundError(path)
    return digest(content)


def manifest_of(interim: Path | str) -> str:
    """Return the digest of the manifest that an interim file was made from."""
    import polars as pl  # which planning itself does not need

    return pl.read_parquet_metadata(interim).get(MANIFEST, "")


def _entry(fields: list) -> Entry:
    path, member_path, size, mtime_ns, days, published = fields
    return Entry(path, tuple(member_path), size, mtime_ns, tuple(map(date.fromisoformat, days)), published)


def _month_end(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
