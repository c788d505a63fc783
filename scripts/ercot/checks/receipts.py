"""What a fetch has noted beside the raw files: whether ERCOT lists something that is not here.

Receipts lie at ``{EMIL id}/{YYYY-MM}/receipt.json`` below the raw folder. A tree that was not fetched has none.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from ercot.catalog.model import Dataset
from ercot.catalog.products import PRODUCTS
from ercot.core.files import digest
from ercot.raw.receipts import RECEIPT, classify, read_receipts

Absence = Callable[[Dataset, date], str]  # "not_posted" or "not_here", "" where there is no receipt


def receipts_digest(raw_dir: Path) -> str:
    """Return the digest of all receipts, "" where there is none."""
    contents = [path.read_bytes() for path in _receipts(raw_dir)]
    return digest(*contents) if contents else ""


def absence_of(raw_dir: Path) -> Absence:
    """Return a function that says of a dataset and an operating day why it is missing."""
    if not _receipts(raw_dir):
        return lambda dataset, day: ""
    receipts = read_receipts(raw_dir)
    return lambda dataset, day: str(classify(receipts, dataset, day)) if dataset.emil in receipts else ""


def _receipts(raw_dir: Path) -> list[Path]:
    return [path for emil in sorted(PRODUCTS) for path in sorted((raw_dir / emil).glob(f"*/{RECEIPT}"))]
