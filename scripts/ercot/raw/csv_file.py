"""A raw CSV file, opened: its header and the lines below it, before any row is read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ercot.catalog.model import Dataset
from ercot.raw.header import Layout, UnreadableFile, read_layout
from ercot.raw.records import normalize_newlines

MAX_COLUMNS = 2000
MAX_HEADER = 1 << 20
LINE_ENDS = b"\n" * 4096
BLANK_LINES = re.compile(rb"(?:[ \t\n]*\n)?")
SOMETHING = re.compile(rb"\S")
BLOCK = 1 << 18  # bytes compared at once: they stay in the cache


@dataclass(frozen=True)
class Body:
    """The data lines of one file, or some of them, with LF line ends; there is no empty line after the last.

    They are a part of the file's text, which is not copied before its turn to be parsed.
    """

    file: int
    text: bytes
    start: int  # in the text
    stop: int
    first_line: int
    lines: int

    @property
    def size(self) -> int:
        """The number of bytes."""
        return self.stop - self.start

    @property
    def data(self) -> bytes:
        """The lines, each with its line end, the last one of the file included."""
        data = self.text[self.start : self.stop]
        return data if data.endswith(b"\n") or not data else data + b"\n"

    @property
    def first_row(self) -> bytes:
        """The first line, without its line end."""
        return self.text[self.start : end_of_line(self.text, self.start, self.stop)].rstrip(b"\n")


def open_sheet(dataset: Dataset, file: int, data: bytes) -> tuple[bytes, Layout, Body]:
    """Tell header and data of one file apart. Returns the header line as it stands, its layout and the data.

    Raises `UnreadableFile` with the reason where the file is not a report of this dataset.
    """
    text = normalize_newlines(data)
    blank = BLANK_LINES.match(text).end()
    start = SOMETHING.search(text, blank)
    if not start:
        raise UnreadableFile("empty_file: there is nothing in it")
    if start[0] == b"<":
        raise UnreadableFile("not_csv: it is an HTML or XML page")
    end = text.find(b"\n", blank)
    end = end if end >= 0 else len(text)
    if end - blank > MAX_HEADER:
        raise UnreadableFile(f"unknown_header: the first line is longer than {MAX_HEADER >> 20} MiB")
    head = text[blank:end]
    if b"\0" in head:
        raise UnreadableFile("not_csv: there are NUL bytes in its first line")
    if head.count(b",") > MAX_COLUMNS:
        raise UnreadableFile(f"unknown_header: more than {MAX_COLUMNS} columns")
    layout = _layout(dataset, head)
    first = blank + (len(head) + 1) * layout.headed
    line, last = text.count(b"\n", 0, first) + 1, _end_of_lines(text, first)
    if last - first < len(text) // 2:  # a file of empty lines must not be held for the few rows in it
        text, first, last = text[first:last], 0, last - first
    return head, layout, Body(file, text, first, last, line, count_lines(text, first, last))


def blocks(text: bytes, start: int = 0, stop: int | None = None, overlap: int = 0) -> Iterator[np.ndarray]:
    """Yield a part of a text as arrays of bytes that the cache holds.

    Each begins with the last ``overlap`` bytes of the one before; so of a part that is no longer there are none.
    """
    raw = np.frombuffer(text, dtype=np.uint8)[start:stop]
    for begin in range(0, len(raw) - overlap, BLOCK):
        yield raw[begin : begin + BLOCK + overlap]


def count(text: bytes, byte: bytes, start: int = 0, stop: int | None = None) -> int:
    """Count one byte: where it is frequent, many times as fast as `bytes.count`."""
    return sum(int(np.count_nonzero(raw == ord(byte))) for raw in blocks(text, start, stop))


def count_lines(text: bytes, start: int, stop: int) -> int:
    """Count the lines of a part of a text; the last one may lack its line end."""
    return count(text, b"\n", start, stop) + (stop > start and text[stop - 1] != ord("\n"))


def end_of_line(text: bytes, start: int, stop: int) -> int:
    """Return where the line that begins at ``start`` ends, its line end included."""
    return text.find(b"\n", start, stop) + 1 or stop


def _end_of_lines(text: bytes, first: int) -> int:
    """Return the end of the last line that is not empty, its line end included."""
    last = len(text)
    while text.endswith(LINE_ENDS, first, last):
        last -= len(LINE_ENDS)
    while last > first and text[last - 1] == ord("\n"):
        last -= 1
    return min(last + 1, len(text)) if last > first else first


@lru_cache(maxsize=1024)
def _layout(dataset: Dataset, head: bytes) -> Layout:
    return read_layout(dataset, head.decode("utf-8", errors="replace"))
