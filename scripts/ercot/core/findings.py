"""The checks: each returns the rows or names that fail, none where all is well; findings are made of those."""

from dataclasses import asdict, dataclass, field

SEVERITIES = ("info", "warning", "critical")
SEVERITY = {
    "ledger": "critical",
    "stale": "critical",
    "schema": "critical",
    "null_key": "critical",
    "duplicate": "critical",
    "order": "critical",
    "digest": "critical",
    "gap": "warning",
    "range": "warning",
    "drift": "warning",
    "unreadable_file": "warning",
    "unclaimed_file": "warning",
    "foreign_date": "warning",
    "rejected_rows": "warning",
    "loss": "warning",
    "reconciliation": "warning",
    "revision": "info",
    "ignored": "info",
    "accepted": "info",
}
MEANING = {  # of the checks of rows
    "schema": "rows or columns are not as declared",
    "null_key": "rows lack a value that must be there",
    "digest": "row groups are not as they were written",
    "order": "rows are not in the order of the key",
    "duplicate": "rows repeat the key of another",
}
OF_ENTITIES = "between first and last appearance"  # in the message of a gap that single entities have


@dataclass(frozen=True)
class Finding:
    """One thing that a reader of the report should know."""

    dataset: str | None
    year: int | None
    check: str
    count: int
    message: str
    examples: list = field(default_factory=list)
    about: str | None = None  # what tells findings of one check apart whatever their numbers: a reason, a column

    @property
    def severity(self) -> str:
        """How bad it is: a property of the check."""
        return SEVERITY[self.check]

    def to_json(self) -> dict:
        """Return the finding under the report's keys."""
        content = asdict(self)
        content["examples"] = [str(example) for example in self.examples]
        if self.about is None:
            del content["about"]
        return {k: content[k] for k in ("dataset", "year", "check")} | {"severity": self.severity} | content


def at_or_above(findings: list[dict], level: str) -> list[dict]:
    """Return the findings that make a run fail at a level: critical, warning, or never."""
    if level == "never":
        return []
    return [f for f in findings if SEVERITIES.index(f["severity"]) >= SEVERITIES.index(level)]


def line_of(finding: dict) -> str:
    """Write a finding as one line; what is about no dataset or no year is about the whole tree or all years."""
    place = " ".join(str(part) for part in (finding["dataset"], finding["year"]) if part) or "whole tree"
    return f"{finding['severity']}: {place}: {finding['check']}: {finding['message']}"
