"""A posting month in the raw tree while it is fetched: what is there, what is still missing, and its receipt.

In: documents that arrived in the month's working folder. Out: files under ERCOT's names, and a receipt that lacks
no file which lies there: it is written before the files take their names, so a kill costs nothing that was had.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ercot.fetch.download import Arrived
from ercot.fetch.servers.listing import Listed
from ercot.fetch.servers.pace import locked
from ercot.raw.receipts import RECEIPT, WORK, Document, Receipt, read_receipt, write_receipt

Tell = Callable[[int, int, int], None]  # documents had, documents listed, bytes that came


@dataclass(frozen=True)
class Place:
    """Where a month lies."""

    raw_dir: Path
    emil: str
    month: str

    @property
    def folder(self) -> Path:
        """The folder of its files."""
        return self.raw_dir / self.emil / self.month

    @property
    def receipt(self) -> Path:
        """Its receipt."""
        return self.folder / RECEIPT

    @property
    def work(self) -> Path:
        """The folder of what is not finished."""
        return self.raw_dir / WORK / self.emil / self.month

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Keep other processes from the month, and clear away what a killed one left unfinished."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.work.parent.mkdir(parents=True, exist_ok=True)
        with locked(self.work.with_suffix(".lock")):
            shutil.rmtree(self.work, ignore_errors=True)
            self.work.mkdir()
            yield
            shutil.rmtree(self.work)


@dataclass
class Store:
    """What a month has and lacks."""

    place: Place
    listed_from: datetime
    listed_until: datetime
    listing: dict[int, Listed]
    tell: Tell
    had: dict[int, Document] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    tries: dict[int, int] = field(default_factory=dict)  # runs in which a document could not be had
    failures: int = 0  # downloads of this run that brought nothing
    came: int = 0  # documents
    came_bytes: int = 0

    @classmethod
    def open(cls, place: Place, listing: Iterable[Listed], span: tuple[datetime, datetime], tell: Tell) -> "Store":
        """Begin with what an earlier fetch had of the month."""
        before = read_receipt(place.receipt)
        had = {d.doc_id: d for d in (before.documents if before else ()) if d.here}
        store = cls(place, *span, {document.doc_id: document for document in listing}, tell, had)
        store.tries = {d.doc_id: d.tries for d in (before.documents if before else ()) if d.tries}
        store.write(complete=False)
        return store

    def add_listed(self, documents: Iterable[Listed]) -> None:
        """Take in what another list has besides: one document has the same id in all of them."""
        self.listing = {document.doc_id: document for document in documents} | self.listing

    @property
    def missing(self) -> list[int]:
        """The ids of listed documents that are not here, oldest first, those last that could not be had before."""
        ids = [doc_id for doc_id in self.listing if doc_id not in self.had]
        return sorted(ids, key=lambda doc_id: (self.tries.get(doc_id, 0), self.listing[doc_id].posted, doc_id))

    @property
    def mean_bytes(self) -> float | None:
        """The mean size of the documents that are here, None where there is none."""
        sizes = [document.bytes or 0 for document in self.had.values()]
        return sum(sizes) / len(sizes) if sizes else None

    def keep(self, arrived: Iterable[Arrived], via: str) -> None:
        """Take in documents; what is wrong with the others is remembered as the reason why they are not here."""
        moves, taken = [], {document.name.lower() for document in self.had.values()}
        for one in arrived:
            if one.fault or one.doc_id not in self.listing or one.doc_id in self.had:
                self.reasons[one.doc_id] = one.fault or ""
                continue
            # Two documents may come under one name: they differ in the id.
            name = f"{one.doc_id}.{one.name}" if one.name.lower() in taken else one.name
            taken.add(name.lower())
            posted = self.listing[one.doc_id].posted.isoformat()
            self.had[one.doc_id] = Document(one.doc_id, name, posted, one.bytes, one.sha256, via, here=True)
            moves.append((one, self.place.folder / name))
        self.write(complete=False)
        for one, target in moves:
            os.replace(one.path, target)
        self.came += len(moves)
        self.came_bytes += sum(one.bytes for one, _ in moves)
        self.tell(len(self.had), len(self.listing), self.came_bytes)

    def note_failure(self, doc_id: int, reason: str, cost: int) -> None:
        """Remember why a document could not be had."""
        self.failures += cost
        self.reasons[doc_id] = reason
        self.tries[doc_id] = self.tries.get(doc_id, 0) + 1

    def write(self, complete: bool) -> None:
        """Write the receipt."""
        absent = [
            Document(
                doc_id,
                self.listing[doc_id].name,
                self.listing[doc_id].posted.isoformat(),
                reason=self.reasons.get(doc_id) or "not asked for yet",
                tries=self.tries.get(doc_id),
            )
            for doc_id in self.missing
        ]
        documents = sorted([*self.had.values(), *absent], key=lambda d: (d.posted, d.doc_id))
        span = self.listed_from.isoformat(), self.listed_until.isoformat()
        write_receipt(self.place.receipt, Receipt(self.place.emil, self.place.month, complete, *span, tuple(documents)))
