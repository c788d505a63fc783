"""Build and check one derived rollup."""

from pathlib import Path

from ercot.core.files import write_json
from ercot.rollup.derive import derive
from ercot.rollup.derived import DERIVED
from ercot.workflow.job_log import logged


def main(name: str, year: int, sources: list[str], target: str, findings: str) -> str:
    """Write a derived rollup and what is worth to know of it; return a line for the log."""
    result = derive(DERIVED[name], year, {Path(path).parent.name: path for path in sources}, target)
    write_json(findings, result)
    return f"{result['rows']:,} rows, {len(result['findings'])} findings"


if __name__ == "__main__":
    with logged(f"derive {snakemake.wildcards.name} {snakemake.wildcards.year}", snakemake.log[0]) as say:
        say(
            main(
                snakemake.wildcards.name,
                int(snakemake.wildcards.year),
                list(snakemake.input.sources),
                snakemake.output.derived,
                snakemake.output.findings,
            )
        )
