"""From the interim files of one year to its rollup: their row groups, put into one file as they are.

Batches are disjoint in time, and their rows sorted. Only row groups with corrected prices are written anew.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import NotRequired, TypedDict

import polars as pl

from ercot.catalog.model import Dataset
from ercot.core.files import replacing
from ercot.core.step_records import write_record
from ercot.normalize.ledger import Counted
from ercot.planning.batches import manifest_of
from ercot.rollup.glue import Part, glue
from ercot.tables.row_groups import digests
from ercot.tables.schema import file_metadata


class Account(TypedDict):
    """What a rollup was made from, and what it should hold."""

    bytes: int
    manifests: dict[str, str]  # by batch: the digest of its manifest
    row_groups: list[str]  # SHA-256 of each
    idle_corrections: NotRequired[Counted]  # prices to correct that are not there


@dataclass(frozen=True)
class Rolled:
    """The files of one year."""

    annual: str
    rejected: str
    revisions: str
    account: str  # which state of which batch went in, and which row groups


def roll_up(dataset: Dataset, batches: dict[str, str], corrections: str | None, outputs: Rolled) -> int:
    """Write a year's rollup, its rejected rows and its revisions; returns the number of rows.

    ``batches`` maps each batch, in the order of time, to the stem of its files; ``corrections`` is the rollup of the
    year's price corrections, if there are any. Nothing of a path, a time or a batch goes into the rollup.
    """
    stems, corrected = list(batches.values()), f"{outputs.annual}.corrected"
    parts, idle = [Part(f"{stem}.parquet") for stem in stems], None
    Path(corrected).parent.mkdir(parents=True, exist_ok=True)
    try:
        if corrections:
            from ercot.rollup.corrections import correct_groups  # imports pyarrow, a fifth of the start of this job

            parts, idle = correct_groups(dataset, [part.path for part in parts], corrections, corrected)
        with replacing(outputs.annual) as path:
            groups = glue(parts, path, file_metadata(dataset))
        expected = _expected(groups, stems, corrected)
    finally:
        Path(corrected).unlink(missing_ok=True)
    for kind, target in (("rejected", outputs.rejected), ("revisions", outputs.revisions)):
        with replacing(target) as path:
            pl.scan_parquet([f"{stem}.{kind}.parquet" for stem in stems]).sink_parquet(path, compression="zstd")
    made_from = {batch: manifest_of(f"{stem}.parquet") for batch, stem in batches.items()}
    account: Account = {"bytes": Path(outputs.annual).stat().st_size, "manifests": made_from, "row_groups": expected}
    write_record(outputs.account, account | ({"idle_corrections": idle} if idle else {}))
    return pl.scan_parquet(outputs.annual).select(pl.len()).collect().item()


def _expected(groups: list[Part], stems: list[str], corrected: str) -> list[str]:
    """Return the SHA-256 that each row group should have: as normalize wrote it, or as it was corrected."""
    written = {f"{stem}.parquet": pl.read_parquet(f"{stem}.facts.parquet", columns=["sha256"]) for stem in stems}
    known = {path: facts["sha256"].to_list() for path, facts in written.items()}
    if any(path == corrected for path, _ in groups):
        known[corrected] = [digest.sha256 for digest in digests(corrected)]
    return [known[path][number] for path, (number,) in groups]
