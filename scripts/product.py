"""Write what explains the results: a README, a DuckDB database of views, a data package, checksums of all files."""

import ercot.core.process  # first: see there

import hashlib
from pathlib import Path

from ercot.catalog import DATASETS
from ercot.checks.year_facts import DerivedFacts, YearFacts
from ercot.core.files import read_json, write_json, write_text
from ercot.core.paths import ResultPaths
from ercot.core.step_records import read_record
from ercot.core.wording import counted
from ercot.planning.plan import Plan, read_plan
from ercot.product.package import checksums, data_package, sums_text
from ercot.product.readme import readme
from ercot.product.views import write_database
from ercot.rollup.derived_tables import DERIVED
from ercot.tables.schema import annual_table
from ercot.workflow.job import job


def main(plan: Plan, paths: ResultPaths, records: list[str], facts: list[str], outputs: dict[str, str]) -> str:
    """Write these files and return a line for the log."""
    years = [read_record(path, YearFacts) for path in facts]
    sums = checksums(paths, [Path(record) for record in records])
    tables = {
        paths.name(paths.annual(year["dataset"], str(year["year"]))): (
            annual_table(DATASETS[year["dataset"]]),
            year["ledger"]["rows_written"],
        )
        for year in years
    }
    for name, year in plan.reported_derived:
        rows = read_record(paths.derived_facts(name, year), DerivedFacts)["rows"]
        tables[paths.name(paths.derived(name, year))] = (DERIVED[name].table, rows)
    write_json(outputs["package"], data_package(tables, sums))
    write_text(outputs["readme"], readme(tables, paths.results))
    sha256 = {name: sha256 for name, (_, sha256) in sums.items()}
    for name, path in (("package", paths.data_package), ("readme", paths.readme)):
        sha256[path.name] = hashlib.sha256(Path(outputs[name]).read_bytes()).hexdigest()
    write_text(outputs["sums"], sums_text(sha256))
    told = read_json(paths.report("verification.json")) | {"years": years}
    views = {name: table for name, (table, _) in tables.items()}
    of_plan = [DATASETS[name] for name in plan.batches]
    write_database(outputs["database"], paths, views, of_plan, told, sha256[paths.data_package.name])
    return f"{counted(len(tables), 'rollup')}, {counted(len({table.id for table in views.values()}), 'view')}"


if __name__ == "__main__":
    paths = ResultPaths(Path(snakemake.output.sums).parent)
    with job(snakemake) as this:
        inputs = snakemake.input
        this.log(main(read_plan(paths.interim), paths, inputs.records, inputs.facts, this.outputs))
