"""Hold finished files against what was recorded when they were written: bytes, page checksums, rows."""

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ercot.checks.year_facts import YearFacts
from ercot.core.outputs import recorded_outputs
from ercot.core.paths import ANNUAL, TABLES, ResultPaths
from ercot.core.step_records import read_record
from ercot.tables.footer import DamagedFile
from ercot.tables.row_groups import digests


def audit(paths: ResultPaths) -> tuple[int, list[str]]:
    """Read every finished table back. Returns how many were recorded, and one line for each fault, with its place."""
    recorded = {
        path: facts
        for rule in ("rollup", "derive")
        for made in sorted((paths.interim / "made" / rule).glob("*/*.json"))
        for path, facts in recorded_outputs(made).items()
        if path.suffix == ".parquet" and path.relative_to(paths.results.resolve()).parts[0] in TABLES
    }
    faults = []
    for path, (_, sha256) in sorted(recorded.items()):
        name = path.relative_to(paths.results.resolve()).as_posix()
        faults += [f"{name}: {fault}" for fault in _faults(paths, path, name, sha256)]
    return len(recorded), faults


def _faults(paths: ResultPaths, path: Path, name: str, sha256: str) -> list[str]:
    try:
        with open(path, "rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return [f"cannot be read: {error.strerror}"]
    if found != sha256:
        return _places(path) or [
            f"its bytes are not those that were written (SHA-256 {found[:12]}… not {sha256[:12]}…)"
        ]
    return _miscounted(paths, path, name)


def _places(path: Path) -> list[str]:
    """Name the row groups and columns whose page checksums do not fit."""
    try:
        file = pq.ParquetFile(path, page_checksum_verification=True)
    except (pa.ArrowException, OSError):
        return ["the footer is damaged"]
    places = []
    for number in range(file.num_row_groups):
        for column in file.schema_arrow.names:
            try:
                file.read_row_group(number, columns=[column])
            except (pa.ArrowException, OSError):
                places.append(f"row group {number}, column {column}: the page checksum does not fit")
    return places


def _miscounted(paths: ResultPaths, path: Path, name: str) -> list[str]:
    """Compare the rows of a rollup with its ledger."""
    kind, dataset, year = name.removesuffix(".parquet").split("/")
    if kind != ANNUAL:
        return []
    try:
        rows = sum(digest.rows for digest in digests(path))
        written = read_record(paths.facts(dataset, year), YearFacts)["ledger"]["rows_written"]
    except (DamagedFile, OSError, ValueError, KeyError) as error:
        return [f"its rows cannot be compared with the ledger: {error}"]
    return [] if rows == written else [f"{rows:,} rows, the ledger has {written:,}"]
