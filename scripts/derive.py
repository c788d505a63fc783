"""Build and check one derived rollup."""

from pathlib import Path

from ercot.core.files import write_json
from ercot.rollup.derive import derive, describe
from ercot.rollup.derived import DERIVED
from ercot.workflow.job import job


def main(name: str, year: int, sources: list[str], outputs: dict[str, str]) -> str:
    """Write a derived rollup, its data sheet and what was found in it; return a line for the log."""
    result = derive(DERIVED[name], year, {Path(path).parent.name: path for path in sources}, outputs["derived"])
    write_json(outputs["facts"], result)
    write_json(outputs["sheet"], describe(DERIVED[name]))
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
