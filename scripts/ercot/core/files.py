"""Writing to disk: whole or not at all, and only where something changed."""

import gzip
import hashlib
import json
import os
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replacing(path: Path | str) -> Iterator[Path]:
    """Hand out a temporary path beside ``path`` that takes its place when the block ends without an error."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    try:
        yield temporary
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def write_text(path: Path | str, text: str) -> None:
    """Write a text file, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path | str, content: object) -> None:
    """Write JSON that reads well and compares well: sorted as given, one space of indent."""
    write_text(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def read_json(path: Path | str):
    """Read a JSON file."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def read_gzip(path: Path | str) -> bytes | None:
    """Return what a gzip file holds, None where it is absent or broken."""
    try:
        return gzip.decompress(Path(path).read_bytes())
    except (OSError, EOFError, zlib.error):
        return None


def write_gzip_if_changed(path: Path | str, content: bytes) -> bool:
    """Write a gzip file unless it holds the content already; say whether it was written.

    One that is newer than now gets the time of now: Snakemake compares it with what is made of it.
    """
    if read_gzip(path) == content:
        if os.stat(path).st_mtime > time.time():
            os.utime(path)
        return False
    with replacing(path) as temporary:
        temporary.write_bytes(gzip.compress(content, compresslevel=1, mtime=0))
    return True


def digest(*parts: bytes) -> str:
    """Return the SHA-256 of some bytes."""
    total = hashlib.sha256()
    for part in parts:
        total.update(part)
    return total.hexdigest()


def is_newer(path: Path | str, made: Path | str) -> bool:
    """Say whether a file was written after what is made from it, or that is not there."""
    try:
        return os.stat(path).st_mtime_ns > os.stat(made).st_mtime_ns
    except OSError:
        return True
