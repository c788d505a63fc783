"""The few things that matter most, each with what to do about it."""

from collections import Counter

from ercot.core.findings import is_of_entities
from ercot.core.severity import CHECKS
from ercot.core.wording import counted, ranges
from ercot.coverage.causes import Cause, Missing
from ercot.report.content import Content
from ercot.report.gaps import amount, by_cause
from ercot.report.groups import Group, grouped, spans

MOST = 5
PLACES = 3
FIRST = ("loss", "gap", "unreadable_file", "unclaimed_file", "rejected_rows")  # of the warnings
FROM_SOURCE = "nothing here: it follows from what its source lacks"

OF_ENTITIES = (
    "compare with rejected rows of these days, and with ERCOT's file; where that lacks them too, nothing is left to do"
)


def worst_things(content: Content, most: int = MOST) -> tuple[list[dict], int]:
    """Return what to look at first, and how many things of some weight are left out.

    Each has ``where``, ``what``, ``advice`` and ``severity``; ``dataset`` and ``check`` are for the filter of the page.
    What is missing is one thing for each cause, and left to the findings that name the same, such as rejected files.
    """
    things = [_of_group(content, group) for group in grouped(content.findings) if group.severity != "info"]
    things = [thing for thing in things if not _is_missing(content, thing)]
    told = {thing["check"] for thing in things}
    causes = by_cause(content.missing).items()
    things += [_of_cause(cause, missing) for cause, missing in causes if cause.check not in told - {"gap"}]
    order = {check: number for number, check in enumerate(FIRST)}
    things.sort(key=lambda t: (t["severity"] != "critical", order.get(t["check"], len(order)), -t["weight"]))
    rank, seen = {}, Counter()
    for thing in things:  # of each check the worst come first, then the second of each; all gaps are the worst
        rank[id(thing)] = seen[thing["check"]]
        seen[thing["check"]] += thing["advice"] == FROM_SOURCE or thing["check"] != "gap"
    things.sort(key=lambda thing: (thing["severity"] != "critical", rank[id(thing)]))
    return things[:most], max(0, len(things) - most)


def advice_on(content: Content, group: Group) -> str:
    """Return what to do about some findings; blank where there is nothing to do."""
    if group.check == "gap" and not content.reads(group.dataset):
        return FROM_SOURCE
    return OF_ENTITIES if group.check == "gap" and is_of_entities(group.message) else CHECKS[group.check].advice


def _of_group(content: Content, group: Group) -> dict:
    place = " ".join(filter(None, [group.dataset or "whole tree", group.span]))
    amount = f" ({group.count:,} in all)" if group.gravest else ""
    told = f"{group.message}{amount}"
    if told and len(group.years) > 1 and group.gravest is None:
        told = f"{group.check}: {told} ({group.count:,} in all)"
    advice = advice_on(content, group)
    facts = {"severity": group.severity, "dataset": group.dataset, "check": group.check, "weight": group.count}
    return {"where": place, "what": told, "advice": advice, "examples": group.examples[:2], "all": _all(group)} | facts


def _is_missing(content: Content, thing: dict) -> bool:
    """Say whether a finding is of missing days and times, which have a cause each; not of what entities lack."""
    return thing["check"] == "gap" and content.reads(thing["dataset"]) and not is_of_entities(thing["what"])


def _all(group: Group) -> bool:
    """Say whether the first two examples are all there are."""
    return group.more == 0 and len(group.examples) <= 2


def _of_cause(cause: Cause, missing: list[Missing]) -> dict:
    by_dataset: dict[str, list[Missing]] = {}
    for one in missing:
        by_dataset.setdefault(one.dataset, []).append(one)
    largest = sorted(by_dataset.values(), key=lambda found: -_weight(found))
    more = [counted(len(largest) - PLACES, "more dataset")] if len(largest) > PLACES else []
    places = "; ".join(f"{found[0].dataset} {amount(found)} ({_days(found)})" for found in largest[:PLACES])
    years = spans(sorted({one.year for one in missing}))
    return {
        "where": f"{', '.join([*(found[0].dataset for found in largest[:PLACES]), *more])} {years}",
        "what": f"{amount(missing)} missing, {cause.meaning}: {places if more or len(largest) > 1 else _days(missing)}",
        "advice": cause.advice,
        "examples": [],
        "all": True,
        "severity": CHECKS["gap"].severity,
        "dataset": missing[0].dataset if len(by_dataset) == 1 else None,
        "check": "gap",
        "weight": _weight(missing),
    }


def _days(missing: list[Missing]) -> str:
    """Name days, the newest first."""
    days = list(reversed(ranges(sorted({one.day for one in missing}))))
    more = f" and {counted(len(days) - PLACES, 'more span')} of days" if len(days) > PLACES else ""
    return ", ".join(days[:PLACES]) + more


def _weight(missing: list[Missing]) -> int:
    return sum(24 if one.time is None else 1 for one in missing)
