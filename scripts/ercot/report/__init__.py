"""The standing report in its forms, all made from the same findings."""

from pathlib import Path

from ercot.catalog.model import Dataset
from ercot.core.files import write_json, write_text
from ercot.report.changes_text import changes_markdown
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
    run: dict | None = None,
    changes: dict | None = None,
) -> None:
    """Write the forms of the report to the paths in ``outputs``.

    These are verification, markdown, page, findings, gaps, jobs, run, changes and changes_text. ``verified`` is what
    `verify` returned for each year, ``windows`` what each should cover, ``selected`` the datasets that were asked for,
    ``jobs`` how the run went, ``run`` and ``changes`` the content of run.json and changes.json. verification.json,
    gaps.csv and findings.parquet tell of the raw tree alone: the same for the same raw files.
    """
    facts = gather(verification, verified, windows, catalog, selected, run, changes)
    write_json(outputs["verification"], verification)
    write_json(outputs["run"], facts.run)
    write_json(outputs["changes"], facts.changes)
    write_text(outputs["changes_text"], changes_markdown(facts.changes))
    write_text(outputs["markdown"], markdown(facts))
    write_text(outputs["page"], page(facts, jobs))
    write_findings(outputs["findings"], verification)
    write_gaps(outputs["gaps"], verified, windows)
    write_csv(jobs, Path(outputs["jobs"]))
