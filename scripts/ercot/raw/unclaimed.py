"""Ignored files that were meant to be read: how they are recognized among all ignored files, and what to do."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from ercot.catalog.model import Dataset
from ercot.raw.file_names import NameReader, is_xml
from ercot.raw.header import UnreadableFile, read_layout
from ercot.raw.operating_days import lines_of

PART, NAME, HEADER = "part", "name", "header"
MEANING = {
    PART: "of price corrections that no dataset reads, so those prices stay uncorrected: "
    "declare the part in the catalog as soon as its header is known",
    NAME: "not read, since the name has something in front of ERCOT's own or another ending: restore ERCOT's name, "
    "finish the download, or take it out of the raw folder",
    HEADER: "not read, with the header of a known report under a name that is none of ERCOT's: restore ERCOT's name "
    "or take it out of the raw folder",
}
APPLE_DOUBLE = "._"  # what macOS puts beside each file: attributes, never data


class Claim(NamedTuple):
    """Why an ignored file was probably meant: a key of `MEANING`, and the dataset where it is known."""

    why: str
    dataset: str = ""


def claim_by_name(names: NameReader, base: str) -> Claim | None:
    """Say whether the name of an ignored file shows that it was meant; XML siblings are not."""
    if is_xml(base) or base.startswith(APPLE_DOUBLE):
        return None
    if names.is_unread_part(base):
        return Claim(PART)
    known = names.held_in(base)
    return Claim(NAME, known.candidates[0][0].id) if known.candidates else None


def claim_by_header(datasets: Mapping[str, Dataset], head: bytes) -> Claim | None:
    """Say whether the first line of an ignored CSV is the header of a known report, all of it and nothing more."""
    first = next(lines_of([head]), "")
    return next((Claim(HEADER, d.id) for d in datasets.values() if _is_header_of(d, first)), None)


def described(claims: Iterable[tuple[str, str, str]]) -> dict[str, list[str]]:
    """Return the examples of each kind, by meaning; ``claims`` are file, kind and dataset."""
    found: dict[str, list[str]] = {}
    for file, why, dataset in claims:
        found.setdefault(MEANING[why], []).append(f"{file} ({dataset})" if dataset else file)
    return found


@lru_cache(1 << 12)
def _is_header_of(dataset: Dataset, line: str) -> bool:
    try:
        layout = read_layout(dataset, line)
    except UnreadableFile:
        return False
    return layout.headed and not layout.unknown and not set(layout.known) <= set(dataset.printed)
