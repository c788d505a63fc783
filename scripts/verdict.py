"""Pass or fail what was found: the standing report, or the derived rollups."""

import sys

from ercot.checks.accepted import accept, from_plain
from ercot.core.checks import at_or_above, graded
from ercot.core.files import read_json, write_text
from ercot.core.findings import line_of
from ercot.core.wording import counted
from ercot.workflow.job import job


def main(reports: list[str], fail_on: str, accepted: list[dict]) -> list[dict]:
    """Return the findings at or above the level that fails a run; ``accepted`` is what the reports do not know yet."""
    findings = [finding for path in reports for finding in read_json(path)["findings"]]
    findings = accept(findings, from_plain(accepted))[0] if accepted else findings
    return at_or_above([graded(finding) for finding in findings], fail_on)


if __name__ == "__main__":
    with job(snakemake) as this:
        severe = main(snakemake.input.reports, snakemake.params.fail_on, snakemake.params.accepted)
        for finding in severe:
            this.log(line_of(finding))
        if severe:
            sys.exit(f"{counted(len(severe), 'finding')} at or above '{snakemake.params.fail_on}'")
        write_text(this.outputs["verdict"], f"no finding at or above '{snakemake.params.fail_on}'\n")
