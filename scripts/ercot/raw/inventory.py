"""The raw tree: which file belongs to which dataset and operating days, and which files are ignored.

A name that fixes dataset and day spares a look into the file, but for zips: a member's own name counts, so the list of
members is read, once for each zip, and remembered by path, size and time. For 100,000 zips that took 1.2 s in the first
plan and 0.25 s in later ones, beside 0.8 s for listing the tree. Each costs its disk one short read.
"""

from array import array
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from hashlib import blake2b, sha256
from pathlib import Path
from typing import NamedTuple

from ercot.catalog.model import Dataset, NameDay
from ercot.raw.containers.names import MemberPath, base_name, is_csv, is_sheet, is_workbook, is_zip, label
from ercot.raw.containers.zips import sole_member
from ercot.raw.file_names import Name, NameReader, is_xml
from ercot.raw.inspection import Inspection, inspect
from ercot.raw.receipts import is_companion
from ercot.raw.tree import File, Tree, list_tree
from ercot.raw.unclaimed import Claim, claim_by_name

INSPECTORS = 8  # threads that open files whose names do not say enough
ZIPS_AT_ONCE = 256  # of which a thread lists the members
SMALLEST_ZIP = 22  # bytes: what is smaller holds nothing, and reading it for good will say so


class Entry(NamedTuple):
    """One raw file or member: where it lies, how to notice a change, and what it holds."""

    path: str  # below the raw folder
    member_path: MemberPath  # inside the containers; () for the file itself or all that lies in it
    size: int
    mtime_ns: int
    days: tuple[date, ...]  # operating days, in order
    published: str  # YYYYMMDDHHMMSSmmm


@dataclass
class Inventory:
    """The raw tree, sorted out."""

    entries: dict[str, list[Entry]] = field(default_factory=dict)  # by dataset
    ignored: list[str] = field(default_factory=list)
    unclaimed: list[tuple[str, str, str]] = field(default_factory=list)  # of the ignored: file, and its claim
    unreadable: list[tuple[str, str]] = field(default_factory=list)  # folders, and containers of no known dataset
    looks: dict[str, tuple[int, int, list[Inspection]]] = field(default_factory=dict)  # by path, to be remembered
    as_named: array = field(
        default_factory=partial(array, "Q")
    )  # marks of zips that hold what their names say, likewise
    blocked: set[str] = field(default_factory=set)  # files with something unreadable of no known dataset
    files: int = 0  # on the disk, whatever they hold
    bytes: int = 0
    digest: object = field(default_factory=sha256)  # of the paths and sizes of all files

    def count(self, file: File) -> None:
        """Add a file of the disk to the totals."""
        self.files += 1
        self.bytes += file.size
        self.digest.update(f"{file.path}\0{file.size}\n".encode(errors="surrogateescape"))

    @property
    def newest_publication(self) -> str | None:
        """The newest stamp of any file, as ``YYYYMMDDHHMMSSmmm`` in Central Prevailing Time.

        A file without one was published on its operating day at the earliest.
        """
        every = (entry for entries in self.entries.values() for entry in entries)
        return max((e.published or f"{e.days[-1]:%Y%m%d}000000000" for e in every), default=None)


def take_inventory(
    raw_dir: Path,
    datasets: dict[str, Dataset],
    remembered: dict[str, tuple],
    as_named: Collection[int] = frozenset(),
    tree: Tree | None = None,
) -> Inventory:
    """List a raw tree of any shape.

    ``remembered`` and ``as_named`` are the looks of an earlier run: only new or changed files are opened again.
    ``tree`` is the folder where it has been listed already. What a download keeps beside the reports is passed over.
    """
    names, inventory = NameReader(datasets), Inventory()
    zips: dict[str, list[Entry]] = {}
    unsure: list[tuple[File, Name]] = []

    tree = tree or list_tree(raw_dir)
    inventory.unreadable += [(label(folder, ()), reason) for folder, reason in tree.refused]
    for file in tree.files():
        if is_companion(file.path):
            continue
        inventory.count(file)
        base = file.base
        name = names.read(base)
        readable = is_zip(base) or is_csv(base) or (is_workbook(base) and name.candidates)
        if is_xml(base) or not readable:
            _ignore(inventory, label(file.path, ()), claim_by_name(names, base))
        elif not name.sure or (is_zip(base) and _recall(file, remembered)):
            unsure.append((file, name))
        else:
            entries = zips if is_zip(base) else inventory.entries
            entries.setdefault(name.candidates[0][0].id, []).append(_entry(file, (), (name.day,), name.published))
    unsure += _sort_zips(raw_dir, names, zips, as_named, inventory)
    _inspect_files(raw_dir, names, unsure, remembered, inventory)
    for entries in inventory.entries.values():
        entries.sort(key=lambda entry: entry.days[0])
    inventory.ignored.sort()
    inventory.unclaimed.sort()
    return inventory


