"""Outputs of a job, whole or not at all, with a record of what they were made from.

Planning writes the wanted origin of each job, a digest. A job writes its outputs into a folder that no other job uses,
moves them to their places only while that origin is still wanted, and leaves a record of it last. So a job that was
left behind by a killed run and ends late changes nothing, or writes the bytes that are there.
"""

import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from ercot.core.files import is_newer, write_json

LONG_AGO = 946_684_800  # 2000-01-01: older than any output, so that Snakemake sees nothing new in it


class Superseded(Exception):
    """The origin of a job is not wanted any more: planning has changed it while the job ran."""


@contextmanager
def placed(outputs: dict[str, str], origin: Path, made: str) -> Iterator[dict[str, str]]:
    """Hand out a path for each output, to be moved to its place when the block ends without an error.

    ``origin`` is the file with the wanted origin, ``made`` the place of the record. Raises `Superseded` where the
    wanted origin is another one by the end.
    """
    wanted = read_origin(origin)
    folder = _partial_folder(origin)
    aside = {name: str(folder / f"{i}-{Path(path).name}") for i, (name, path) in enumerate(outputs.items())}
    folder.mkdir(parents=True)
    try:
        yield aside
        record = {name: _fingerprint(Path(path)) for name, path in aside.items()}
        if read_origin(origin) != wanted:
            raise Superseded("the raw files or the code changed while it ran; run again")
        Path(made).unlink(missing_ok=True)  # it describes outputs that are removed now, one after the other
        for name, path in outputs.items():
            os.replace(aside[name], path)
        named = {os.path.relpath(path, Path(made).parent): record[name] for name, path in outputs.items()}
        write_json(made, {"origin": wanted, "outputs": named})
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def read_origin(path: Path | str) -> str | None:
    """Return the digest in an origin file or in a record; None where there is none."""
    found = _read(path)
    return found and found["origin"]


def want(origin: Path, wanted: str, made: Path, current: bool) -> None:
    """Write down the wanted origin of a job, in a file that is newer than the outputs unless those are ``current``.

    Of outputs that are not, the record ``made`` at least is older then, also where a clock has gone wrong.
    """
    if current:
        if read_origin(origin) != wanted:
            write_json(origin, {"origin": wanted})
        if os.stat(origin).st_mtime != LONG_AGO:
            os.utime(origin, (LONG_AGO, LONG_AGO))
    else:
        # The time makes the content new: Snakemake takes a file whose content it knows as touched, not changed.
        write_json(origin, {"origin": wanted, "asked": time.time_ns()})
        if made.exists() and not is_newer(origin, made):
            os.utime(made, (LONG_AGO, LONG_AGO))


class Times(NamedTuple):
    """When the outputs of a job were written, in nanoseconds.

    ``doubted`` where one is newer than their record, or newer than now.
    """

    oldest: int
    newest: int
    doubted: bool


def check_outputs(made: Path, wanted: str, restore: bool) -> Times | None:
    """Return the times of a job's outputs, None where they are not of the wanted origin or not as the job left them.

    ``restore`` says whether one that is missing counts as that. One that is newer than the record was copied, or
    damaged by hand: its content shows which.
    """
    record = _read_record(made)
    if record is None or record.origin != wanted:
        return None
    recorded = os.stat(made).st_mtime_ns
    oldest, newest, doubted = recorded, recorded, False
    for name, (size, sha256) in record.outputs.items():
        path = made.parent / name
        try:
            status = os.stat(path)
        except OSError:
            if restore:
                return None
            continue
        newer = status.st_mtime_ns > recorded
        if status.st_size != size or (newer and _sha256(path) != sha256):
            return None
        oldest, newest, doubted = min(oldest, status.st_mtime_ns), max(newest, status.st_mtime_ns), doubted or newer
    return Times(oldest, newest, doubted or newest > time.time_ns())


def recorded_outputs(made: Path) -> dict[Path, tuple[int, str]]:
    """Return size and SHA-256 of each output of a job, as its record says; none where there is no record."""
    record = _read_record(made)
    return {(made.parent / name).resolve(): facts for name, facts in record.outputs.items()} if record else {}


def touch_outputs(made: Path, *others: Path) -> int:
    """Set the times of a job's outputs, of ``others``, and of their record after them, to now, and return it in ns."""
    for path in (*(made.parent / name for name in _read_record(made).outputs), *others, made):
        with suppress(FileNotFoundError):
            os.utime(path)
    return os.stat(made).st_mtime_ns


def _read(path: Path | str) -> dict | None:
    try:
        found = json.loads(Path(path).read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and "origin" in found else None


class Record(NamedTuple):
    """What a job leaves beside its outputs: their origin, and size and SHA-256 of each by its path from the record."""

    origin: str
    outputs: dict[str, tuple[int, str]]


def _read_record(made: Path) -> Record | None:
    """Return the record of a job, None where there is none or it is broken."""
    found = _read(made)
    try:
        return found and Record(found["origin"], {name: (size, sha) for name, (size, sha) in found["outputs"].items()})
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _partial_folder(origin: Path) -> Path:
    """Return a folder on the file system of the outputs that no other job writes into."""
    interim = next(parent.parent for parent in Path(origin).parents if parent.name == "origins")
    return interim / "partial" / uuid.uuid4().hex


def _fingerprint(path: Path) -> tuple[int, str]:
    return path.stat().st_size, _sha256(path)


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
