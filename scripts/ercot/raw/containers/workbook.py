"""The sheets of a workbook (xlsx) as CSV text: each cell as it is stored, none guessed.

A text stays as it is, a number is written so that reading it gives the same number, and a date or time that the
workbook declares as such is written as ERCOT prints it. Line n of the text is row n of the sheet.
"""

import csv
import io
import re
import zipfile
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

MAX_CELLS = 1 << 25  # of one sheet, blank ones in between included: the library sets aside memory for all of them
MOST_COLUMNS, MOST_ROWS = 26, 99_999  # of a sheet in which `FAR` finds nothing
FAR = re.compile(rb"""\br\s*=\s*["'](?:([A-Za-z]{2,})(\d+)|([A-Za-z]?)(\d{6,}))""")  # place of a row or cell
WHOLE = 1e15  # below, a whole number is printed without a point


class Workbook:
    """A workbook, opened; each sheet is read when it is asked for, and the last one kept."""

    def __init__(self, data: bytes, limit: int):
        """Open a workbook; `ValueError` or `BadZipFile` where it is none, is broken or inflates beyond ``limit``."""
        _refuse_hostile(data, limit)
        try:
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        except CalamineError as error:
            raise ValueError(_reason("no workbook", error)) from None
        self._last = ("", b"")
        self.sheets = [s.name for s in self._book.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet]

    def read(self, name: str) -> bytes:
        """Return a sheet as CSV text, b"" where it is blank; `KeyError` where there is none of that name."""
        if name not in self.sheets:
            raise KeyError(name)
        if self._last[0] != name:
            try:
                self._last = name, _csv(self._book.get_sheet_by_name(name))
            except CalamineError as error:
                raise ValueError(_reason("no sheet that can be read", error)) from None
        return self._last[1]


def _reason(what: str, error: CalamineError) -> str:
    return ": ".join(filter(None, (what, str(error).strip())))


def _csv(sheet) -> bytes:
    """Return a sheet as CSV; its first row that is not blank says how many fields a row has at least."""
    if sheet.start is None:
        return b""
    text, width = io.StringIO(), 0
    writer = csv.writer(text, lineterminator="\n")
    for cells in sheet.iter_rows():  # from the first row on, blank or not
        row = _trimmed([_text(cell) for cell in cells])
        width = width or len(row)
        writer.writerow(row + [""] * (width - len(row)) if row else [])
    return text.getvalue().encode()


def _refuse_hostile(data: bytes, limit: int) -> None:
    """Refuse what would take the library too much memory: a workbook has to be small when inflated, and dense."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(info.file_size for info in archive.infolist()) > limit:
            raise ValueError(f"larger than {limit >> 20} MiB")
        for info in archive.infolist():
            if _cells(_content(archive, info)) > MAX_CELLS:
                raise ValueError(f"{info.filename} spans more than {MAX_CELLS} cells")


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Return a part of a workbook; its checksum is compared too.

    No more is inflated than the part says it has: `ZipFile.read` inflates all of it at once, whatever it says.
    """
    with archive.open(info) as part:
        return part.read(max(1, info.file_size))


def _cells(sheet: bytes) -> int:
    """Return how many cells a sheet spans or holds at most; each that holds something ends two elements."""
    columns, rows = MOST_COLUMNS, MOST_ROWS
    for found in FAR.finditer(sheet):
        columns = max(columns, _column(found[1] or b""))
        rows = max(rows, int(found[2] or found[4]))
    return max(columns * rows, sheet.count(b"</") // 2)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - ord("A") + 1
    return number


def _trimmed(row: list[str]) -> list[str]:
    """Drop the blank cells at the end of a row."""
    last = len(row)
    while last and not row[last - 1]:
        last -= 1
    return row[:last]


def _text(cell) -> str:
    """Return a cell as text. A `datetime` is a `date` too, so the order matters."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < WHOLE else repr(cell)
    if isinstance(cell, datetime):
        return f"{cell:%m/%d/%Y %H:%M:%S}"
    if isinstance(cell, date):
        return f"{cell:%m/%d/%Y}"
    if isinstance(cell, time):
        return f"{cell:%H:%M:%S}" if cell.second or cell.microsecond else f"{cell:%H:%M}"
    if isinstance(cell, timedelta):
        return _duration(cell)
    return str(cell)


def _duration(cell: timedelta) -> str:
    """Write hours beyond the day, such as 24:00, as ERCOT does."""
    minutes, seconds = divmod(cell, timedelta(minutes=1))
    return f"{minutes // 60:02d}:{minutes % 60:02d}" if not seconds else str(cell)
