"""verification.md: the findings for a terminal or a pull request."""

from ..checks import SEVERITIES


def markdown(verification: dict) -> str:
    """Return the report as Markdown."""
    findings = verification["findings"]
    counts = ", ".join(f"{sum(f['severity'] == s for f in findings)} {s}" for s in reversed(SEVERITIES))
    parts = ["# Verification", "", f"Findings: {counts}.", "", *_ledger(verification["ledger"]), "", *_findings(findings)]
    return "\n".join(parts) + "\n"


def _ledger(ledger: list[dict]) -> list[str]:
    head = ("dataset", "year", "files read", "rejected", "rows read", "written", "duplicate", "superseded", "rejected", "balanced")
    keys = ("files_read", "files_rejected", "rows_read", "rows_written", "rows_duplicate", "rows_superseded", "rows_rejected")
    rows = [
        (entry["dataset"] or "(unknown)", entry["year"] or "", *(f"{entry[key]:,}" for key in keys), "yes" if entry["balanced"] else "NO")
        for entry in ledger
    ]
    return ["## Where every file and row went", "", *_table(head, rows)]


def _findings(findings: list[dict]) -> list[str]:
    lines = ["## Findings", ""]
    for severity in reversed(SEVERITIES):
        some = [f for f in findings if f["severity"] == severity]
        if some:
            rows = [(f["dataset"] or "", f["year"] or "", f["check"], f["message"], "; ".join(f["examples"][:2])) for f in some]
            lines += [f"### {severity}", "", *_table(("dataset", "year", "check", "what", "for example"), rows), ""]
    return lines if findings else [*lines, "None."]


def _table(head: tuple, rows: list[tuple]) -> list[str]:
    shown = [[str(cell).replace("|", "\\|").replace("\n", " ") for cell in row] for row in (head, *rows)]
    widths = [max(len(row[i]) for row in shown) for i in range(len(head))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in shown]
    return [lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]]
