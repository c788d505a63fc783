"""The plan of a run: which batches there are. Made once, in the main process; everybody else reads it.

Looking at the raw tree is part of building Snakemake's graph. Files are written only where their content changed, so
that planning twice changes nothing. A plan follows from the listing of the tree, the catalog, the settings and the
code; where all of these are those of the plan that is kept, nothing but the listing is done again.
"""

import gc
import json
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path

from ercot.catalog.model import Dataset
from ercot.core.code import LIBRARY, code_digest
from ercot.core.files import digest, read_gzip, write_gzip_if_changed
from ercot.planning import batches
from ercot.raw.inspection import Inspection
from ercot.raw.inventory import Entry, Inventory, take_inventory
from ercot.raw.tree import list_tree
from ercot.raw.unclaimed import Claim

NORMALIZE = LIBRARY.parent / "normalize.py"
LOOKING = LIBRARY / "raw" / "inventory.py"
PLANNING = LIBRARY / "planning" / "plan.py"


@dataclass(frozen=True)
class Plan:
    """The batches of the selected datasets and years, and what the raw tree holds beside them."""

    batches: dict[str, dict[str, list[str]]]  # dataset -> year -> batches in the order of time
    raw_mb: dict[str, dict[str, float]]  # dataset -> batch -> megabytes on disk
    raw_files: dict[str, dict[str, int]]  # dataset -> batch -> raw files, or parts of zips
    newest_publication: str | None  # as stamped, see `Inventory`
    ignored: list[str]
    unreadable: list[list[str]]
    unclaimed: list[list[str]] = field(default_factory=list)  # of the ignored: file, why it was meant, dataset
    manifests: dict[str, dict[str, str]] = field(default_factory=dict)  # dataset -> batch -> digest of its manifest
    stale: list[str] = field(default_factory=list)  # rollups that no raw file stands behind any more
    first_days: dict[str, str] = field(default_factory=dict)  # of each dataset in the whole tree, whatever years
    raw_years: list[str] = field(default_factory=list)  # of the selected datasets, whatever years are selected
    reported_derived: list[list[str]] = field(default_factory=list)  # name and year of those in the report
    raw: dict = field(default_factory=dict)  # the whole raw tree, see `raw_tree`
    made_from: str = ""  # digest of all that the plan follows from

    def years(self, dataset: str) -> list[str]:
        """Return the years of a dataset, oldest first."""
        return list(self.batches.get(dataset, {}))

    def all_years(self) -> list[str]:
        """Return the years of any dataset, oldest first."""
        return sorted({year for years in self.batches.values() for year in years})

    def datasets_of(self, year: str) -> list[str]:
        """Return the datasets that have files of a year."""
        return [dataset for dataset, years in self.batches.items() if year in years]

    def year_batches(self, dataset: str, year: str | int) -> list[str]:
        """Return the batches of one rollup, in the order of time."""
        return self.batches.get(dataset, {}).get(str(year), [])


def make_plan(raw_dir: Path, interim: Path, catalog: dict[str, Dataset], selected, years, batch_mb: float) -> Plan:
    """Survey the raw tree, write the manifests that changed, and return the plan.

    ``selected`` are dataset ids, ``years`` the years wanted or None for all.
    """
    with _collecting_no_garbage():
        tree = list_tree(raw_dir)
        settings = repr((selected, sorted(years) if years else None, batch_mb))
        made_from = digest(settings.encode(), _code_and_catalog(catalog), tree.digest().encode())
        if plan := _kept_plan(interim, made_from):
            return plan
        looks, zips = _recall(interim, catalog), _recall_zips(interim, catalog)
        inventory = take_inventory(raw_dir, catalog, looks, zips, tree)
        _remember(interim, catalog, inventory)
        every = {d: batches.group(catalog[d], inventory.entries.get(d, []), batch_mb) for d in selected}
        grouped = {d: _selected_batches(found, years) for d, found in every.items()}
        manifests = {}
        for dataset, found in grouped.items():
            manifests[dataset] = _write_manifests(interim / dataset, catalog[dataset], found)
            _drop_manifests(interim / dataset, keep=set(found), years=years)
        raw_years = sorted({batch[:4] for found in every.values() for batch in found})
        return replace(_summary(grouped, manifests, inventory), raw_years=raw_years, made_from=made_from)


