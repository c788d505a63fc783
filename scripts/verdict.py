"""Pass or fail what was found: the standing report, or the derived rollups."""

import ercot.core.process  # first: see there

import sys

from ercot.checks.accepted import accept, from_plain
from ercot.core.files import read_json, write_text
from ercot.core.findings import line_of
from ercot.core.severity import at_or_above, graded
from ercot.core.wording import counted
from ercot.workflow.job import job


def main(reports: list[str], accepted: list[dict]) -> list[dict]:
    """Return all findings with their severity; ``accepted`` is what the reports do not know yet."""
    findings = [finding for path in reports for finding in read_json(path)["findings"]]
    findings = accept(findings, from_plain(accepted))[0] if accepted else findings
    return [graded(finding) for finding in findings]


if __name__ == "__main__":
    with job(snakemake) as this:
        findings, level = main(snakemake.input.reports, snakemake.params.accepted), snakemake.params.fail_on
        severe, warnings = at_or_above(findings, level), at_or_above(findings, "warning")
        for finding in severe:
            this.log(line_of(finding))
        if severe:
            sys.exit(f"{counted(len(severe), 'finding')} at or above '{level}'")
        told = f"; {counted(len(warnings), 'finding')} below that: see index.html" if warnings else ""
        write_text(this.outputs["verdict"], f"no finding at or above '{level}'{told}\n")
