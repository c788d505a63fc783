"""The standing report in its forms, all made from the same findings."""

from pathlib import Path

from ercot.catalog.model import Dataset
from ercot.core.files import write_json, write_text
from ercot.report.facts import gather
from ercot.report.markdown import markdown
from ercot.report.page import page
from ercot.report.tables import write_findings, write_gaps
from ercot.report.verification import Window
from ercot.workflow.benchmarks import Job, write_csv


def write_report(
    outputs: dict[str, str],
    verification: dict,
    verified: list[dict],
    windows: list[Window],
    catalog: dict[str, Dataset],
    selected: list[str],
    jobs: list[Job],
) -> None:
    """Write the forms of the report to the paths in ``outputs``: verification, markdown, page, findings, gaps, jobs.

    ``verified`` is what `verify` returned for each year, ``windows`` what each should cover, ``selected`` the
    datasets that were asked for, ``jobs`` how the run went: the page and jobs.csv alone tell of those, so that the
    rest is the same for the same raw files.
    """
    facts = gather(verification, verified, windows, catalog, selected)
    write_json(outputs["verification"], verification)
    write_text(outputs["markdown"], markdown(facts))
    write_text(outputs["page"], page(facts, jobs))
    write_findings(outputs["findings"], verification)
    write_gaps(outputs["gaps"], verified, windows)
    write_csv(jobs, Path(outputs["jobs"]))
