"""The raw tree: which file belongs to which dataset and operating days, and what is none of ours."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from ercot.catalog.model import Dataset, DayFrom
from ercot.fetch.receipts import is_companion
from ercot.raw.archives import MemberReader, Way, base_name, is_csv, is_zip, label
from ercot.raw.file_names import Name, NameReader, is_xml, publication
from ercot.raw.header import Unusable
from ercot.raw.operating_days import HEAD_BYTES, days_in, tell_apart

LOOKERS = 8  # threads that open files whose names do not say enough


class Entry(NamedTuple):
    """One raw file or member: where it lies, how to notice a change, and what it holds."""

    path: str  # below the raw folder
    way: Way  # inside the containers; () for the file itself or all that lies in it
    size: int
    mtime_ns: int
    days: tuple[date, ...]  # operating days, in order
    published: str  # YYYYMMDDHHMMSSmmm


class Finding(NamedTuple):
    """What a look into a file found: one member, its dataset if any, its days, or why it cannot be read."""

    way: Way
    dataset: str | None
    days: tuple[date, ...]
    fault: str | None


class File(NamedTuple):
    """One file of the raw tree as the file system lists it."""

    path: str
    base: str
    size: int
    mtime_ns: int


@dataclass
class Inventory:
    """The raw tree, sorted out."""

    entries: dict[str, list[Entry]] = field(default_factory=dict)  # by dataset
    ignored: list[str] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)  # containers of no known dataset, with the reason
    looks: dict[str, tuple[int, int, list[Finding]]] = field(default_factory=dict)  # by path, to be remembered

    @property
    def newest_day(self) -> date | None:
        """The newest operating day of any file."""
        return max((e.days[-1] for entries in self.entries.values() for e in entries), default=None)


def take_inventory(raw_dir: Path, datasets: dict[str, Dataset], remembered: dict[str, tuple]) -> Inventory:
    """List a raw tree of any shape.

    ``remembered`` are the looks of an earlier run: only new or changed files are opened again. What a download keeps
    beside the reports (`ercot.fetch.receipts.is_companion`) is passed over.
    """
    names = NameReader(datasets)
    inventory = Inventory()
    unsure: list[tuple[File, Name]] = []
    for file in walk(raw_dir):
        if is_companion(file.path):
            continue
        name = names.read(file.base)
        if is_xml(file.base) or not (is_zip(file.base) or (name.candidates and is_csv(file.base))):
            inventory.ignored.append(label(file.path, ()))
        elif name.sure:
            _add(inventory, name.candidates[0][0].id, file, (), (name.day,), name.published)
        else:
            unsure.append((file, name))
    _look_into(raw_dir, names, unsure, remembered, inventory)
    for entries in inventory.entries.values():
        entries.sort(key=lambda entry: entry.days[0])
    inventory.ignored.sort()
    return inventory


def walk(raw_dir: Path) -> Iterator[File]:
    """Yield every file below a folder, links followed, in the order of names."""
    seen = set()
    pending = [(str(raw_dir), "")]
    while pending:
        folder, below = pending.pop()
        real = os.path.realpath(folder)
        if real in seen:
            continue
        seen.add(real)
        with os.scandir(folder) as listing:
            found = sorted(listing, key=attrgetter("name"))
        folders = []
        for item in found:
            try:
                if item.is_dir():
                    folders.append((item.path, f"{below}{item.name}/"))
                    continue
                size, mtime_ns = (status := item.stat()).st_size, status.st_mtime_ns
            except OSError:  # a link to nowhere, or a file that has just gone: reading it will say so
                size, mtime_ns = 0, 0
            yield File(below + item.name, item.name, size, mtime_ns)
        pending += reversed(folders)


def _add(inventory: Inventory, dataset: str, file: File, way: Way, days: tuple[date, ...], published: str) -> None:
    entry = Entry(file.path, way, file.size, file.mtime_ns, days, published)
    inventory.entries.setdefault(dataset, []).append(entry)


def _look_into(
    raw_dir, names: NameReader, unsure: list[tuple[File, Name]], remembered: dict, inventory: Inventory
) -> None:
    """Open the files whose names do not say enough, unless an earlier look still holds."""

    def look(item: tuple[File, Name]) -> list[Finding]:
        file, name = item
        known = remembered.get(file.path)
        if known and tuple(known[:2]) == (file.size, file.mtime_ns):
            return known[2]
        return _look(MemberReader(raw_dir), names, file, name)

    with ThreadPoolExecutor(LOOKERS) as pool:
        for (file, _), findings in zip(unsure, pool.map(look, unsure), strict=True):
            inventory.looks[file.path] = (file.size, file.mtime_ns, findings)
            for found in findings:
                _sort_out(inventory, file, found)


def _sort_out(inventory: Inventory, file: File, found: Finding) -> None:
    if found.dataset:
        published = publication([file.base, *map(base_name, found.way)])
        _add(inventory, found.dataset, file, found.way, found.days, published)
    elif found.fault:
        inventory.unreadable.append((label(file.path, found.way), found.fault))
    else:
        inventory.ignored.append(label(file.path, found.way))


def _look(reader: MemberReader, names: NameReader, file: File, name: Name) -> list[Finding]:
    if is_csv(file.base):
        return [_look_at_member(reader, file, (), name)]
    found = [_look_at_way(reader, names, file, name, way, fault) for way, fault in reader.ways(file.path)]
    if name.candidates and not any(finding.dataset for finding in found):
        return [Finding((), name.candidates[0][0].id, (name.day,), None)]  # normalizing it says what it lacks
    return found or [Finding((), None, (), None)]


def _look_at_way(reader, names: NameReader, file: File, outer: Name, way: Way, fault: Unusable | None) -> Finding:
    base = base_name(way[-1]) if way else file.base
    own = names.read(base)
    name = own if own.candidates else outer
    if fault:
        known = len(name.candidates) == 1
        return Finding(way, name.candidates[0][0].id if known else None, (name.day,) if known else (), str(fault))
    if is_xml(base) or not is_csv(base) or not name.candidates:
        return Finding(way, None, (), None)
    return _look_at_member(reader, file, way, name)


def _look_at_member(reader: MemberReader, file: File, way: Way, name: Name) -> Finding:
    """Tell the dataset and the days of a member; one that cannot be read keeps the day of its name."""
    dataset, days = name.candidates[0][0], []
    if not name.sure:
        try:
            head = reader.read(file.path, way, limit=HEAD_BYTES)
            dataset = tell_apart(name.candidates, head)
            whole = dataset.day_from is DayFrom.ROWS and len(head) == HEAD_BYTES
            days = days_in(dataset, reader.read(file.path, way) if whole else head)
        except Unusable:
            days = []
    return Finding(way, dataset.id, tuple(days) or (name.day,), None)
