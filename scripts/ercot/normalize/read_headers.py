"""The header records of a dataset: from the ledgers of its batches where they are current, else from the files."""

from pathlib import Path

from ercot.catalog.model import Dataset
from ercot.core.files import read_json
from ercot.planning.batches import Manifest, read_manifest
from ercot.raw import header_registry
from ercot.raw.archives import MemberReader, is_container, is_table, label
from ercot.raw.csv_file import open_sheet
from ercot.raw.header import Unusable
from ercot.raw.operating_days import HEAD_BYTES


def collect(raw_dir: Path, dataset: Dataset, manifests: list[str]) -> list[dict]:
    """Return one record for each distinct header of a dataset, over all batches."""
    records = []
    for path in manifests:
        manifest = read_manifest(path)
        records += _from_ledger(path, manifest) or _from_files(raw_dir, dataset, manifest)
    return header_registry.merge(records)


def _from_ledger(path: str, manifest: Manifest) -> list[dict] | None:
    try:
        ledger = read_json(str(path).replace(".manifest.gz", ".ledger.json"))
    except (OSError, ValueError):
        return None
    return ledger["headers"] if ledger["manifest"] == manifest.digest else None


def _from_files(raw_dir: Path, dataset: Dataset, manifest: Manifest) -> list[dict]:
    seen: dict[tuple, dict] = {}
    reader = MemberReader(raw_dir)
    for entry in manifest.entries:
        inside = reader.ways(entry.path) if is_container((entry.path, *entry.way)) else [(entry.way, None)]
        for way, fault in inside:
            if fault or not is_table((entry.path, *way)):
                continue
            try:
                _, layout, body = open_sheet(dataset, 0, reader.read(entry.path, way, limit=HEAD_BYTES))
            except Unusable:
                continue
            first = body.data[: body.data.find(b"\n")].decode("utf-8", errors="replace")
            header_registry.note_header(seen, layout, label(entry.path, way), entry.days[0].isoformat(), first)
    return list(seen.values())
