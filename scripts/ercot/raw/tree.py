"""The files of a raw folder, as the file system lists them."""

import os
from collections.abc import Callable, Iterator
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple


class File(NamedTuple):
    """One file of the raw tree as the file system lists it."""

    path: str
    base: str
    size: int
    mtime_ns: int


def walk(raw_dir: Path, refuse: Callable[[str, str], None] = lambda folder, reason: None) -> Iterator[File]:
    """Yield every file below a folder, links followed, in the order of names.

    ``refuse`` is called with each folder below it that cannot be listed, and the reason.
    """
    seen = set()
    pending = [(str(raw_dir), "")]
    while pending:
        folder, below = pending.pop()
        real = os.path.realpath(folder)
        if real in seen:
            continue
        seen.add(real)
        folders = []
        for item in _list_folder(folder, below, refuse):
            try:
                if item.is_dir():
                    folders.append((item.path, f"{below}{item.name}/"))
                    continue
                size, mtime_ns = (status := item.stat()).st_size, status.st_mtime_ns
            except OSError:  # a link to nowhere, or a file that has just gone: reading it will say so
                size, mtime_ns = 0, 0
            yield File(below + item.name, item.name, size, mtime_ns)
        pending += reversed(folders)


def _list_folder(folder: str, below: str, refuse: Callable[[str, str], None]) -> list[os.DirEntry]:
    """Return what lies in a folder in the order of names; the raw folder itself must be there."""
    try:
        with os.scandir(folder) as listing:
            return sorted(listing, key=attrgetter("name"))
    except OSError as error:
        if not below:
            raise
        refuse(below, f"unreadable: {error.strerror}")
        return []
