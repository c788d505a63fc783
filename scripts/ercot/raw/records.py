"""The records of a CSV file: one line each, unless a quoted text has line ends in it."""

from collections.abc import Iterator

from ercot.raw.header import split_line

BOM = b"\xef\xbb\xbf"
MAX_LINES = 100  # of one record: a quote that is never closed must not take the rest of the file with it


def normalize_newlines(data: bytes) -> bytes:
    """Drop a byte-order mark and turn CRLF and lone CR into LF."""
    data = data.removeprefix(BOM)
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data


def records(lines: list[bytes], width: int) -> Iterator[tuple[int, bytes]]:
    """Yield the place of each record's first line and the record itself; blank lines are no records.

    ``width`` is the number of fields that a whole row has.
    """
    place = 0
    while place < len(lines):
        record = record_at(lines, place, width)
        if record.strip():
            yield place, record
        place += record.count(b"\n") + 1


def record_at(lines: list[bytes], place: int, width: int) -> bytes:
    """Return the record that starts in a line.

    It has several lines only where a quote is open at the end of the first, all of them together are a whole row and
    none of the others is one by itself: so a stray quote costs no row but its own.
    """
    if _is_balanced(lines[place]):
        return lines[place]
    for end in range(place + 1, min(place + MAX_LINES, len(lines))):
        if not _is_balanced(lines[end]):
            record = b"\n".join(lines[place : end + 1])
            return record if is_row(record, width) else lines[place]
        if is_row(lines[end], width):
            break
    return lines[place]


def is_row(record: bytes, width: int) -> bool:
    """Say whether a record has all its fields."""
    try:
        return len(split_line(record.decode())) == width
    except ValueError:  # its quotes do not match, or it is not UTF-8
        return False


def _is_balanced(line: bytes) -> bool:
    return line.count(b'"') % 2 == 0
