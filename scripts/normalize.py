"""Turn the raw files of one batch into interim Parquet, and account for every file and row."""

import ercot.core.process  # first: see there

import time
from pathlib import Path

from ercot.catalog import DATASETS
from ercot.core.wording import counted, rate
from ercot.normalize.batch import Outputs, normalize
from ercot.planning.batches import read_manifest
from ercot.workflow.job import job


def main(raw_dir: str, manifest: str, outputs: Outputs, tick) -> str:
    """Normalize one batch and return a line for the log; ``tick`` takes the files done and the files in all."""
    begun = time.monotonic()
    batch = read_manifest(manifest)
    ledger = normalize(Path(raw_dir), batch, DATASETS[batch.dataset], outputs, tick)
    seconds = time.monotonic() - begun
    return (
        f"{ledger.files_read:,} of {counted(ledger.files_found, 'file')}, "
        f"{ledger.rows_written:,} of {counted(ledger.rows_read, 'row')} written, "
        f"{rate(ledger.files_found, 'files', seconds)}, {rate(ledger.rows_read, 'rows', seconds)}"
    )


if __name__ == "__main__":
    with job(snakemake) as this:
        outputs = Outputs(**this.outputs)
        this.log(main(snakemake.config["raw_dir"], snakemake.input.manifest, outputs, this.progress_logger("files")))
