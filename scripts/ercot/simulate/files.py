"""The bytes of the files of one operating day: plain, zipped one by one, or a day in one zip."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

import numpy as np
import polars as pl

from ercot.catalog.model import Cdr, Coverage
from ercot.simulate.dialect import is_disclosure, print_cells
from ercot.simulate.naming import Sheet, disclosed, folder_of, sheets_of
from ercot.simulate.request import Request
from ercot.simulate.values.scene import Scene, scene_of
from ercot.simulate.values.table import cells_of, take

CHUNK_CELLS = 4_000_000  # printed at once
EARLIEST_IN_ZIP = (1980, 1, 1, 0, 0, 0)


class RawFile(NamedTuple):
    """One file to write: where, and what."""

    path: str
    data: bytes
    published: datetime


def files_of_day(request: Request, day: date, seed: int = 0) -> list[RawFile]:
    """Return the raw files of one report and operating day, zipped one by one where the request says so.

    A report that has one file a year, or what is asked for of it, comes with its last day.
    """
    if day != request.last_day_of_file(day):
        return []
    scene = scene_of(request, day, seed)
    source = request.dataset.sources[request.source]
    sheets = sheets_of(request.dataset, source, day, scene.slots, request.version)
    folder = folder_of(request.dataset)
    files = []
    earlier = b"".join(
        line for before in _days_before(request, day) for line in _lines(scene_of(request, before, seed))
    )
    for sheet, data in _fill(scene, sheets, earlier):
        file = RawFile(f"{folder}/{sheet.name}.csv", data, sheet.published)
        files.append(_zipped(file) if request.zipped == "each" else file)
    return files


def _days_before(request: Request, day: date) -> Iterator[date]:
    """Yield the operating days that are in the file of a day and come before it."""
    return (before for before in request.days() if before < day and request.last_day_of_file(before) == day)


def file_bytes(request: Request, day: date, seed: int = 0) -> bytes:
    """Return the raw text of a whole operating day as one CSV, whatever files ERCOT would make of it."""
    scene = scene_of(request, day, seed)
    return _header(scene) + b"".join(_lines(scene))


def pack_day(requests: list[Request], day: date, seed: int = 0) -> list[RawFile]:
    """Return the files of all requests for an operating day; those zipped by day share one zip a folder."""
    files, together = [], []
    for request in requests:
        found = files_of_day(request, day, seed)
        if request.zipped == "day":
            disclosure = isinstance(request.dataset.sources[request.source], Cdr)
            together += [_zipped(file) for file in found] if disclosure else found
        else:
            files += found
    together.sort(key=lambda file: file.path)
    for folder, members in groupby(together, key=lambda file: file.path.split("/")[0]):
        files.append(_day_zip(folder, day, list(members)))
    return files


def _fill(scene: Scene, sheets: list[Sheet], earlier: bytes) -> Iterator[tuple[Sheet, bytes]]:
    """Yield each sheet with its bytes, after the lines of ``earlier`` days.

    Of reports of events that come only when something happened, none is empty.
    """
    header, lines = _header(scene), b"".join(_lines(scene))
    if len(sheets) == 1:
        if lines or not _only_when_any(scene):
            yield sheets[0], header + earlier + lines
        return
    first = np.searchsorted(scene.rows[0], np.arange(len(scene.slots) + 1))
    ends = np.concatenate([[0], np.flatnonzero(np.frombuffer(lines, dtype=np.uint8) == 10) + 1])
    cuts = ends[first].tolist()
    whole = memoryview(lines)
    for sheet in sheets:
        part = whole[cuts[sheet.slots.start] : cuts[sheet.slots.stop]]
        if part or not _only_when_any(scene):
            yield sheet, header + part


def _only_when_any(scene: Scene) -> bool:
    return scene.dataset.coverage is Coverage.EVENTS and not is_disclosure(scene.dataset)


def _header(scene: Scene) -> bytes:
    headers = [_header_text(scene, column) for column in scene.columns]
    quoted = [f'"{text}"' for text in headers] if is_disclosure(scene.dataset) else headers
    return (",".join(quoted) + "\n").encode()


def _header_text(scene: Scene, column) -> str:
    return column.header_on(scene.day) or column.spellings[0].header


def _lines(scene: Scene) -> Iterator[bytes]:
    """Yield the data lines, some at a time: a day of the widest report has 300 MB."""
    printed = [
        (column.name, print_cells(scene.dataset, column, _header_text(scene, column), cells), cells.index)
        for column, cells in cells_of(scene)
    ]
    quotes = "always" if is_disclosure(scene.dataset) else "never"
    rows, step = len(scene.rows[0]), max(1, CHUNK_CELLS // len(printed))
    for start in range(0, rows, step):
        part = slice(start, start + step)
        frame = pl.DataFrame([
            (texts[part] if index is None else take(texts, index[part])).alias(name) for name, texts, index in printed
        ])  # fmt: skip
        yield frame.write_csv(include_header=False, quote_style=quotes).encode()


def _zipped(file: RawFile) -> RawFile:
    folder, name = file.path.split("/")
    return RawFile(f"{folder}/{name.removesuffix('.csv')}_csv.zip", _zip([file]), file.published)


def _day_zip(folder: str, day: date, members: list[RawFile]) -> RawFile:
    published = max(member.published for member in members)
    if folder.startswith("60-Day"):
        word = folder.replace("-", "_").removesuffix("_Reports")
        name = f"{word}-{disclosed(published.date())}.zip"
    else:
        name = f"{folder.replace(',', '')}_{day:%Y%m%d}.zip"
    return RawFile(f"{folder}/{name}", _zip(members), published)


def _zip(members: list[RawFile]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for member in members:
            stamp = max(member.published.timetuple()[:6], EARLIEST_IN_ZIP)
            info = zipfile.ZipInfo(member.path.split("/")[1], stamp)
            info.compress_type = zipfile.ZIP_STORED if info.filename.endswith(".zip") else zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, member.data)
    return packed.getvalue()
