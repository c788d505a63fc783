"""Write the standing report in its forms."""

from pathlib import Path

from ercot.catalog import DATASETS
from ercot.files import read_json
from ercot.findings import assemble, orphans_of, windows
from ercot.jobs import counted, logged
from ercot.plan import read_plan
from ercot.report import write_report


def main(results: Path, checks: list[str], reconciled: list[str], datasets: list[str], years: set[int] | None) -> str:
    """Write the report and return a line for the log."""
    plan = read_plan(results / "interim")
    verified = [read_json(path) for path in checks]
    orphans = orphans_of(results, plan, datasets, years)
    verification = assemble(plan, DATASETS, verified, orphans, years, [read_json(path) for path in reconciled])
    due = windows(plan, DATASETS, verified, years)
    write_report(results / "reports", verification, verified, due, DATASETS, datasets)
    return counted(len(verification["findings"]), "finding")


if __name__ == "__main__":
    with logged("report", snakemake.log[0]) as say:
        say(
            main(
                Path(snakemake.output[0]).parent.parent,
                snakemake.input.checks,
                snakemake.input.get("reconciled", []),
                snakemake.params.datasets,
                set(snakemake.params.years) or None,
            )
        )
