"""The standing report in its forms, all made from the same findings."""

from pathlib import Path

from ercot.catalog.model import Dataset
from ercot.core.files import write_json, write_text
from ercot.report.content import ReportInput, gather
from ercot.report.html.page import page
from ercot.report.tables import write_findings
from ercot.report.text.changes import changes_markdown
from ercot.report.text.markdown import markdown
from ercot.workflow.benchmarks import Job, write_csv


def write_report(outputs: dict[str, str], given: ReportInput, catalog: dict[str, Dataset], jobs: list[Job]) -> None:
    """Write the forms of the report to the paths in ``outputs``, but for gaps.csv and wanted.csv.

    ``jobs`` is how the run went. verification.json and findings.parquet tell of the raw tree alone: they are the same
    for the same raw files; the other forms tell of the run too.
    """
    content = gather(given, catalog)
    write_json(outputs["verification"], given.verification)
    write_json(outputs["run"], given.run)
    write_json(outputs["changes"], given.changes)
    write_text(outputs["changes_text"], changes_markdown(given.changes))
    write_text(outputs["markdown"], markdown(content))
    write_text(outputs["page"], page(content, jobs))
    write_findings(outputs["findings"], given.verification)
    write_csv(jobs, Path(outputs["jobs"]))
