"""The few things that matter most, each with what to do about it."""

from collections import Counter

from ercot.core.wording import counted
from ercot.report.content import EVERY_DAY, Content, Gap, Subject, gaps
from ercot.report.groups import Group, grouped, spans
from ercot.report.states import ADVICE, lacking

MOST = 5
PLACES = 3
FIRST = ("loss", "gap", "unreadable_file", "unclaimed_file", "rejected_rows")  # of the warnings


def worst_things(content: Content, most: int = MOST) -> tuple[list[dict], int]:
    """Return what to look at first, and how many things of some weight are left out.

    Each has ``where``, ``what``, ``advice`` and ``severity``; ``dataset`` and ``check`` are for the filter of the page.
    """
    things = [_of_group(group) for group in grouped(content.findings) if group.severity != "info"]
    things = [thing for thing in things if thing["check"] != "gap"]
    things += [_of_gaps(subject, found) for subject in content.subjects if (found := unaccepted(subject))]
    order = {check: number for number, check in enumerate(FIRST)}
    things.sort(key=lambda t: (t["severity"] != "critical", order.get(t["check"], len(order)), -t["weight"]))
    rank, seen = {}, Counter()
    for thing in things:  # of each check the worst come first, then the second of each
        rank[id(thing)] = seen[thing["check"]]
        seen[thing["check"]] += 1
    things.sort(key=lambda thing: (thing["severity"] != "critical", rank[id(thing)]))
    return things[:most], max(0, len(things) - most)


def unaccepted(subject: Subject) -> list[Gap]:
    """Return the gaps of a dataset, none where no finding holds them against it."""
    open_gap = any(finding["check"] == "gap" and finding["severity"] != "info" for finding in subject.findings)
    return gaps(subject) if open_gap else []


def _of_group(group: Group) -> dict:
    place = " ".join(filter(None, [group.dataset or "whole tree", group.span]))
    amount = f" ({group.count:,} in all)" if group.gravest else ""
    told = f"{group.message}{amount}"
    if told and len(group.years) > 1 and group.gravest is None:
        told = f"{group.check}: {told} ({group.count:,} in all)"
    advice = ADVICE.get(group.check, "look at the findings")
    facts = {"severity": group.severity, "dataset": group.dataset, "check": group.check, "weight": group.count}
    return {"where": place, "what": told, "advice": advice, "examples": group.examples[:2]} | facts


def _of_gaps(subject: Subject, found: list[Gap]) -> dict:
    days, times = sum(gap.days for gap in found), sum(gap.times for gap in found)
    years = sorted({year for gap in found for year in range(gap.first, gap.last + 1)})
    newest = [_named(gap, place) for gap in reversed(found) for place in gap.where]
    more = f", and {counted(len(newest) - PLACES, 'more place')}" if len(newest) > PLACES else ""
    report = f"download {subject.declared.emil} {subject.declared.title} for these days and run again"
    return {
        "where": f"{subject.id} {spans(years)}",
        "what": f"{lacking(days, times)} missing: {', '.join(newest[:PLACES])}{more}",
        "advice": report,
        "examples": [],
        "severity": "warning",
        "dataset": subject.id,
        "check": "gap",
        "weight": days * 24 + times,
    }


def _named(gap: Gap, place: str) -> str:
    return f"{gap.years}: {place}" if place == EVERY_DAY else place