def write_plan(interim: Path, plan: Plan) -> None:
    """Keep a plan for the jobs, where it differs from the one that is there."""
    write_gzip_if_changed(interim / "plan.json.gz", json.dumps(asdict(plan)).encode())


def read_plan(interim: Path) -> Plan | None:
    """Read the plan that the main process keeps, None where none was made yet."""
    content = read_gzip(interim / "plan.json.gz")
    return Plan(**json.loads(content)) if content else None


def manifest_path(interim: Path, dataset: str, batch: str) -> Path:
    """Return where the manifest of a batch lies."""
    return interim / dataset / f"{batch}.manifest.gz"


def engine_digest(dataset: Dataset) -> str:
    """Return the digest of all that decides how a dataset's files are read: code and declaration, not its prose."""
    return digest(repr(_without_prose(dataset)).encode(), code_digest(NORMALIZE).encode())


def declaration_digest(dataset: Dataset) -> str:
    """Return the digest of all that the catalog declares of a dataset, prose included."""
    return digest(repr(dataset).encode())


def _without_prose(dataset: Dataset) -> Dataset:
    """Return a declaration without what only people read, which shows in no interim file."""
    columns = tuple(replace(column, meaning="") for column in dataset.columns)
    return replace(dataset, title="", emil="", quirks=(), columns=columns)


def _code_and_catalog(catalog: dict[str, Dataset]) -> bytes:
    """Return what a plan follows from beside the raw tree and the settings."""
    declared = [repr(_without_prose(dataset)) for dataset in catalog.values()]
    return "\n".join([code_digest(PLANNING), code_digest(NORMALIZE), *declared]).encode()


def _kept_plan(interim: Path, made_from: str) -> Plan | None:
    """Return the plan that is kept if it follows from the same, and all manifests that it names are as they were.

    What it says of the results folder, which may have changed, is left out.
    """
    try:
        plan = read_plan(interim)
        if plan is None or plan.made_from != made_from:
            return None
        recorded = [
            (manifest_path(interim, d, b), wanted) for d, of in plan.manifests.items() for b, wanted in of.items()
        ]
        if any(batches.manifest_digest(path) != wanted for path, wanted in recorded):
            return None
    except (FileNotFoundError, TypeError, ValueError):  # a manifest is gone, or the plan is of another version
        return None
    return replace(plan, stale=[], reported_derived=[])


