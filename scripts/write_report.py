"""Write the standing report in its forms."""

from pathlib import Path

from ercot.catalog import DATASETS
from ercot.core.files import read_json
from ercot.core.wording import counted
from ercot.planning.plan import read_plan
from ercot.report import write_report
from ercot.report.verification import assemble, orphans_of, windows
from ercot.workflow.benchmarks import read_jobs
from ercot.workflow.job_log import logged


def main(
    results: Path, checks: list[str], others: list[str], datasets: list[str], years: set[int] | None, lost: list[str]
) -> str:
    """Write the report and return a line for the log.

    ``checks`` are files with what is told of each rollup, ``others`` those with findings of another origin, ``lost``
    the derived rollups whose sources are gone.
    """
    plan = read_plan(results / "interim")
    verified = [read_json(path) for path in checks]
    orphans = [*orphans_of(results, plan, datasets, years), *lost]
    verification = assemble(plan, DATASETS, verified, orphans, years, [read_json(path) for path in others], datasets)
    due = windows(plan, DATASETS, verified, years)
    jobs = [job for job in read_jobs(results) if job.rule != "write_report"]  # that record is of an earlier report
    write_report(results / "reports", verification, verified, due, DATASETS, datasets, jobs)
    return counted(len(verification["findings"]), "finding")


if __name__ == "__main__":
    with logged("report", snakemake.log[0]) as say:
        say(
            main(
                Path(snakemake.output[0]).parent.parent,
                snakemake.input.checks,
                [*snakemake.input.get("reconciled", []), *snakemake.input.get("derived", [])],
                snakemake.params.datasets,
                set(snakemake.params.years) or None,
                snakemake.params.lost,
            )
        )
