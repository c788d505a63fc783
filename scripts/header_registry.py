"""Write the header registry of all datasets, from the ledgers of their batches."""

import ercot.core.process  # first: see there

from collections.abc import Iterable
from pathlib import Path

from ercot.catalog import DATASETS
from ercot.core.files import write_json
from ercot.core.step_records import read_record
from ercot.core.wording import counted
from ercot.normalize.ledger import Ledger
from ercot.raw.header_registry import HeaderRecord, describe
from ercot.workflow.job import job


def main(ledgers: Iterable[str], registry: str) -> str:
    """Merge the headers of all ledgers, one file a batch, and return a line for the log."""
    seen: dict[str, list[HeaderRecord]] = {}
    for path in ledgers:
        seen.setdefault(Path(path).parent.name, []).extend(read_record(path, Ledger).headers)
    described = {name: describe(DATASETS[name], records) for name, records in seen.items()}
    write_json(registry, described)
    return counted(sum(map(len, described.values())), "header")


if __name__ == "__main__":
    with job(snakemake) as this:
        this.log(main(snakemake.input.ledgers, this.outputs["registry"]))