def _entry(file: File, member_path: MemberPath, days: tuple[date, ...], published: str) -> Entry:
    return Entry(file.path, member_path, file.size, file.mtime_ns, days, published)


def _ignore(inventory: Inventory, shown: str, claim: Claim | None) -> None:
    inventory.ignored.append(shown)
    if claim:
        inventory.unclaimed.append((shown, *claim))


def _sort_zips(
    raw_dir: Path, names: NameReader, zips: dict[str, list[Entry]], as_named: Collection[int], inventory: Inventory
) -> list[tuple[File, Name]]:
    """Keep the zips, by dataset, that hold what their names say, and return the others, to be looked into."""

    def sort(part: list[Entry]) -> list[int]:
        """Return the marks by which zips are remembered, 0 for one that must be looked into."""
        marks = map(_mark, part)
        return [
            m if m in as_named or _holds_as_named(raw_dir, names, e) else 0 for e, m in zip(part, marks, strict=True)
        ]

    others = []
    with ThreadPoolExecutor(INSPECTORS) as pool:
        for dataset, entries in zips.items():
            kept = inventory.entries.setdefault(dataset, [])
            parts = [entries[i : i + ZIPS_AT_ONCE] for i in range(0, len(entries), ZIPS_AT_ONCE)]
            for part, marks in zip(parts, pool.map(sort, parts), strict=True):
                kept += [entry for entry, mark in zip(part, marks, strict=True) if mark]
                inventory.as_named.extend(filter(None, marks))
                others += [entry for entry, mark in zip(part, marks, strict=True) if not mark]
    files = [File(e.path, e.size, e.mtime_ns) for e in others]
    return [(file, names.read(file.base)) for file in files]


def _holds_as_named(raw_dir: Path, names: NameReader, entry: Entry) -> bool:
    """Say whether the only member of a zip is of the dataset and day that the zip's name says."""
    if entry.size < SMALLEST_ZIP:
        return True
    member = sole_member(f"{raw_dir}/{entry.path}", entry.size)
    if member is None or not is_csv(member):
        return False
    outer = names.read(base_name(entry.path))
    own = names.read_innermost([base_name(entry.path), base_name(member)])
    return own.sure and own.day == outer.day and own.candidates == outer.candidates


def _mark(entry: Entry) -> int:
    """Return a number for a file as it is; half a million of them meet by chance once in a hundred million trees."""
    text = f"{entry.path}\0{entry.size}\0{entry.mtime_ns}".encode(errors="surrogateescape")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "little") or 1


def _recall(file: File, remembered: dict) -> list[Inspection] | None:
    """Return what an earlier look found, None where there was none or the file has changed since."""
    known = remembered.get(file.path)
    return known[2] if known and tuple(known[:2]) == (file.size, file.mtime_ns) else None


def _inspect_files(
    raw_dir, names: NameReader, unsure: list[tuple[File, Name]], remembered: dict, inventory: Inventory
) -> None:
    """Open the files whose names do not say enough, unless an earlier look still holds."""

    def look(item: tuple[File, Name]) -> list[Inspection]:
        file, name = item
        return _recall(file, remembered) or inspect(raw_dir, names, file, name)

    with ThreadPoolExecutor(INSPECTORS) as pool:
        for (file, _), inspections in zip(unsure, pool.map(look, unsure), strict=True):
            inventory.looks[file.path] = (file.size, file.mtime_ns, inspections)
            newest = _newest_days(file, inspections)
            for found in inspections:
                _sort_out(inventory, names, file, found, newest)


def _newest_days(file: File, inspections: list[Inspection]) -> dict[MemberPath, date]:
    """Return the newest operating day of each file of a known dataset; a workbook is one file, whatever its sheets."""
    newest: dict[MemberPath, date] = {}
    for found in inspections:
        if found.dataset:
            whole = _whole(file, found.member_path)
            newest[whole] = max(newest.get(whole, date.min), *found.days)
    return newest


def _grows(dataset: Dataset) -> bool:
    """Say whether a report is published again and again under one name, each time with more days."""
    return any(source.name_day is NameDay.YEAR for source in dataset.sources)


def _whole(file: File, member_path: MemberPath) -> MemberPath:
    return member_path[:-1] if is_sheet((file.path, *member_path)) else member_path


def _sort_out(
    inventory: Inventory, names: NameReader, file: File, found: Inspection, newest: dict[MemberPath, date]
) -> None:
    if found.dataset:
        published = names.publication([file.base, *map(base_name, found.member_path)])
        if not published and _grows(names.datasets[found.dataset]):  # of two, the one with the newest day is the later
            published = f"{newest[_whole(file, found.member_path)]:%Y%m%d}000000000"
        entry = _entry(file, found.member_path, found.days, published)
        inventory.entries.setdefault(found.dataset, []).append(entry)
    elif found.fault:
        inventory.blocked.add(file.path)
        inventory.unreadable.append((label(file.path, found.member_path), found.fault))
    else:
        _ignore(inventory, label(file.path, found.member_path), found.claim)
