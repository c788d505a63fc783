"""The files of a raw folder, as the file system lists them. In: a folder. Out: path, size and time of each file."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

HASHED_AT_ONCE = 4096  # files: a hash takes one long text faster than many short ones


class File(NamedTuple):
    """One file of the raw tree as the file system lists it."""

    path: str  # below the raw folder
    size: int
    mtime_ns: int

    @property
    def base(self) -> str:
        """The name without the folders."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True)
class Tree:
    """A raw folder as it was listed."""

    files: list[File]
    refused: list[tuple[str, str]]  # folders that cannot be listed, and the reason of each

    def digest(self) -> str:
        """Return a digest of all that was listed, by which a later listing is known to be the same."""
        total = sha256(f"{self.refused!r}\n".encode())
        for start in range(0, len(self.files), HASHED_AT_ONCE):
            part = self.files[start : start + HASHED_AT_ONCE]
            text = "".join([f"{path}\0{size}\0{mtime_ns}\n" for path, size, mtime_ns in part])
            total.update(text.encode(errors="surrogateescape"))
        return total.hexdigest()


def list_tree(raw_dir: Path) -> Tree:
    """List a raw folder whole."""
    refused: list[tuple[str, str]] = []
    return Tree(list(walk(raw_dir, lambda folder, reason: refused.append((folder, reason)))), refused)


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
            yield File(below + item.name, size, mtime_ns)
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
