"""From a response to whole documents: streamed to disk, tested, named.

In: a response, or a zip of documents as the API sends it. Out: files in a working folder with size, digest and a name
that cannot lead out of any folder. Nothing is held in memory but a piece at a time.
"""

import hashlib
import re
import zipfile
import zlib
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path

from ercot.fetch.servers.calls import Unanswered
from ercot.raw.receipts import RECEIPT

PIECE = 1 << 20
SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_ .,()+&-]{0,180}")
NUMBERED = re.compile(r"(\d+)\.(.+)")
ZIPS = (".zip", ".xlsx")
MARKUP = (b"<!doctype", b"<html", b"<?xml")
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


@dataclass(frozen=True)
class Arrived:
    """A document in the working folder, or the reason why what arrived of it is of no use."""

    doc_id: int
    path: Path
    name: str = ""
    bytes: int = 0
    sha256: str = ""
    fault: str | None = None


def save(response, path: Path, size: int | None = None) -> None:
    """Stream a body to a file; `Unanswered` where it is a page for people, or not whole.

    Zips are tested; ``size``, which the list has, counts for other files alone.
    """
    with path.open("wb") as file:
        for piece in response.iter_content(PIECE):
            file.write(piece)
        written = file.tell()
    if is_markup(path):
        raise Unanswered("a web page came in place of the file")
    if not written or (size is not None and written != size and not zipfile.is_zipfile(path)):
        raise Unanswered("the file is not of the size that the list says")
    if (fault := fault_of(path, "")) is not None:
        raise Unanswered(fault)


def save_zip(response, path: Path) -> None:
    """Stream a body to a file, which must be a zip; its members are not tested yet."""
    with path.open("wb") as file:
        for piece in response.iter_content(PIECE):
            file.write(piece)
    try:
        zipfile.ZipFile(path).close()
    except BROKEN_ZIP:
        raise Unanswered("a web page came in place of the file" if is_markup(path) else "the zip breaks off") from None


def is_markup(path: Path) -> bool:
    """Say whether a file is a page for people."""
    with path.open("rb") as file:
        head = file.read(200)
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(MARKUP)


def fault_of(path: Path, name: str) -> str | None:
    """Say what is wrong with a document, None where it is whole: a zip passes the test of all its members."""
    with path.open("rb") as file:
        packed = file.read(2) == b"PK"
    if not packed:
        return "it is no zip" if name.lower().endswith(ZIPS) else None
    try:
        with zipfile.ZipFile(path) as archive:
            broken = archive.testzip()
    except BROKEN_ZIP:
        return "its zip cannot be read"
    return "its zip fails the CRC test" if broken else None


def unpack(container: Path, wanted: Container[int], folder: Path) -> Iterator[Arrived]:
    """Yield the wanted documents of a bulk download or a bundle; each is a member named ``{id}.{its name}``."""
    seen = set()
    with zipfile.ZipFile(container) as archive:
        for member in archive.infolist():
            found = NUMBERED.fullmatch(base_name(member.filename))
            doc_id = int(found[1]) if found else 0
            if doc_id not in wanted or doc_id in seen:
                continue
            seen.add(doc_id)
            path = folder / f"{doc_id}.part"
            try:
                with archive.open(member) as source, path.open("wb") as target:
                    size, sha256 = _copy(source, target)
            except BROKEN_ZIP:
                yield Arrived(doc_id, path, fault="it fails the CRC test of the zip it came in")
                continue
            name = name_of(doc_id, found[2], path)
            yield Arrived(doc_id, path, name, size, sha256, fault_of(path, name))


def arrived_alone(doc_id: int, path: Path, given: str) -> Arrived:
    """Return a document that was downloaded on its own; ``given`` is the name that the server has for it."""
    with path.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
    name = name_of(doc_id, given, path)
    return Arrived(doc_id, path, name, path.stat().st_size, digest, fault_of(path, name))


def name_of(doc_id: int, given: str, path: Path) -> str:
    """Return the name under which a document is kept: ERCOT's own where that is safe, else one made from the id."""
    base = base_name(given).removeprefix(f"{doc_id}.")
    if "." in base and is_safe(base):
        return base
    inner = _only_member(path)
    if inner.lower().endswith(".csv") and is_safe(inner):
        return f"{inner[:-4]}_csv.zip"
    stem = "" if base in ("zip", "csv") else re.sub(r"[^A-Za-z0-9_-]", "_", base)[:100].strip("_")
    ending = "zip" if zipfile.is_zipfile(path) else "csv"
    return ".".join(filter(None, (str(doc_id), stem, ending)))


def base_name(name: str) -> str:
    """Return the last part of a path, whatever system it is from."""
    return re.split(r"[/\\]", name)[-1]


def is_safe(name: str) -> bool:
    """Say whether a name can be that of a file in any folder, and is not one that means something here."""
    return SAFE.fullmatch(name) is not None and name.lower() != RECEIPT


def _only_member(path: Path) -> str:
    if not zipfile.is_zipfile(path):
        return ""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    return base_name(names[0]) if len(names) == 1 else ""


def _copy(source, target) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    while piece := source.read(PIECE):
        size += len(piece)
        digest.update(piece)
        target.write(piece)
    return size, digest.hexdigest()
