"""The bytes of a raw member, wherever it lies: plain, gzipped, a sheet of a workbook, in a zip, or in a zip within one.

Nothing is unpacked to disk, and what is inflated is bounded, so that a zip bomb is a rejected file.
"""

import io
import lzma
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

from isal import igzip, isal_zlib

from ercot.raw.containers.names import MemberPath, is_container, is_sheet, is_table, is_workbook
from ercot.raw.containers.workbook import Workbook
from ercot.raw.containers.zips import (
    inflate_member,
    is_plainly_deflated,
    members_by_name,
    overlapping,
    refuse_pipe,
    without_waiting,
)
from ercot.raw.header import UnreadableFile

MAX_MEMBER_BYTES = 1 << 30  # the largest daily member known is about 350 MB
TOO_LARGE = f"larger than {MAX_MEMBER_BYTES >> 20} MiB"
MAX_TOGETHER = 2 << 30  # of one file's members, held at once
MAX_DEPTH = 4
MAX_MEMBERS = 200_000  # of one file, those of zips within it included
PIECE = 1 << 20
READ_FAULTS = (
    OSError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
    isal_zlib.error,
    lzma.LZMAError,
    struct.error,
    OverflowError,
    NotImplementedError,  # zipfile, of a compression that it does not know
    RuntimeError,
    ValueError,
    KeyError,
)


