"""What zipfile does not do, or not fast enough: zips of one member, inflating in one call, repeated names."""

import os
import stat
import struct
import zipfile
from itertools import count

from isal import isal_zlib

LOCAL_HEADER = struct.Struct("<4s22xHH")  # of a member: signature, lengths of its name and of its extra field
LOCAL_SIGNATURE = b"PK\x03\x04"
LISTED = struct.Struct("<4s24xH16x")  # of a member in the zip's directory: signature, length of its name, which follows
END = struct.Struct("<4s6xHI4xH")  # of a zip: signature, members, bytes of the directory, length of a comment
TAIL = 1024  # bytes at the end of a zip that hold the directory of one member
ENCRYPTED = 1  # flag bit


def sole_member(path: str, size: int) -> str | None:
    """Return the name of the only member of a zip of ``size`` bytes, None where that takes a proper look.

    It costs one short read instead of zipfile's five, which matters for half a million zips of one member each.
    """
    try:
        number = without_waiting(path, os.O_RDONLY)
        try:
            tail = os.pread(number, TAIL, max(0, size - TAIL))
        finally:
            os.close(number)
        signature, members, length, comment = END.unpack(tail[-END.size :])
        if signature != b"PK\x05\x06" or members != 1 or comment:
            return None
        directory = tail[-END.size - length : -END.size]
        signature, named = LISTED.unpack_from(directory)
        name = directory[LISTED.size :][:named].decode("ascii")
    except (OSError, struct.error, UnicodeDecodeError):
        return None
    return name if signature == b"PK\x01\x02" and len(name) == named else None


def inflate_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Return a plainly deflated member whole, inflated in one call by a library several times faster than zlib."""
    archive.fp.seek(info.header_offset)
    local = archive.fp.read(LOCAL_HEADER.size)
    signature, name_length, extra_length = LOCAL_HEADER.unpack(local)
    archive.fp.seek(name_length + extra_length, os.SEEK_CUR)
    data = isal_zlib.decompressobj(-15).decompress(archive.fp.read(info.compress_size), info.file_size + 1)
    if signature != LOCAL_SIGNATURE or len(data) != info.file_size or isal_zlib.crc32(data) != info.CRC:
        raise zipfile.BadZipFile(f"bad CRC or size of {info.filename}")
    return data


def is_plainly_deflated(info: zipfile.ZipInfo) -> bool:
    """Say whether `inflate_member` can read a member; zipfile knows all other cases."""
    return info.compress_type == zipfile.ZIP_DEFLATED and not info.flag_bits & ENCRYPTED


def without_waiting(path: str, flags: int) -> int:
    """Open a file without waiting, should it be a pipe to which nothing is ever written."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def refuse_pipe(path: str) -> None:
    """Raise `ValueError` for what is no regular file."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise ValueError("not a regular file")


def members_by_name(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the members of a zip by name; where names repeat, the later ones get a number in front."""
    infos: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        name = info.filename
        if name in infos:
            name = next(name for n in count(2) if (name := f"({n})/{info.filename}") not in infos)
        infos[name] = info
    return infos


def overlapping(infos: dict[str, zipfile.ZipInfo]) -> set[str]:
    """Return the names of members that reach into the next one, as in a zip bomb."""
    ordered = sorted(infos.items(), key=lambda item: item[1].header_offset)
    ends = [info.header_offset + LOCAL_HEADER.size + info.compress_size for _, info in ordered]
    return {
        name
        for (name, _), (_, after), end in zip(ordered, ordered[1:], ends, strict=False)
        if end > after.header_offset
    }
