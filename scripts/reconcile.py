"""Hold the rollups of one year against each other."""

import ercot.core.process  # first: see there

from pathlib import Path

from ercot.catalog import DATASETS
from ercot.catalog.relations import of_same_runs, relations_of
from ercot.checks.reconciliation import reconcile
from ercot.core.step_records import write_record
from ercot.coverage.runs import missing_runs
from ercot.workflow.job import job


def main(year: int, annual: list[str], target: str) -> str:
    """Check all relations between some rollups of a year and return a line for the log."""
    rollups = {Path(path).parent.name: path for path in annual}
    outcomes = [reconcile(relation, rollups) for relation in relations_of(rollups)]
    findings = [finding.to_json() for outcome in outcomes for finding in outcome.findings(year)]
    compared = [
        {"dataset": o.relation.dataset, "column": o.relation.column, "of": o.relation.of, "compared": o.compared}
        for o in outcomes
    ]
    runs = missing_runs(DATASETS, {dataset: rollups[dataset] for dataset in of_same_runs(rollups)})
    write_record(target, {"year": year, "relations": compared, "findings": findings, "runs": runs})
    return f"{len(outcomes)} relations, {sum(o.compared for o in outcomes):,} rows compared, {len(findings)} findings"


if __name__ == "__main__":
    with job(snakemake) as this:
        this.log(main(int(snakemake.wildcards.year), list(snakemake.input.annual), this.outputs["findings"]))
