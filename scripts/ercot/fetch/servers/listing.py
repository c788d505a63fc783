"""Lists of documents that come in pages, read until they are consistent.

In: a function that reads one page. Out: every document once. A document that comes into the list while it is read
shifts the pages: what was last on one is again first on the next, or lost between them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ercot.fetch.servers.calls import Unanswered

READS = 6  # of a whole list that does not agree with itself


@dataclass(frozen=True)
class Listed:
    """One document of a list; ``posted`` is Central Prevailing Time without an offset."""

    doc_id: int
    name: str
    posted: datetime
    bytes: int | None = None  # where the list says it


@dataclass(frozen=True)
class Page:
    """One page of a list."""

    total: int  # documents of all pages
    pages: int
    documents: tuple[Listed, ...]


def read_page(body: dict, key: str) -> Page:
    """Read a page of the API's archive or bundle list; `Unanswered` where it has another shape."""
    try:
        meta = body["_meta"]
        found = tuple(
            Listed(int(entry["docId"]), str(entry["friendlyName"]), wall_clock(entry["postDatetime"]))
            for entry in body.get(key) or ()
        )
        return Page(int(meta["totalRecords"]), int(meta["totalPages"]), found)
    except (KeyError, TypeError, ValueError):
        raise Unanswered("the list has an unknown shape") from None


def wall_clock(text: str) -> datetime:
    """Read a time of ERCOT's lists; the offset of some is wrong for months, so none counts."""
    return datetime.fromisoformat(text).replace(tzinfo=None)


def read_whole_list(read: Callable[[int], Page]) -> list[Listed]:
    """Read all pages, newest or oldest first, and again until count and ids agree; `Unanswered` where they never do.

    A document may be listed twice by ERCOT itself: then every reading has it twice.
    """
    before: list[int] = []
    for _ in range(READS):
        pages = _read_pages(read)
        found = [document for page in pages for document in page.documents]
        ids = [document.doc_id for document in found]
        agrees = len({page.total for page in pages}) == 1 and len(ids) == pages[0].total
        if agrees and (len(set(ids)) == len(ids) or ids == before):
            return list({document.doc_id: document for document in found}.values())
        before = ids if agrees else []
    raise Unanswered(f"the list changed each of {READS} times that it was read")


def _read_pages(read: Callable[[int], Page]) -> list[Page]:
    pages = [read(1)]
    while len(pages) < pages[0].pages:
        pages.append(read(len(pages) + 1))
    return pages