class MemberReader:
    """Reads members below one raw folder; keeps the containers of the last one open, so that neighbours are cheap."""

    def __init__(self, raw_dir: Path):
        self.raw_dir = raw_dir
        self._open: dict[tuple[str, MemberPath], tuple[zipfile.ZipFile, dict[str, zipfile.ZipInfo], set[str]]] = {}
        self._books: dict[tuple[str, MemberPath], Workbook] = {}  # the one that was read last
        self._handed_out: dict[str, int] = {}  # by path

    def read(self, path: str, member_path: MemberPath = (), limit: int | None = None) -> bytes:
        """Return the bytes of one member, or only the first ``limit``; raises `UnreadableFile`."""
        try:
            if is_sheet((path, *member_path)):
                return self._book(path, member_path[:-1]).read(member_path[-1])[:limit]
            if not member_path and limit is None and path[-3:].lower() != ".gz":
                return self._slurp(path)
            if member_path and limit is None and member_path[-1][-3:].lower() != ".gz":
                return self._unpack(path, member_path)
            with self._stream(path, member_path) as file:
                return _inflate(file, (path, *member_path)[-1], limit)
        except READ_FAULTS as error:
            raise UnreadableFile(_say(error)) from None

    def pieces(self, path: str, member_path: MemberPath = ()) -> Iterator[bytes]:
        """Yield the bytes of one member a piece at a time; `UnreadableFile` where it cannot be read on."""
        if is_sheet((path, *member_path)):
            yield self.read(path, member_path)
            return
        try:
            with self._stream(path, member_path) as file, _inflated(file, (path, *member_path)[-1]) as inflated:
                yield from _pieces(inflated)
        except READ_FAULTS as error:
            raise UnreadableFile(_say(error)) from None

    def member_paths(
        self, path: str, member_path: MemberPath = ()
    ) -> Iterator[tuple[MemberPath, UnreadableFile | None]]:
        """Yield the path of every member of a container, nested ones included, and why where one cannot be opened."""
        yield from self._member_paths(path, member_path, [MAX_MEMBERS])

    def members(self, path: str, member_path: MemberPath) -> Iterator[tuple[MemberPath, bytes | UnreadableFile]]:
        """Yield each member that an entry stands for, with its bytes or the reason why it has none.

        A container that planning did not need to open stands for all that lies in it. A blank sheet is no member.
        """
        inside = self.member_paths(path, member_path) if is_container((path, *member_path)) else [(member_path, None)]
        for step, fault in inside:
            steps = (path, *step)
            try:
                data = fault or (self._hand_out(path, step) if is_table(steps) else b"")
            except UnreadableFile as unusable:
                data = unusable
            if data or not is_sheet(steps):
                yield step, data

    def _hand_out(self, path: str, member_path: MemberPath) -> bytes:
        """Read a member whole, unless what its file was inflated to becomes more than memory should hold."""
        if self._handed_out.get(path, 0) > MAX_TOGETHER:
            raise UnreadableFile(f"unreadable: what the file holds is more than {MAX_TOGETHER >> 20} MiB")
        data = self.read(path, member_path)
        self._handed_out[path] = self._handed_out.get(path, 0) + len(data)
        return data

    def _member_paths(
        self, path: str, member_path: MemberPath, left: list[int]
    ) -> Iterator[tuple[MemberPath, UnreadableFile | None]]:
        """Walk a container; ``left`` is how many members the file may still have."""
        try:
            names = self._names(path, member_path)
            left[0] -= len(names)
            if left[0] < 0:
                raise ValueError(f"more than {MAX_MEMBERS} members")
        except READ_FAULTS as error:
            yield member_path, UnreadableFile(_say(error))
            return
        for name in names:
            if left[0] < 0:
                return
            if is_container((path, *member_path, name)):
                yield from self._member_paths(path, (*member_path, name), left)
            else:
                yield (*member_path, name), None

    def _names(self, path: str, member_path: MemberPath) -> list[str]:
        if len(member_path) >= MAX_DEPTH:
            raise ValueError(f"zips nested more than {MAX_DEPTH} deep")
        if is_workbook((path, *member_path)[-1]):
            return self._book(path, member_path).sheets
        return [name for name in self._archive(path, member_path)[1] if not name.endswith("/")]

    def _book(self, path: str, member_path: MemberPath) -> Workbook:
        if (path, member_path) not in self._books:
            self._books.clear()
            data = self._unpack(path, member_path) if member_path else self._slurp(path)
            self._books[path, member_path] = Workbook(data, MAX_MEMBER_BYTES)
        return self._books[path, member_path]

    def _place(self, path: str) -> str:
        """Return where a file lies, as text: a `Path` for each takes 3 % of the time that a year of zips does."""
        return f"{self.raw_dir}/{path}"

    def _slurp(self, path: str) -> bytes:
        """Return a plain file whole: one read call, which matters for a hundred thousand small ones."""
        with open(self._place(path), "rb", buffering=0, opener=without_waiting) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise ValueError("not a regular file")
            if status.st_size > MAX_MEMBER_BYTES:
                raise ValueError(TOO_LARGE)
            return file.readall()

    def _unpack(self, path: str, member_path: MemberPath) -> bytes:
        """Return a member of a zip whole."""
        archive, info = self._member(path, member_path)
        if info.file_size > MAX_MEMBER_BYTES:
            raise ValueError(TOO_LARGE)
        if is_plainly_deflated(info):
            return inflate_member(archive, info)
        with archive.open(info) as file:
            return _bounded(file)

    def _stream(self, path: str, member_path: MemberPath):
        if member_path:
            return zipfile.ZipFile.open(*self._member(path, member_path))
        refuse_pipe(self._place(path))
        return open(self._place(path), "rb")

    def _member(self, path: str, member_path: MemberPath) -> tuple[zipfile.ZipFile, zipfile.ZipInfo]:
        archive, infos, reaching = self._archive(path, member_path[:-1])
        if member_path[-1] in reaching:
            raise zipfile.BadZipFile("it overlaps the next member, as in a zip bomb")
        return archive, infos[member_path[-1]]

    def _archive(
        self, path: str, member_path: MemberPath
    ) -> tuple[zipfile.ZipFile, dict[str, zipfile.ZipInfo], set[str]]:
        """Return a zip, its members by name, and the names of those that reach into the next one."""
        if (path, member_path) not in self._open:
            for other in [key for key in self._open if key[0] != path or key[1] != member_path[: len(key[1])]]:
                self._open.pop(other)[0].close()
            if not member_path:
                refuse_pipe(self._place(path))
            archive = zipfile.ZipFile(io.BytesIO(self._unpack(path, member_path)) if member_path else self._place(path))
            infos = members_by_name(archive)
            self._open[path, member_path] = archive, infos, overlapping(infos)
        return self._open[path, member_path]


def _inflated(file, name: str):
    return igzip.open(file) if name[-3:].lower() == ".gz" else nullcontext(file)


def _inflate(file, name: str, limit: int | None) -> bytes:
    with _inflated(file, name) as inflated:
        return inflated.read(limit) if limit else _bounded(inflated)


def _bounded(file) -> bytes:
    """Read to the end, piece by piece: a single read would first set aside as much memory as the bound."""
    data = io.BytesIO()
    for piece in _pieces(file):
        data.write(piece)
    return data.getvalue()


def _pieces(file) -> Iterator[bytes]:
    read = 0
    while piece := file.read(PIECE):
        read += len(piece)
        if read > MAX_MEMBER_BYTES:
            raise ValueError(TOO_LARGE)
        yield piece


def _say(error: Exception) -> str:
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"unreadable: {reason.splitlines()[0]}"
