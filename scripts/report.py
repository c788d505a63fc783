"""Write the standing report in its forms, and the data sheets of the rollups."""

from collections.abc import Iterable
from pathlib import Path

from ercot.catalog import DATASETS
from ercot.core.files import read_json, write_json
from ercot.core.paths import ResultPaths
from ercot.core.wording import counted
from ercot.planning.plan import Plan, read_plan
from ercot.report import write_report
from ercot.report.changes import account, read_before
from ercot.report.run_facts import run_facts
from ercot.report.verification import assemble, windows
from ercot.tables.schema import describe
from ercot.workflow.benchmarks import read_jobs
from ercot.workflow.job import job


def main(plan: Plan, paths: ResultPaths, facts: Iterable[str], others: Iterable[str], settings, outputs: dict) -> str:
    """Write the report and return a line for the log.

    ``facts`` are the files with what was found in each rollup, ``others`` those with findings of another kind.
    """
    run = run_facts(paths)
    verified = [read_json(path) for path in facts]
    years = set(settings.years) or None
    read = [read_json(path) for path in others]
    verification = assemble(plan, DATASETS, verified, plan.stale, years, read, settings.datasets)
    due = windows(plan, DATASETS, verified, years)
    rebuilt = [(dataset, int(year)) for dataset, year in run["rebuilt"]]
    changes = account(read_before(paths), rebuilt, verified, verification["findings"], run["ended"])
    jobs = [job for job in read_jobs(paths.results) if job.rule != "report"]  # that record is of an earlier report
    write_report(outputs, verification, verified, due, DATASETS, settings.datasets, jobs, run, changes)
    for dataset in plan.batches:
        write_json(outputs[f"sheet {dataset}"], describe(DATASETS[dataset]))
    return counted(len(verification["findings"]), "finding")


if __name__ == "__main__":
    paths = ResultPaths(Path(snakemake.output.verification).parent.parent)
    plan = read_plan(paths.interim)
    sheets = {f"sheet {dataset}": str(paths.sheet(dataset)) for dataset in plan.batches}  # as many as the plan has
    with job(snakemake, **sheets) as this:
        others = [*snakemake.input.get("reconciled", []), *snakemake.input.get("derived", [])]
        this.log(main(plan, paths, snakemake.input.facts, others, snakemake.params, this.outputs))
