"""Turn the raw files of one batch into interim Parquet, and account for every file and row."""

from pathlib import Path

from ercot.batches import read_manifest
from ercot.catalog import DATASETS
from ercot.jobs import logged
from ercot.normalize import Outputs, normalize


def main(raw_dir: str, manifest: str, outputs: Outputs) -> str:
    """Normalize one batch and return a line for the log."""
    batch = read_manifest(manifest)
    ledger = normalize(Path(raw_dir), batch, DATASETS[batch.dataset], outputs)
    return (
        f"{ledger.files_read} of {ledger.files_found} files, {ledger.rows_written} of {ledger.rows_read} rows written"
    )


if __name__ == "__main__":
    with logged(snakemake.log[0]) as say:
        say(main(snakemake.config["raw_dir"], snakemake.input.manifest, Outputs(**dict(snakemake.output.items()))))
