"""The files of a raw folder, as the file system lists them. In: a folder. Out: path, size and time of each file."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from stat import S_ISDIR
from typing import NamedTuple


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
    """A raw folder as it was listed, every file below it, links followed, in the order of names.

    Kept as text, which takes half the time of objects: most runs find the tree as it was and need the digest alone.
    """

    folders: list[tuple[str, str]]  # path below the raw folder, a slash behind it, and its files as text
    refused: list[tuple[str, str]]  # folders that cannot be listed, and the reason of each

    def files(self) -> Iterator[File]:
        """Yield every file."""
        for folder, listed in self.folders:
            for line in listed.split("\0")[:-1]:
                name, size, mtime_ns = line.split("/")
                yield File(folder + name, int(size), int(mtime_ns))

    def digest(self) -> str:
        """Return a digest of all that was listed, by which a later listing is known to be the same."""
        total = sha256(repr(self.refused).encode())
        for folder, listed in self.folders:
            total.update(f"\0{folder}\0{listed}".encode(errors="surrogateescape"))
        return total.hexdigest()


def list_tree(raw_dir: Path) -> Tree:
    """List a raw folder whole; `OSError` where it cannot be listed itself."""
    tree = Tree([], [])
    seen = set()
    pending = [(str(raw_dir), "")]
    while pending:
        folder, below = pending.pop()
        real = os.path.realpath(folder)
        if real in seen:
            continue
        seen.add(real)
        try:
            listed, inside = _list_folder(folder)
        except OSError as error:
            if not below:
                raise
            tree.refused.append((below, f"unreadable: {error.strerror}"))
            continue
        tree.folders.append((below, listed))
        pending += [(os.path.join(folder, name), f"{below}{name}/") for name in reversed(inside)]
    return tree


def _list_folder(folder: str) -> tuple[str, list[str]]:
    """Return the files of a folder as text, name/size/time and a zero byte for each, and the folders in it by name.

    Each is looked up from the open folder: from the root it takes half as long again.
    """
    lines, inside, closed = [], [], None
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for name in sorted(os.listdir(opened)):
            try:
                status = os.stat(name, dir_fd=opened)
            except OSError:  # a link to nowhere, a file that has just gone, or all of a folder that may only be listed
                closed = _folders_by_kind(opened) if closed is None else closed
                if name in closed:
                    inside.append(name)
                else:  # reading it will say what it is about
                    lines.append(f"{name}/0/0\0")
                continue
            if S_ISDIR(status.st_mode):
                inside.append(name)
            else:
                lines.append(f"{name}/{status.st_size}/{status.st_mtime_ns}\0")
    finally:
        os.close(opened)
    return "".join(lines), inside


def _folders_by_kind(opened: int) -> set[str]:
    """Return the names of the folders in an open folder by the kind that its listing holds, without looking at them."""
    with os.scandir(opened) as listing:
        return {item.name for item in listing if item.is_dir(follow_symlinks=False)}
