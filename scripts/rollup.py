"""Glue the row groups of one year into its rollup, and write down what is wrong with it."""

import ercot.core.process  # first: see there

from pathlib import Path

from ercot.catalog import DATASETS
from ercot.checks.differences import differences
from ercot.checks.verify import verify
from ercot.core.files import write_json
from ercot.core.outputs import read_origin
from ercot.core.paths import ResultPaths
from ercot.core.step_records import write_record
from ercot.core.wording import counted
from ercot.rollup.annual import Rolled, roll_up
from ercot.tables.schema import annual_table
from ercot.workflow.job import job, stems


def main(dataset: str, year: int, batches: dict[str, str], corrections: list[str], outputs: dict[str, str]) -> str:
    """Write one rollup and its facts; returns a line for the log."""
    declared, facts = DATASETS[dataset], outputs["facts"]
    rolled = Rolled(**{name: path for name, path in outputs.items() if name != "facts"})
    rows = roll_up(declared, batches, corrections[0] if corrections else None, rolled)
    result = verify(declared, year, rolled.annual, rolled.account, batches)
    write_record(facts, result)
    found = counted(len(result["findings"]), "finding")
    return f"{counted(rows, 'row')} from {counted(len(batches), 'batch', 'es')}, {found}"


def compare(paths: ResultPaths, dataset: str, year: str, annual: str, origin: str) -> str:
    """Note for the report how a rollup differs from the one before it, of which planning kept a link.

    Returns a line for the log, an empty one where there is nothing to tell.
    """
    before = paths.before(dataset, f"{year}.parquet")
    if not before.exists():
        return ""
    found = differences(annual_table(DATASETS[dataset]), str(before), annual)
    if found is None:
        return "not compared with the rollup before it, which cannot be read"
    write_json(paths.before(dataset, f"{year}.differences.json"), {"origin": read_origin(origin)} | found)
    return ""


if __name__ == "__main__":
    with job(snakemake) as this:
        this.log(
            main(
                snakemake.wildcards.dataset,
                int(snakemake.wildcards.year),
                stems(snakemake.input.interim, ".parquet"),
                list(snakemake.input.get("corrections", [])),
                this.outputs,
            )
        )
        told = compare(
            ResultPaths(Path(snakemake.output.annual).parents[2]),
            snakemake.wildcards.dataset,
            snakemake.wildcards.year,
            this.outputs["annual"],
            snakemake.input.origin,
        )
        if told:
            this.log(told)
