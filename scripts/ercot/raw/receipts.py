"""What was listed and what was had of a posting month: ``receipt.json`` beside its files.

In: the raw tree. Out: receipts, and from them whether a day that is missing was ever posted. No HTTP library.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path

from ercot.catalog.model import Dataset
from ercot.catalog.products import PRODUCTS
from ercot.core.files import digest, read_json, write_json

RECEIPT = "receipt.json"
WORK = ".fetch"  # folder below raw_dir where a fetch keeps what is not finished
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
ONE_DAY = timedelta(days=1)
SETTLED = timedelta(days=3)  # a posting may come into ERCOT's lists that much later than it is dated
EITHER = ("bytes", "sha256", "via", "reason", "tries")  # a document was had, or there is a reason why not


class Absence(StrEnum):
    """Why a day is not in the raw tree."""

    NOT_POSTED = "not_posted"  # ERCOT lists nothing for it
    NOT_HERE = "not_here"  # listed, or not looked up


@dataclass(frozen=True)
class Document:
    """One document that ERCOT lists; ``posted`` is an ISO time in Central Prevailing Time, without offset."""

    doc_id: int
    name: str
    posted: str
    bytes: int | None = None
    sha256: str | None = None
    via: str | None = None  # bundle, archive or mis
    reason: str | None = None  # why it could not be had
    tries: int | None = None  # runs in which it could not be had
    here: bool = False  # its file lies beside the receipt; looked up when reading, not written

    @property
    def posted_on(self) -> date:
        """The day of the posting."""
        return datetime.fromisoformat(self.posted).date()


@dataclass(frozen=True)
class Receipt:
    """A posting month of a product. What was posted from ``listed_from`` to ``listed_until`` is in ``documents``."""

    emil: str
    month: str  # YYYY-MM
    complete: bool  # the month has ended, was listed to its end, and every document was had
    listed_from: str
    listed_until: str
    documents: tuple[Document, ...]

    def covers(self, first: date, last: date) -> bool:
        """Say whether all postings of some days (both inclusive) that lie in this month are surely listed here."""
        if self.complete:
            return True
        begin, end = month_bounds(self.month)
        begin = max(begin, datetime.combine(first, time()))
        end = min(end, datetime.combine(last + ONE_DAY, time()))
        listed_from, listed_until = map(datetime.fromisoformat, (self.listed_from, self.listed_until))
        return listed_from <= begin and end + SETTLED <= listed_until


def month_of(day: date) -> str:
    """Return the month of a day, as receipts and folders are named."""
    return f"{day:%Y-%m}"


def month_bounds(month: str) -> tuple[datetime, datetime]:
    """Return the first moment of a month and that of the next one."""
    first = datetime.fromisoformat(f"{month}-01")
    return first, (first + timedelta(days=31)).replace(day=1)


def months_between(first: date, last: date) -> list[str]:
    """Return the months that a span of days (both inclusive) touches."""
    months, day = [], first.replace(day=1)
    while day <= last:
        months.append(month_of(day))
        day = (day + timedelta(days=31)).replace(day=1)
    return months


def read_receipt(path: Path) -> Receipt | None:
    """Read a receipt and look which of its files are there; None where there is no receipt, or a broken one."""
    try:
        content = read_json(path)
        documents = tuple(_document(path.parent, entry) for entry in content["documents"])
        first = content.get("listed_from") or month_bounds(content["month"])[0].isoformat()
        until = datetime.fromisoformat(content["listed_until"]).replace(tzinfo=None).isoformat()
        return Receipt(content["emil"], content["month"], bool(content["complete"]), first, until, documents)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _document(folder: Path, entry: dict) -> Document:
    document = Document(entry["doc_id"], entry["name"], entry["posted"], **{key: entry.get(key) for key in EITHER})
    _ = document.posted_on  # a broken time is a broken receipt
    return replace(document, here=document.sha256 is not None and _lies_in(folder, document))


def _lies_in(folder: Path, document: Document) -> bool:
    try:
        return (folder / document.name).stat().st_size == document.bytes
    except (OSError, ValueError):
        return False


def write_receipt(path: Path, receipt: Receipt) -> None:
    """Write a receipt, whole or not at all."""
    content = asdict(receipt)
    content["documents"] = [
        {key: value for key, value in document.items() if key != "here" and (value is not None or key not in EITHER)}
        for document in content["documents"]
    ]
    write_json(path, content)


def read_receipts(raw_dir: Path) -> dict[str, list[Receipt]]:
    """Read all receipts in the fetch layout of a raw tree, by EMIL id, the oldest month first."""
    found = defaultdict(list)
    for path in sorted(raw_dir.glob(f"*/*/{RECEIPT}")):
        receipt = read_receipt(path)
        if receipt and path.parent.name == receipt.month and path.parent.parent.name == receipt.emil:
            found[receipt.emil].append(receipt)
    return dict(found)


def is_companion(path: str) -> bool:
    """Say whether a path below the raw folder is no report but what a fetch keeps there: a receipt, or unfinished work.

    A receipt is named ``receipt.json`` and lies in a folder of a month in one of a product.
    """
    if not path.endswith(RECEIPT) and WORK not in path:  # half a million times in a large tree
        return False
    *folders, name = path.split("/")
    return WORK in folders or (
        name == RECEIPT and len(folders) >= 2 and folders[-2] in PRODUCTS and MONTH.fullmatch(folders[-1]) is not None
    )


def classify(receipts: Mapping[str, Sequence[Receipt]], dataset: Dataset, day: date) -> Absence:
    """Say why an operating day, or a part of it, is missing, from the receipts that `read_receipts` found.

    `NOT_POSTED` where receipts cover every posting that the day could have come with, and all those documents are here:
    then none of them holds what is missing, and ERCOT lists no other. `NOT_HERE` in all other cases.
    """
    product = PRODUCTS.get(dataset.emil)
    if product is None:
        return Absence.NOT_HERE
    first, last = product.window(day, day)
    by_month = {receipt.month: receipt for receipt in receipts.get(product.emil, ())}
    touched = [by_month.get(month) for month in months_between(first, last)]
    if first < product.reaches_back or not all(receipt and receipt.covers(first, last) for receipt in touched):
        return Absence.NOT_HERE
    listed = [d for receipt in touched for d in receipt.documents if first <= d.posted_on <= last]
    return Absence.NOT_POSTED if all(document.here for document in listed) else Absence.NOT_HERE


def absence_of(raw_dir: Path) -> Callable[[Dataset, date], str]:
    """Return a function that says of an operating day why it is missing, "" where no receipt is of that product."""
    receipts = read_receipts(raw_dir) if receipts_digest(raw_dir) else {}
    return lambda dataset, day: str(classify(receipts, dataset, day)) if dataset.emil in receipts else ""


def receipts_digest(raw_dir: Path) -> str:
    """Return the digest of all receipts, "" where there is none; only the folders of products are looked into."""
    paths = [path for emil in sorted(PRODUCTS) for path in sorted((raw_dir / emil).glob(f"*/{RECEIPT}"))]
    return digest(*(path.read_bytes() for path in paths)) if paths else ""
