"""Findings that a user has looked at and accepts, with the reason: they are shown, and count no more.

The file is YAML, a list of entries such as
``{dataset: rt_mcpc, check: gap, days: [2026-07-31 to 2026-08-26], reason: "not posted by ERCOT"}``.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from ercot.core.findings import Finding
from ercot.core.severity import CHECKS

KEYS = ("dataset", "check", "years", "days", "reason")
ELSEWHERE = ("loss",)  # checks whose findings are not in verification.json, and are held against the entries there
BY_DAY = ("gap", "loss")  # checks of which single days can be accepted
NOT_ACCEPTED = {
    "critical": "says that our own output is wrong, which cannot be accepted",
    "info": "never fails a run",
}
SPAN = re.compile(r"(\S+)\s+to\s+(\S+)")


@dataclass(frozen=True)
class Acceptance:
    """One entry. ``days`` are spans, both ends inclusive; no year and no day means every year."""

    number: int  # in the file, from 1
    dataset: str | None  # None: of the whole tree
    check: str
    years: tuple[int, ...]
    days: tuple[tuple[date, date], ...]
    reason: str

    def covers(self, day: date) -> bool:
        """Say whether it names a day."""
        return any(first <= day <= last for first, last in self.days)

    def fits(self, finding: dict) -> bool:
        """Say whether a whole finding is accepted: those of given days are taken out beforehand."""
        place = (finding["dataset"], finding["check"]) == (self.dataset, self.check)
        return place and not self.days and (not self.years or finding["year"] in self.years)

    def to_finding(self, finding: dict) -> dict:
        """Return an accepted finding as it is shown."""
        message = f"{self.check}, accepted ({self.reason}): {finding['message']}"
        place = (finding["dataset"], finding["year"])
        return Finding(*place, "accepted", finding["count"], message, finding["examples"]).to_json()

    def to_idle_finding(self) -> dict:
        """Return the finding that there is nothing to accept."""
        named = self.dataset or "the whole tree"
        message = f"entry {self.number} of accepted_findings matches nothing any more: {self.check} of {named}"
        return Finding(None, None, "accepted", 1, message, [self.reason]).to_json()


def accept(findings: Iterable[dict], entries: Sequence[Acceptance]) -> tuple[list[dict], set[int]]:
    """Return the findings with accepted ones in the form that counts no more, and the numbers of the entries used."""
    shown, used = [], set()
    for finding in findings:
        entry = next((entry for entry in entries if entry.fits(finding)), None)
        shown.append(entry.to_finding(finding) if entry else finding)
        used |= {entry.number} if entry else set()
    return shown, used


def read_entries(content: object) -> tuple[Acceptance, ...]:
    """Check the content of the file. Raises `ValueError` with one line for the first thing that is wrong."""
    if content is None:
        return ()
    if not isinstance(content, list):
        raise ValueError("must be a list of entries with dataset, check, years or days, reason")
    return tuple(_entry(number, entry) for number, entry in enumerate(content, 1))


def to_plain(entries: Iterable[Acceptance]) -> list[dict]:
    """Return entries as plain values, to be handed to a job; `from_plain` reads them."""
    return [asdict(entry) | {"days": [[a.isoformat(), b.isoformat()] for a, b in entry.days]} for entry in entries]


def from_plain(entries: Iterable[dict]) -> tuple[Acceptance, ...]:
    """Return entries from what `to_plain` made."""
    spans = [tuple((date.fromisoformat(a), date.fromisoformat(b)) for a, b in entry["days"]) for entry in entries]
    return tuple(
        Acceptance(**entry | {"days": days, "years": tuple(entry["years"])})
        for entry, days in zip(entries, spans, strict=True)
    )


def _entry(number: int, entry: object) -> Acceptance:
    where = f"entry {number}"
    if not isinstance(entry, dict) or (odd := [key for key in entry if key not in KEYS]):
        raise ValueError(
            f"{where}: {f'there is no key {odd[0]}' if isinstance(entry, dict) else 'no mapping'}; "
            f"the keys are {', '.join(KEYS)}"
        )
    lacking = [key for key in ("dataset", "check", "reason") if key not in entry or entry[key] == ""]
    if lacking or not entry["check"] or not entry["reason"]:
        raise ValueError(f"{where}: {(lacking or ['check and reason'])[0]} is missing")
    check, dataset = entry["check"], entry["dataset"]
    if check not in CHECKS:
        raise ValueError(f"{where}: {check} is no check")
    if CHECKS[check].severity != "warning":
        raise ValueError(f"{where}: {check} {NOT_ACCEPTED[CHECKS[check].severity]}")
    years, days = _listed(entry.get("years")), _listed(entry.get("days"))
    if days and (years or check not in BY_DAY):
        raise ValueError(f"{where}: days go with check {' or '.join(BY_DAY)}, and not with years; write years instead")
    if dataset and not years and not days:
        raise ValueError(f"{where}: years or days are missing")
    if odd := [year for year in years if isinstance(year, bool) or not isinstance(year, int)]:
        raise ValueError(f"{where}: {odd[0]} is no year")
    spans = tuple(_span(where, day) for day in days)
    return Acceptance(number, dataset, check, tuple(years), spans, " ".join(str(entry["reason"]).split()))


def _listed(value: object) -> list:
    return [] if value is None else value if isinstance(value, list) else [value]


def _span(where: str, value: object) -> tuple[date, date]:
    ends = SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    try:
        first, last = (date.fromisoformat(str(end)) for end in (ends.groups() if ends else (value, value)))
    except ValueError:
        raise ValueError(
            f"{where}: {value} is no day such as 2026-07-31, nor days such as 2026-07-31 to 2026-08-26"
        ) from None
    if last < first:
        raise ValueError(f"{where}: {value} ends before it begins")
    return first, last
