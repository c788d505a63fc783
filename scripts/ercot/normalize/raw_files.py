"""The raw files of a batch, opened: each with its layout and publication, or refused with a reason."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ercot.catalog import DATASETS
from ercot.catalog.model import Dataset, DayFrom
from ercot.normalize.deduplicate import Publication
from ercot.normalize.ledger import Ledger
from ercot.planning.batches import Manifest
from ercot.raw import header_registry
from ercot.raw.containers.names import base_name, is_table, label
from ercot.raw.containers.reader import MemberReader
from ercot.raw.csv_file import Body, open_sheet
from ercot.raw.file_names import NameReader, is_far, precedence, unpacked
from ercot.raw.header import Layout, UnreadableFile
from ercot.raw.inventory import Entry
from ercot.raw.records import record_at


@dataclass(frozen=True)
class RawFile:
    """One readable CSV of a batch."""

    label: str
    entry: Entry
    publication: Publication
    layout: Layout
    body: Body

    def texts(self, lines: list[int]) -> list[str]:
        """Return the raw text of the records that start in some lines of the file."""
        raw, width = self.body.data.split(b"\n"), len(self.layout.names)
        found = (record_at(raw, line - self.body.first_line, width) for line in lines)
        return [record.decode("utf-8", errors="replace") for record in found]


def open_files(raw_dir: Path, manifest: Manifest, dataset: Dataset, entries, ledger: Ledger) -> Iterator[RawFile]:
    """Open the files of some entries; the ledger takes note of them, with the reason where one cannot be used."""
    reader, number = MemberReader(raw_dir), 0
    headers: dict[tuple, dict] = {}
    for entry in entries:
        home = is_home(entry, manifest)
        counted = ledger if home else Ledger(dataset.id, manifest.batch, manifest.digest)
        found = counted.files_found
        for member_path, data in reader.members(entry.path, entry.member_path):
            if not isinstance(data, UnreadableFile) and _has_changed(raw_dir, entry):
                data = UnreadableFile("changed: it was changed while the workflow ran; run again")
            file = _open_file(dataset, number, entry, member_path, data, counted)
            if file:
                number += 1
                _note_header(headers, file)
                yield file
        if counted.files_found == found:
            _refuse(counted, dataset, label(entry.path, entry.member_path), "unreadable: no CSV inside")
    ledger.headers = list(headers.values())


def _has_changed(raw_dir: Path, entry: Entry) -> bool:
    """Say whether a file is another one than planning saw; file systems differ in the fractions of a second."""
    try:
        status = os.stat(f"{raw_dir}/{entry.path}")
    except OSError:
        return True
    return status.st_size != entry.size or status.st_mtime_ns // 10**9 != entry.mtime_ns // 10**9


def _open_file(dataset: Dataset, number: int, entry: Entry, member_path, data, ledger: Ledger) -> RawFile | None:
    bases = [base_name(name) for name in (entry.path, *member_path)]
    shown = label(entry.path, member_path)
    if not isinstance(data, UnreadableFile) and not is_table(bases):
        ledger.ignored.append(shown)
        return None
    try:
        if isinstance(data, UnreadableFile):
            raise data
        head, layout, body = open_sheet(dataset, number, data)
    except UnreadableFile as unusable:
        _refuse(ledger, dataset, shown, str(unusable))
        return None
    ledger.files_found += 1
    ledger.files_read += 1
    if not body.lines:
        ledger.empty_files.append({"file": shown, "days": [day.isoformat() for day in entry.days]})
    _note_foreign_date(dataset, entry, bases, shown, ledger)
    published = max(_name_reader().publication(bases), entry.published)
    rank = Publication(precedence(bases), published, unpacked(bases[-1]), head, body)
    return RawFile(shown, entry, rank, layout, body)


def _refuse(ledger: Ledger, dataset: Dataset, shown: str, reason: str) -> None:
    ledger.files_found += 1
    ledger.files_rejected += 1
    ledger.rejected_files.append({"file": shown, "dataset": dataset.id, "reason": reason})


def _note_foreign_date(dataset: Dataset, entry: Entry, bases: list[str], shown: str, ledger: Ledger) -> None:
    """Note a file whose rows are of a day far from what its name says: the rows count, but one of the two is wrong."""
    if dataset.day_from is DayFrom.NAME:  # a row of another day is rejected
        return
    name = _name_reader().read_innermost(bases)
    far = [day for day in entry.days if is_far(name, day)]
    if far:
        days = {"named": name.day.isoformat(), "first": far[0].isoformat(), "last": far[-1].isoformat()}
        ledger.foreign_dates.append({"file": shown} | days)


@lru_cache(maxsize=1)
def _name_reader() -> NameReader:
    return NameReader(DATASETS)


def _note_header(headers: dict, file: RawFile) -> None:
    first = file.body.first_row.decode("utf-8", errors="replace")
    header_registry.note_header(headers, file.layout, file.label, file.entry.days[0].isoformat(), first)


def is_home(entry: Entry, manifest: Manifest) -> bool:
    """Say whether a file that several batches list is counted in this one."""
    return manifest.first_day <= entry.days[0] <= manifest.last_day
