"""The standing report in its forms, all made from the same findings."""

from dataclasses import dataclass, field
from pathlib import Path

from ercot.catalog.model import Dataset
from ercot.core.files import write_json, write_text
from ercot.coverage.due import Window
from ercot.report.content import gather
from ercot.report.html.page import page
from ercot.report.tables import write_findings
from ercot.report.text.changes import changes_markdown
from ercot.report.text.markdown import markdown
from ercot.workflow.benchmarks import Job, write_csv


@dataclass(frozen=True)
class Told:
    """What the report is made from."""

    verification: dict  # content of verification.json
    verified: list[dict]  # what `verify` returned for each year
    windows: list[Window]  # what each should cover, without what is accepted
    selected: list[str]  # datasets that were asked for
    run: dict = field(default_factory=dict)  # content of run.json
    changes: dict = field(default_factory=dict)  # content of changes.json


def write_report(outputs: dict[str, str], told: Told, catalog: dict[str, Dataset], jobs: list[Job]) -> None:
    """Write the forms of the report to the paths in ``outputs``, but for gaps.csv and wanted.csv.

    ``jobs`` is how the run went. verification.json and findings.parquet tell of the raw tree alone: they are the same
    for the same raw files; the other forms tell of the run too.
    """
    content = gather(told.verification, told.verified, told.windows, catalog, told.selected, told.run, told.changes)
    write_json(outputs["verification"], told.verification)
    write_json(outputs["run"], told.run)
    write_json(outputs["changes"], told.changes)
    write_text(outputs["changes_text"], changes_markdown(told.changes))
    write_text(outputs["markdown"], markdown(content))
    write_text(outputs["page"], page(content, jobs))
    write_findings(outputs["findings"], told.verification)
    write_csv(jobs, Path(outputs["jobs"]))
