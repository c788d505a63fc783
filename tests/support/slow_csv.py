"""A slow second reading of CSV: which lines make a record. Nothing of the project is used.

One CSV record is one row, also with line ends in a quoted text; a quote that is never closed costs its own line only.
"""

import csv
import re

MOST_LINES = 100  # of one record


def fields_of(record: bytes) -> list[str] | None:
    """Return the fields of a record, stripped; None where it cannot be read."""
    try:
        row = next(csv.reader([record.decode()], strict=True, skipinitialspace=True), [])
    except (UnicodeDecodeError, csv.Error):
        return None
    return [text.strip(" \t\n\r\v\f\xa0") for text in row]


def records_of(data: bytes) -> list[tuple[int, bytes]]:
    """Return the records of a file, its header first, each with the number of its first line."""
    lines = re.split(rb"\r\n|\r|\n", data.removeprefix(b"\xef\xbb\xbf"))
    start = next((i for i, line in enumerate(lines) if line.strip()), None)
    if start is None:
        return []
    width = len(fields_of(lines[start]) or [])
    found, place = [(start + 1, lines[start])], start + 1
    while place < len(lines):
        height = _height(lines, place, width)
        record = b"\n".join(lines[place : place + height])
        if record.strip():
            found.append((place + 1, record))
        place += height
    return found


def _height(lines: list[bytes], place: int, width: int) -> int:
    """Return how many lines the record has that starts in a line."""
    odd = [i for i in range(place, min(place + MOST_LINES, len(lines))) if lines[i].count(b'"') % 2]
    if odd[:1] != [place] or len(odd) == 1:
        return 1
    whole, between = lines[place : odd[1] + 1], lines[place + 1 : odd[1]]
    together = fields_of(b"\n".join(whole))
    alone = [fields_of(line) for line in between]
    if together is None or len(together) != width or any(row and len(row) == width for row in alone):
        return 1
    return len(whole)
