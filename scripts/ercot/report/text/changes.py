"""What the last run changed, in words: for the page, verification.md, changes.md and the terminal."""

from datetime import date

from ercot.core.wording import counted, ranges
from ercot.report.text.plain import plain

MOST = 200  # lines of changes.md
PLACES = 4


def headline(changes: dict) -> str:
    """Say in one line what the last run that rebuilt anything changed, all rollups together."""
    if not changes.get("ended"):
        return "No run has been recorded yet"
    when, rebuilt = changes["ended"][:16].replace("T", " "), counted(changes["rebuilt"], "rollup")
    if changes["first"]:
        return f"First build, {when} UTC: {rebuilt}; there was no earlier state to compare with"
    told = _sums(changes["rollups"]) if len(changes["rollups"]) > 1 else []  # for a single one its own line is enough
    told = told if changes["rollups"] else ["the rows are the same"]
    return f"Last change, {when} UTC: {'; '.join(filter(None, [f'{rebuilt} rebuilt', ', '.join(told)]))}"


def lost_line(changes: dict) -> str | None:
    """Say how many rows are lost that a run before had, None where there are none."""
    losses = [finding for finding in changes.get("findings", []) if finding["check"] == "loss"]
    rows = sum(finding["count"] for finding in losses)
    places = [f"{finding['dataset']} {finding['year']}" for finding in losses]
    more = f" and {len(places) - PLACES} more" if len(places) > PLACES else ""
    return f"{counted(rows, 'row')} lost ({', '.join(places[:PLACES])}{more})" if losses else None


def rollup_line(entry: dict) -> str:
    """Say what changed in one rollup, without its name."""
    if entry["is_new"]:
        return f"new: {counted(entry['now'], 'row')} on {counted(len(entry['days']['gained']), 'day')}"
    parts = []
    rows = entry["rows"] or {"gained": max(0, entry["now"] - entry["before"]), "changed": 0}
    rows |= {} if entry["rows"] else {"lost": max(0, entry["before"] - entry["now"])}
    for kind in ("lost", "gained"):
        if rows[kind]:
            parts.append(f"{counted(rows[kind], 'row')} {kind}")
        if days := entry["days"][kind]:
            named = ranges([date.fromisoformat(day) for day in days])
            more = f", and {len(named) - PLACES:,} more" if len(named) > PLACES else ""
            parts.append(f"{counted(len(days), 'day')} {kind} ({', '.join(named[:PLACES])}{more})")
        if entry["intervals"][kind]:
            parts.append(f"{counted(entry['intervals'][kind], 'interval')} {kind}")
    if rows["changed"]:
        parts.append(f"{counted(rows['changed'], 'row')} with other values")
    return f"{', '.join(parts) or 'nothing'}; {counted(entry['now'], 'row')} now"


def by_weight(rollups: list[dict]) -> list[dict]:
    """Return the rollups that changed, those with losses first, then the newest year."""
    return sorted(rollups, key=lambda entry: (-_lost(entry), -entry["year"], entry["dataset"]))


def finding_lines(changes: dict) -> list[str]:
    """Say which findings came and which went."""
    lines = []
    for name in ("new", "gone"):
        for found in changes.get(name, []):
            grown = f" ({found['count']:,} in all, {found['before']:,} before)" if found.get("before") else ""
            place = " ".join(str(part) for part in (found["dataset"] or "whole tree", found["year"]) if part)
            kind = "changed" if grown else name
            lines.append(f"{kind}: {place}: {found['check']}: {found['message']}{grown}")
    return lines


def changes_markdown(changes: dict) -> str:
    """Return changes.md."""
    lines = ["# What the last run changed", "", f"{headline(changes)}." if changes else "Nothing is known.", ""]
    if lost := lost_line(changes):
        lines += [f"**{lost}.**", ""]
        for found in (found for found in changes["findings"] if found["check"] == "loss"):
            days = "; ".join(found["examples"])
            lines.append(f"- {found['dataset']} {found['year']}: {plain(found['message'])} ({plain(days)})")
        lines.append("")
    told = [f"- {e['dataset']} {e['year']}: {rollup_line(e)}" for e in by_weight(changes.get("rollups", []))]
    lines += _section("Rollups", told) + _section("Findings", [f"- {plain(line)}" for line in finding_lines(changes)])
    return "\n".join(lines).rstrip("\n") + "\n"


def _section(title: str, lines: list[str]) -> list[str]:
    left = [f"- and {len(lines) - MOST:,} more: see changes.json"] if len(lines) > MOST else []
    return [f"## {title}", "", *lines[:MOST], *left, ""] if lines else []


def _lost(entry: dict) -> int:
    return entry["rows"]["lost"] if entry["rows"] else max(0, entry["before"] - entry["now"])


def _sums(rollups: list[dict]) -> list[str]:
    lost = sum(map(_lost, rollups))
    gained = sum(e["rows"]["gained"] if e["rows"] else max(0, e["now"] - e["before"]) for e in rollups)
    changed = sum(e["rows"]["changed"] for e in rollups if e["rows"])
    days = [sum(len(e["days"][kind]) for e in rollups) for kind in ("lost", "gained")]
    parts = [
        (lost, f"{counted(lost, 'row')} lost"),
        (days[0], f"{counted(days[0], 'day')} lost"),
        (gained, f"{counted(gained, 'row')} gained"),
        (days[1], f"{counted(days[1], 'day')} gained"),
        (changed, f"{counted(changed, 'row')} with other values"),
    ]
    return [text for number, text in parts if number]
