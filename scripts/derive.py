"""Build and check one derived rollup."""

import ercot.core.process  # first: see there

from pathlib import Path

from ercot.checks.verify_derived import verify_derived
from ercot.core.files import write_json
from ercot.core.step_records import write_record
from ercot.rollup.derive import derive
from ercot.rollup.derived_tables import DERIVED
from ercot.tables.table import describe
from ercot.workflow.job import job


def main(name: str, year: int, sources: list[str], outputs: dict[str, str]) -> str:
    """Write a derived rollup, its data sheet and what was found in it; return a line for the log."""
    declared, by_name = DERIVED[name], {Path(path).parent.name: path for path in sources}
    derive(declared, year, by_name, outputs["derived"])
    result = verify_derived(declared, year, outputs["derived"], by_name[declared.sources[0]])
    write_record(outputs["facts"], result)
    write_json(outputs["sheet"], describe(declared.table))
    return f"{result['rows']:,} rows, {len(result['findings'])} findings"


if __name__ == "__main__":
    sheet = Path(snakemake.output.derived).with_name("schema.json")  # one for all years: no job can declare it alone
    with job(snakemake, sheet=str(sheet)) as this:
        this.log(
            main(
                snakemake.wildcards.name,
                int(snakemake.wildcards.year),
                list(snakemake.input.sources),
                this.outputs,
            )
        )
