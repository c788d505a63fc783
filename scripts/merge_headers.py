"""Write the header registry of all datasets."""

from pathlib import Path

from ercot.catalog import DATASETS
from ercot.core.files import read_json, write_json
from ercot.raw.header_registry import describe
from ercot.workflow.job_log import logged


def main(headers: list[str], registry: str) -> None:
    """Merge the header records of the datasets, one file each, into the registry."""
    by_dataset = {Path(path).parent.name: read_json(path) for path in headers}
    write_json(registry, {name: describe(DATASETS[name], records) for name, records in by_dataset.items()})


if __name__ == "__main__":
    with logged("header registry", snakemake.log[0]):
        main(snakemake.input.headers, snakemake.output.registry)
