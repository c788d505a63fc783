"""Collect every header of a dataset's raw files: from the ledgers where they are current, else from the files."""

from pathlib import Path

from ercot.catalog import DATASETS
from ercot.core.files import write_json
from ercot.core.wording import counted
from ercot.normalize.read_headers import collect
from ercot.workflow.job_log import logged


def main(raw_dir: str, dataset: str, manifests: list[str], headers: str) -> str:
    """Write the header records of one dataset and return a line for the log."""
    records = collect(Path(raw_dir), DATASETS[dataset], manifests)
    write_json(headers, records)
    return counted(len(records), "header")


if __name__ == "__main__":
    with logged(f"headers of {snakemake.wildcards.dataset}", snakemake.log[0]) as say:
        say(
            main(
                snakemake.config["raw_dir"],
                snakemake.wildcards.dataset,
                snakemake.input.manifests,
                snakemake.output.headers,
            )
        )
