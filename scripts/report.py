"""Write the standing report in its forms, and the data sheets of the rollups."""

import ercot.core.process  # first: see there

from collections.abc import Iterable
from pathlib import Path

from ercot.catalog import DATASETS
from ercot.checks.accepted import from_plain
from ercot.checks.year_facts import MoreFindings, YearFacts
from ercot.core.files import write_json
from ercot.core.paths import ResultPaths
from ercot.core.step_records import read_record
from ercot.core.wording import counted
from ercot.coverage.causes import evidence_of, missing_with_causes
from ercot.coverage.due import Limits, clock_of, only_due, windows
from ercot.coverage.wanted import wanted, write_wanted
from ercot.planning.plan import Plan, read_plan
from ercot.raw.file_names import NameReader
from ercot.raw.receipts import absence_of
from ercot.report.changes import account, read_before
from ercot.report.content import ReportInput
from ercot.report.forms import write_report
from ercot.report.run_record import read_run
from ercot.report.tables import write_gaps
from ercot.report.verification import assemble, not_accepted
from ercot.tables.schema import describe
from ercot.workflow.benchmarks import read_jobs
from ercot.workflow.job import job


def main(plan: Plan, paths: ResultPaths, facts: Iterable[str], others: Iterable[str], settings, outputs: dict) -> str:
    """Write the report and return a line for the log.

    ``facts`` are the files with what was found in each rollup, ``others`` those with findings of another kind.
    """
    run = read_run(paths)
    verified = [read_record(path, YearFacts) for path in facts]
    years, accepted = set(settings.years) or None, from_plain(settings.accepted)
    read = [read_record(path, MoreFindings) for path in others]
    runs = [run for other in read for run in other.get("runs", ())]
    due = windows(plan, DATASETS, verified, years, Limits.of(settings.expect_from, settings.expect_until), runs)
    verified = only_due(verified, due)
    verification = assemble(plan, DATASETS, verified, plan.stale, years, read, settings.datasets, due, accepted)
    rebuilt = [(dataset, int(year)) for dataset, year in run["rebuilt"]]
    changes = account(read_before(paths), rebuilt, verified, verification["findings"], run["ended"], accepted)
    jobs = [job for job in read_jobs(paths.results) if job.rule != "report"]  # that record is of an earlier report
    standing = not_accepted(due, accepted)
    absence, names = absence_of(Path(settings.raw_dir)), NameReader(DATASETS)
    rejected = verification["files"]["rejected"]
    evidence = evidence_of(names, rejected, plan.unclaimed, verified, changes["losses"], absence)
    missing = missing_with_causes(DATASETS, standing, evidence)
    counted_years = only_due(verified, standing)
    rows = wanted(DATASETS, missing, rejected, absence)
    selected, clock = settings.datasets, clock_of(plan)
    given = ReportInput(verification, counted_years, standing, selected, run, changes, missing, rows, clock)
    write_report(outputs, given, DATASETS, jobs)
    write_gaps(outputs["gaps"], verified, due)
    write_wanted(outputs["wanted"], rows)
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
