"""Write the header registry of all datasets."""

from pathlib import Path

from ercot.catalog import DATASETS
from ercot.files import read_json, write_json
from ercot.jobs import logged
from ercot.registry import describe


def main(headers: list[str], registry: str) -> None:
    """Merge the header records of the datasets, one file each, into the registry."""
    by_dataset = {Path(path).parent.name: read_json(path) for path in headers}
    write_json(registry, {name: describe(DATASETS[name], records) for name, records in by_dataset.items()})


if __name__ == "__main__":
    with logged("header registry", snakemake.log[0]):
        main(snakemake.input.headers, snakemake.output.registry)