@contextmanager
def _collecting_no_garbage() -> Iterator[None]:
    """Leave half a million entries alone: no cycle is among them, and looking for some costs a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _selected_batches(found: dict[str, list[Entry]], years) -> dict[str, list[Entry]]:
    wanted = {name: part for name, part in found.items() if years is None or int(name[:4]) in years}
    return dict(sorted(wanted.items(), key=lambda item: batches.span(item[0])))


def _write_manifests(folder: Path, dataset: Dataset, found: dict[str, list[Entry]]) -> dict[str, str]:
    """Write the manifests that changed; returns the digest of each."""
    engine = engine_digest(dataset) if found else ""
    digests = {}
    for batch, entries in found.items():
        text = batches.manifest_text(dataset.id, batch, engine, entries)
        write_gzip_if_changed(folder / f"{batch}.manifest.gz", text)
        digests[batch] = digest(text)
    return digests


def _drop_manifests(folder: Path, keep: set[str], years) -> None:
    """Remove the manifests of batches that are no more; what was made from them is then an orphan that checks name."""
    for path in folder.glob("*.manifest.gz"):
        batch = path.name.removesuffix(".manifest.gz")
        if batch not in keep and (years is None or int(batch[:4]) in years):
            path.unlink()


def _summary(grouped: dict[str, dict[str, list[Entry]]], manifests: dict, inventory: Inventory) -> Plan:
    by_year: dict[str, dict[str, list[str]]] = {}
    for dataset, found in grouped.items():
        for batch in found:
            by_year.setdefault(dataset, {}).setdefault(batch[:4], []).append(batch)
    raw_mb = {d: {b: _megabytes(es) for b, es in found.items()} for d, found in grouped.items()}
    raw_files = {d: {b: len(es) for b, es in found.items()} for d, found in grouped.items()}
    first_days = {d: inventory.entries[d][0].days[0].isoformat() for d in grouped if inventory.entries.get(d)}
    return Plan(
        batches=by_year,
        manifests=manifests,
        raw_mb=raw_mb,
        raw_files=raw_files,
        newest_publication=inventory.newest_publication,
        first_days=first_days,
        ignored=inventory.ignored,
        unreadable=[list(u) for u in inventory.unreadable],
        unclaimed=[list(claim) for claim in inventory.unclaimed],
        raw=raw_tree(grouped, inventory),
    )


def raw_tree(selected: dict[str, dict[str, list[Entry]]], inventory: Inventory) -> dict:
    """Return how many files lie on the disk, their bytes, a digest of their paths and sizes, and what becomes of them.

    ``files`` = ``used`` + ``unselected`` + ``ignored`` + ``unreadable``, each of whole files; a container is used where
    anything in it is.
    """
    used = {entry.path for found in selected.values() for entries in found.values() for entry in entries}
    others = {entry.path for entries in inventory.entries.values() for entry in entries} - used
    unreadable = inventory.blocked - used - others
    ignored = inventory.files - len(used) - len(others) - len(unreadable)
    return {
        "files": inventory.files,
        "bytes": inventory.bytes,
        "digest": inventory.digest.hexdigest(),
        "used": len(used),
        "unselected": len(others),
        "ignored": ignored,
        "unreadable": len(unreadable),
    }


def _megabytes(entries: list[Entry]) -> float:
    """Return the size of some files as they lie on the disk; a container counts once, however many members it has."""
    return round(sum({entry.path: entry.size for entry in entries}.values()) / 1e6, 3)


def _recall(interim: Path, catalog: dict[str, Dataset]) -> dict[str, tuple]:
    """Return what earlier runs saw in the files they had to open; nothing where the catalog changed since."""
    content = read_gzip(interim / "looks.json.gz")
    kept = json.loads(content) if content else {}
    if kept.get("catalog") != _catalog_digest(catalog):
        return {}
    return {
        path: (size, mtime, [_inspection(f) for f in found]) for path, (size, mtime, found) in kept["looks"].items()
    }


def _remember(interim: Path, catalog: dict[str, Dataset], inventory: Inventory) -> None:
    looks = {
        path: (
            size,
            mtime,
            [(f.member_path, f.dataset, [d.isoformat() for d in f.days], f.fault, f.claim) for f in found],
        )
        for path, (size, mtime, found) in inventory.looks.items()
    }
    content = {"catalog": _catalog_digest(catalog), "looks": looks}
    write_gzip_if_changed(interim / "looks.json.gz", json.dumps(content).encode())
    marks = array("Q", sorted(inventory.as_named)).tobytes()
    write_gzip_if_changed(interim / "zips.gz", _catalog_digest(catalog).encode() + marks)


def _recall_zips(interim: Path, catalog: dict[str, Dataset]) -> frozenset[int]:
    """Return the marks of zips that earlier runs found to hold what their names say."""
    content, current = read_gzip(interim / "zips.gz") or b"", _catalog_digest(catalog).encode()
    return frozenset(array("Q", content.removeprefix(current))) if content.startswith(current) else frozenset()


def _inspection(fields: list) -> Inspection:
    member_path, dataset, days, fault, claim = fields
    return Inspection(tuple(member_path), dataset, tuple(map(date.fromisoformat, days)), fault, claim and Claim(*claim))


def _catalog_digest(catalog: dict[str, Dataset]) -> str:
    sources = [(d.id, d.sources, d.day_from, d.columns) for d in map(_without_prose, catalog.values())]
    return digest(repr(sources).encode(), code_digest(LOOKING).encode())
