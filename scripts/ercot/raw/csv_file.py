"""A raw CSV file, opened: its header and the lines below it, before any row is read."""

import re
from dataclasses import dataclass
from functools import lru_cache

from ercot.catalog.model import Dataset
from ercot.raw.header import Layout, UnreadableFile, read_layout
from ercot.raw.records import normalize_newlines

MAX_COLUMNS = 2000
MAX_HEADER = 1 << 20
LINE_ENDS = b"\n" * 4096
BLANK_LINES = re.compile(rb"(?:[ \t\n]*\n)?")
SOMETHING = re.compile(rb"\S")


@dataclass(frozen=True)
class Body:
    """The data lines of one file: no byte-order mark, LF line ends, no blank line at either end."""

    file: int
    data: bytes
    first_line: int
    lines: int


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
    body = _until_last_line(text, first)
    return head, layout, Body(file, body, text.count(b"\n", 0, first) + 1, body.count(b"\n"))


def _until_last_line(text: bytes, first: int) -> bytes:
    """Return the text from ``first`` on with one line end after the last line; a large file is copied but once."""
    last = len(text)
    while text.endswith(LINE_ENDS, first, last):
        last -= len(LINE_ENDS)
    while last > first and text[last - 1] == ord("\n"):
        last -= 1
    body = text[first : last + 1] if last > first else b""
    return body + b"\n" if body and last == len(text) else body


@lru_cache(maxsize=1024)
def _layout(dataset: Dataset, head: bytes) -> Layout:
    return read_layout(dataset, head.decode("utf-8", errors="replace"))
