"""Findings that differ by year and numbers only, put together: one line for `bad_flag` of all years and files."""

import re
from dataclasses import dataclass

from ercot.core.reasons import meaning_of
from ercot.report.content import WORST_FIRST

NUMBER = re.compile(r"[\d,.-]*\d")
# Of these checks each example is one of those that are counted.
SINGLE = {
    "rejected_rows",
    "unreadable_file",
    "unclaimed_file",
    "ignored",
    "stale",
    "foreign_date",
    "range",
    "duplicate",
}
EXAMPLES = 3


@dataclass(frozen=True)
class Group:
    """Some findings of one dataset, or of the whole tree."""

    severity: str
    dataset: str | None
    check: str
    count: int
    years: list[int]
    message: str  # of the gravest
    gravest: int | None  # its year, where there are several
    examples: list[str]
    more: int | None  # examples that are left out; None where there are more, of a number that is not known
    reason: str | None = None  # why it is accepted
    meaning: str = ""  # of the reason that rows are rejected for

    @property
    def span(self) -> str:
        """The years as text: 2011 to 2014, 2016."""
        return spans(self.years)


def grouped(findings: list[dict]) -> list[Group]:
    """Put findings together, the worst first, in the order in which they come."""
    groups: dict[tuple, list[dict]] = {}
    for finding in findings:
        kind = NUMBER.sub("#", finding["message"])
        place = (finding["severity"], finding["dataset"], finding["check"], finding.get("about") or kind)
        groups.setdefault((*place, finding.get("accepted")), []).append(finding)
    found = [_group(group) for group in groups.values()]
    return sorted(found, key=lambda group: WORST_FIRST.index(group.severity))


def spans(years: list[int], to: str = " to ") -> str:
    """Write years as ranges."""
    joined: list[list[int]] = []
    for year in years:
        if joined and year == joined[-1][1] + 1:
            joined[-1][1] = year
        else:
            joined.append([year, year])
    return ", ".join(str(a) if a == b else f"{a}{to}{b}" for a, b in joined)


def _group(findings: list[dict]) -> Group:
    gravest = max(findings, key=lambda finding: finding["count"])
    years = sorted({y for f in findings if f["first"] for y in range(f["first"], f["last"] + 1)})
    count = sum(finding["count"] for finding in findings)
    shown = [example for finding in findings for example in finding["examples"]][:EXAMPLES]
    about = gravest.get("about") if len(findings) > 1 else None
    return Group(
        severity=gravest["severity"],
        dataset=gravest["dataset"],
        check=gravest["check"],
        count=count,
        years=years,
        message=about or gravest["message"],
        gravest=gravest["first"] if len(findings) > 1 and not about else None,
        examples=shown,
        more=_left_out(gravest["check"], findings, shown, count),
        reason=gravest.get("accepted"),
        meaning=meaning_of(gravest.get("about") or ""),
    )


def _left_out(check: str, findings: list[dict], shown: list[str], count: int) -> int | None:
    """Return how many examples are left out: of some checks each example is one of those that are counted."""
    if not shown:
        return 0
    if check in SINGLE:
        return max(0, count - len(shown))
    return 0 if sum(len(finding["examples"]) for finding in findings) == len(shown) < 5 else None
