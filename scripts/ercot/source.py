"""The bytes of a raw member, wherever it lies: plain, gzipped, in a zip, or in a zip within a zip.

Nothing is unpacked to disk, and what is inflated is bounded, so that a zip bomb is a rejected file.
"""

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from isal import igzip, isal_zlib

from .header import Unusable

MAX_MEMBER_BYTES = 1 << 30  # the largest daily member known is about 350 MB
TOO_LARGE = f"larger than {MAX_MEMBER_BYTES >> 20} MiB"
MAX_DEPTH = 4
MAX_MEMBERS = 200_000
LOCAL_HEADER = struct.Struct("<4s22xHH")  # of a member: signature, lengths of its name and of its extra field
LOCAL_SIGNATURE = b"PK\x03\x04"
ENCRYPTED = 1  # flag bit
READ_FAULTS = (
    OSError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
    isal_zlib.error,
    NotImplementedError,
    RuntimeError,
    ValueError,
    KeyError,
)

Way = tuple[str, ...]  # the names to go through inside a container; () is the file itself


def is_zip(name: str) -> bool:
    """Say whether a name is that of a zip."""
    return name[-4:].lower() == ".zip"


def is_csv(name: str) -> bool:
    """Say whether a name is that of a CSV, plain or gzipped."""
    return name[-7:].lower().endswith((".csv", ".csv.gz"))


def base_name(name: str) -> str:
    """Return the last part of a member's name, whatever slashes the archive used."""
    return name.replace("\\", "/").rsplit("/", 1)[-1]


def label(path: str, way: Way) -> str:
    """Return how reports name a member: the path below the raw folder, then each step inside, set off by ``!``."""
    return "!".join((path, *way))


class MemberReader:
    """Reads members below one raw folder; keeps the containers of the last one open, so that neighbours are cheap."""

    def __init__(self, raw_dir: Path):
        self.raw_dir = raw_dir
        self._open: dict[tuple[str, Way], zipfile.ZipFile] = {}

    def read(self, path: str, way: Way = (), limit: int | None = None) -> bytes:
        """Return the bytes of one member, the first ``limit`` only where given; `Unusable` when it cannot be read."""
        try:
            if not way and limit is None and path[-3:].lower() != ".gz":
                return self._slurp(path)
            if way and limit is None and way[-1][-3:].lower() != ".gz":
                return self._unpack(path, way)
            with self._stream(path, way) as file:
                return _inflate(file, (path, *way)[-1], limit)
        except READ_FAULTS as error:
            raise Unusable(_say(error)) from None

    def ways(self, path: str) -> Iterator[tuple[Way, Unusable | None]]:
        """Yield the way to every file in a zip, nested zips included, and the reason where one cannot be opened."""
        yield from self._ways(path, ())

    def members(self, path: str, way: Way) -> Iterator[tuple[Way, bytes | Unusable]]:
        """Yield each member that an entry stands for, with its bytes or the reason why it has none.

        A zip that planning did not need to open stands for all that lies in it.
        """
        inside = self._ways(path, way) if is_zip((path, *way)[-1]) else [(way, None)]
        for step, fault in inside:
            try:
                yield step, fault or (self.read(path, step) if is_csv((path, *step)[-1]) else b"")
            except Unusable as unusable:
                yield step, unusable

    def _ways(self, path: str, way: Way) -> Iterator[tuple[Way, Unusable | None]]:
        try:
            names = self._names(path, way)
        except READ_FAULTS as error:
            yield way, Unusable(_say(error))
            return
        for name in names:
            if is_zip(name):
                yield from self._ways(path, (*way, name))
            else:
                yield (*way, name), None

    def _names(self, path: str, way: Way) -> list[str]:
        if len(way) >= MAX_DEPTH:
            raise ValueError(f"zips nested more than {MAX_DEPTH} deep")
        names = [info.filename for info in self._archive(path, way).infolist() if not info.is_dir()]
        if len(names) > MAX_MEMBERS:
            raise ValueError(f"more than {MAX_MEMBERS} members")
        return names

    def _slurp(self, path: str) -> bytes:
        """Return a plain file whole: one read call, which matters for a hundred thousand small ones."""
        with open(f"{self.raw_dir}/{path}", "rb", buffering=0) as file:
            if os.fstat(file.fileno()).st_size > MAX_MEMBER_BYTES:
                raise ValueError(TOO_LARGE)
            return file.readall()

    def _unpack(self, path: str, way: Way) -> bytes:
        """Return a deflated member whole, inflated in one call by a library that is several times faster than zlib.

        What is not plainly deflated goes through zipfile, which knows all the cases.
        """
        archive = self._archive(path, way[:-1])
        info = archive.getinfo(way[-1])
        if (
            info.compress_type != zipfile.ZIP_DEFLATED
            or info.flag_bits & ENCRYPTED
            or info.file_size > MAX_MEMBER_BYTES
        ):
            with archive.open(info) as file:
                return _bounded(file)
        archive.fp.seek(info.header_offset)
        local = archive.fp.read(LOCAL_HEADER.size)
        signature, name_length, extra_length = LOCAL_HEADER.unpack(local)
        archive.fp.seek(name_length + extra_length, os.SEEK_CUR)
        data = isal_zlib.decompressobj(-15).decompress(archive.fp.read(info.compress_size), info.file_size + 1)
        if signature != LOCAL_SIGNATURE or len(data) != info.file_size or isal_zlib.crc32(data) != info.CRC:
            raise zipfile.BadZipFile(f"bad CRC or size of {info.filename}")
        return data

    def _stream(self, path: str, way: Way):
        return self._archive(path, way[:-1]).open(way[-1]) if way else open(f"{self.raw_dir}/{path}", "rb")

    def _archive(self, path: str, way: Way) -> zipfile.ZipFile:
        if (path, way) not in self._open:
            for other in [key for key in self._open if key[0] != path or key[1] != way[: len(key[1])]]:
                self._open.pop(other).close()
            if way:
                self._open[path, way] = zipfile.ZipFile(io.BytesIO(self._unpack(path, way)))
            else:
                self._open[path, way] = zipfile.ZipFile(self.raw_dir / path)
        return self._open[path, way]


def _inflate(file, name: str, limit: int | None) -> bytes:
    if name[-3:].lower() == ".gz":
        with igzip.open(file) as inflated:
            return inflated.read(limit) if limit else _bounded(inflated)
    return file.read(limit) if limit else _bounded(file)


def _bounded(file) -> bytes:
    data = file.read(MAX_MEMBER_BYTES + 1)
    if len(data) > MAX_MEMBER_BYTES:
        raise ValueError(TOO_LARGE)
    return data


def _say(error: Exception) -> str:
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"unreadable: {reason.splitlines()[0]}"
