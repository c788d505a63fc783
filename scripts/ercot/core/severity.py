"""The checks by name: how bad a finding of each is, and what to do about it.

Severity is decided when findings are read: files that jobs leave for the report hold none.
"""

from dataclasses import dataclass

SEVERITIES = ("info", "warning", "critical")
OUR_FAULT = "do not use it, and report an error of this workflow"


@dataclass(frozen=True)
class Check:
    """One check. ``advice`` is what a user should do about its findings, blank where there is nothing to do."""

    severity: str
    advice: str = ""


CHECKS = {
    "ledger": Check("critical", OUR_FAULT),
    "stale": Check(
        "critical", "restore the raw files, or delete what is left with `ercot prune`; else run again with --forceall"
    ),
    "schema": Check("critical", OUR_FAULT),
    "null_key": Check("critical", OUR_FAULT),
    "duplicate": Check("critical", OUR_FAULT),
    "order": Check("critical", OUR_FAULT),
    "digest": Check("critical", "delete this rollup and run again; where that does not help, run with --forceall"),
    "gap": Check("warning", "wanted.csv says of each missing day or time why it is missing, and where ERCOT has it"),
    "range": Check("warning", "compare these values with ERCOT's copy before using them"),
    "drift": Check("warning", "declare the column in the catalog"),
    "unreadable_file": Check(
        "warning",
        "download these files again; where ERCOT's copy is the same, the fault is ERCOT's; "
        "where it is a folder, give the right to list it",
    ),
    "unclaimed_file": Check("warning"),  # its messages say what to do
    "foreign_date": Check("warning", "compare with ERCOT's copy, and download again or rename what is wrong"),
    "rejected_rows": Check(
        "warning", "compare these lines with ERCOT's copy; nothing is left to do where they were published so"
    ),
    "loss": Check(
        "warning",
        "put back the raw files as they were (wanted.csv says which are gone, rejected, renamed or empty); rows that "
        "were meant to go: list their days as accepted (accepted_findings in config/README.md)",
    ),
    "reconciliation": Check("warning", "compare both reports with ERCOT's copies before using these values"),
    "revision": Check("info"),
    "ignored": Check("info"),
    "accepted": Check("info"),
}


def graded(finding: dict) -> dict:
    """Return a finding with its severity."""
    severity = {"severity": CHECKS[finding["check"]].severity}
    return {k: finding[k] for k in ("dataset", "year", "check")} | severity | finding | severity


def at_or_above(findings: list[dict], level: str) -> list[dict]:
    """Return the findings that make a run fail at a level: critical, warning, or never."""
    if level == "never":
        return []
    return [f for f in findings if SEVERITIES.index(f["severity"]) >= SEVERITIES.index(level)]
