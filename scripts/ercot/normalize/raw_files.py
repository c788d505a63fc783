"""The raw files of a batch, opened: each with its layout and publication, or refused with a reason."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ercot.catalog import DATASETS
from ercot.catalog.model import Dataset
from ercot.normalize.deduplicate import Publication
from ercot.normalize.ledger import Ledger
from ercot.normalize.parse import Body, open_sheet
from ercot.planning.batches import Manifest
from ercot.raw import header_registry
from ercot.raw.archives import MemberReader, base_name, is_csv, label
from ercot.raw.file_names import NameReader, precedence, publication
from ercot.raw.header import Layout, Unusable
from ercot.raw.inventory import Entry


@dataclass(frozen=True)
class RawFile:
    """One readable CSV of a batch."""

    label: str
    entry: Entry
    publication: Publication
    layout: Layout
    body: Body


def open_files(raw_dir: Path, manifest: Manifest, dataset: Dataset, entries, ledger: Ledger) -> Iterator[RawFile]:
    """Open the files of some entries; the ledger takes note of them, with the reason where one cannot be used."""
    reader, number = MemberReader(raw_dir), 0
    headers: dict[tuple, dict] = {}
    for entry in entries:
        home = is_home(entry, manifest)
        counted = ledger if home else Ledger(dataset.id, manifest.batch, manifest.digest)
        found = counted.files_found
        for way, data in reader.members(entry.path, entry.way):
            if not isinstance(data, Unusable) and _has_changed(raw_dir, entry):
                data = Unusable("changed: it was changed while the workflow ran; run again")
            file = _open_file(dataset, number, entry, way, data, counted)
            if file:
                number += 1
                _note_header(headers, file)
                yield file
        if counted.files_found == found:
            _refuse(counted, dataset, label(entry.path, entry.way), "unreadable: no CSV inside")
    ledger.headers = list(headers.values())


def _has_changed(raw_dir: Path, entry: Entry) -> bool:
    """Say whether a file is another one than planning saw; file systems differ in the fractions of a second."""
    try:
        status = os.stat(f"{raw_dir}/{entry.path}")
    except OSError:
        return True
    return status.st_size != entry.size or status.st_mtime_ns // 10**9 != entry.mtime_ns // 10**9


def _open_file(dataset: Dataset, number: int, entry: Entry, way, data, ledger: Ledger) -> RawFile | None:
    bases = [base_name(name) for name in (entry.path, *way)]
    shown = label(entry.path, way)
    if not isinstance(data, Unusable) and not is_csv(bases[-1]):
        ledger.ignored.append(shown)
        return None
    try:
        if isinstance(data, Unusable):
            raise data
        if way and not entry.way:  # planning did not open this container
            _refuse_stranger(dataset, bases[-1])
        head, layout, body = open_sheet(dataset, number, data)
    except Unusable as unusable:
        _refuse(ledger, dataset, shown, str(unusable))
        return None
    ledger.files_found += 1
    ledger.files_read += 1
    published = max(publication(bases), entry.published)
    rank = Publication(precedence(bases), published, bases[-1], (head, body.data))
    return RawFile(shown, entry, rank, layout, body)


def _refuse(ledger: Ledger, dataset: Dataset, shown: str, reason: str) -> None:
    ledger.files_found += 1
    ledger.files_rejected += 1
    ledger.rejected_files.append({"file": shown, "dataset": dataset.id, "reason": reason})


def _refuse_stranger(dataset: Dataset, base: str) -> None:
    """Refuse a member that another report's name is on, in a container that bears this one's."""
    candidates = _name_reader().read(base).candidates
    if candidates and dataset.id not in {known.id for known, _ in candidates}:
        raise Unusable(f"foreign_report: its name is that of {candidates[0][0].id}")


@cache
def _name_reader() -> NameReader:
    return NameReader(DATASETS)


def _note_header(headers: dict, file: RawFile) -> None:
    first = file.body.data[: file.body.data.find(b"\n")].decode("utf-8", errors="replace")
    header_registry.note_header(headers, file.layout, file.label, file.entry.days[0].isoformat(), first)


def is_home(entry: Entry, manifest: Manifest) -> bool:
    """Say whether a file that several batches list is counted in this one."""
    return manifest.first_day <= entry.days[0] <= manifest.last_day
