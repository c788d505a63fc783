"""The verdicts: on the whole tree, and on a dataset and year."""

from ercot.core.wording import counted

STATES = ("wrong", "stale", "incomplete", "findings", "clean")  # the gravest first
LABELS = {
    "wrong": "wrong",
    "stale": "stale",
    "incomplete": "incomplete",
    "findings": "complete, with findings",
    "clean": "complete and clean",
    "nothing": "nothing read",
}


def state_of(findings: list[dict], lacks: bool) -> str:
    """Return which of `STATES` some findings make, and days or times that are missing."""
    critical = {finding["check"] for finding in findings if finding["severity"] == "critical"}
    if critical - {"stale"}:
        return "wrong"
    if critical:
        return "stale"
    if lacks and any(finding["check"] == "gap" and finding["severity"] != "info" for finding in findings):
        return "incomplete"
    return "findings" if any(finding["severity"] == "warning" for finding in findings) else "clean"


def verdict_text(state: str, days: int, times: int, warnings: int) -> str:
    """Say what a state means for the whole tree."""
    return {
        "wrong": "Wrong: do not use the rollups with critical findings",
        "stale": "Stale: rollups and raw files do not belong together",
        "incomplete": f"Incomplete: {lacking(days, times)} missing of what was due",
        "findings": f"Complete, with {counted(warnings, 'warning')}",
        "clean": "Complete and clean",
        "nothing": "Nothing was read: no file of a known report was found",
    }[state]


def lacking(days: int, times: int) -> str:
    """Say how much is missing."""
    parts = [counted(days, "day")] if days else []
    parts += [counted(times, "interval")] if times or not days else []
    return " and ".join(parts)
