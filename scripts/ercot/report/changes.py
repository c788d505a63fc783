"""What the last run that rebuilt anything changed, and the rows that were there and are no more.

A loss is kept by day: how many rows the day had. It stands, as a finding of the check ``loss``, until a later run has
that many again, or until the rollup itself is deleted; runs between, of other rollups too, carry it on. Which rows were
meant to go is declared with ``accepted_findings``.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ercot.checks.accepted import Acceptance, accept
from ercot.checks.year_facts import EarlierYear
from ercot.core.files import read_json
from ercot.core.findings import EXAMPLES, Finding
from ercot.core.outputs import read_origin
from ercot.core.paths import ResultPaths
from ercot.core.severity import graded
from ercot.core.step_records import read_record
from ercot.core.wording import counted, ranges

UNTOLD = {
    "ended": None,
    "rebuilt": 0,
    "first": True,
    "rollups": [],
    "new": [],
    "gone": [],
    "since": {},
    "losses": [],
    "findings": [],
}
CHECK = "loss"
KINDS = ("gained", "lost")


@dataclass(frozen=True)
class Before:
    """The state before the run."""

    paths: ResultPaths
    changes: dict  # the account that the report before had
    findings: list[dict] | None  # of the report before, None where there was none

    def facts(self, dataset: str, year: int) -> EarlierYear | None:
        """Return what the checks found in a rollup that the run replaced."""
        try:
            return read_record(self.paths.before(dataset, f"{year}.facts.json"), EarlierYear)
        except (OSError, ValueError):
            return None

    def rows(self, dataset: str, year: int) -> dict | None:
        """Return how many rows the rollup gained, lost and changed; None where that was not compared."""
        found = _read(self.paths.before(dataset, f"{year}.differences.json"))
        made = read_origin(self.paths.made("rollup", dataset, str(year)))
        return found if found and found.get("origin") == made else None


def read_before(paths: ResultPaths) -> Before:
    """Read what planning kept of the state before the run."""
    report = _read(paths.before("verification.json"))
    changes = UNTOLD | (_read(paths.before("changes.json")) or {})
    return Before(paths, changes, report and report["findings"])


def account(
    before: Before,
    rebuilt: Collection[tuple[str, int]],
    verified: list[dict],
    findings: list[dict],
    ended: str,
    accepted: Sequence[Acceptance] = (),
) -> dict:
    """Return the content of changes.json.

    It keeps what the last run that rebuilt anything changed; in ``since``, by dataset and year, when each rollup got
    the rows that it has; in ``losses`` how many rows the days had that have fewer now; ``findings`` tell of those.
    ``rebuilt`` are the rollups that were rebuilt, ``verified`` and ``findings`` those of the new report, ``ended``
    when it was made.
    """
    now = {(year["dataset"], year["year"]): year for year in verified}
    made = [place for place in rebuilt if place in now]
    kept = {name: before.changes[name] for name in UNTOLD}
    if made:
        told = [_of_rollup(before, now[place]) for place in made]
        kept |= {"ended": ended, "rebuilt": len(made), "first": before.findings is None}
        kept["rollups"] = [entry for entry in told if _says_something(entry)]
        kept["since"] = kept["since"] | {_name(entry): ended for entry in kept["rollups"]}
        kept |= dict(zip(("new", "gone"), _of_findings(before.findings or [], findings, now), strict=True))
    losses = list(_losses(before, made, now, ended))
    return kept | {"losses": losses, "findings": [graded(found) for found in _findings(losses, now, accepted)]}


def _of_rollup(before: Before, year: dict) -> dict:
    """Compare a rollup with the one that it replaced; ``rows`` is None where there was none to compare with."""
    dataset, number = year["dataset"], year["year"]
    old, rows = before.facts(dataset, number), before.rows(dataset, number)
    counts, days = _times(old), _times(year)
    both = counts.keys() | days.keys()
    return {
        "dataset": dataset,
        "year": number,
        "is_new": old is None,
        "before": old["ledger"]["rows_written"] if old else 0,
        "now": year["ledger"]["rows_written"],
        "rows": rows and {name: rows[name] for name in (*KINDS, "changed")},
        "days": {"gained": sorted(days.keys() - counts.keys()), "lost": sorted(counts.keys() - days.keys())},
        "intervals": {
            "gained": sum(max(0, days.get(day, 0) - counts.get(day, 0)) for day in both),
            "lost": sum(max(0, counts.get(day, 0) - days.get(day, 0)) for day in both),
        },
    }


def _times(facts: dict | None) -> dict[str, int]:
    return facts["days"] if facts else {}


def _says_something(entry: dict) -> bool:
    numbers = [*(entry["rows"] or {}).values(), *entry["intervals"].values(), entry["now"] - entry["before"]]
    return entry["is_new"] or any(numbers)


def _of_findings(old: list[dict], new: list[dict], now: dict) -> tuple[list[dict], list[dict]]:
    """Return the findings that came and those that went, by dataset, year and check."""
    before, after = (_by_check(findings, now) for findings in (old, new))
    came = [entry | {"before": before.get(place, {}).get("count", 0)} for place, entry in after.items()]
    went = [entry for place, entry in before.items() if place not in after]
    return [entry for entry in came if entry["count"] > entry["before"]], went


def _by_check(findings: list[dict], now: dict) -> dict[tuple, dict]:
    """Return one entry for each dataset, year and check: the sum of the counts, the message of the largest finding."""
    groups: dict[tuple, list[dict]] = {}
    for finding in findings:
        place = (finding["dataset"], finding["year"], finding["check"])
        if finding["severity"] != "info" and (place[:2] in now or place[0] is None):
            groups.setdefault(place, []).append(finding)
    found = {}
    for place, group in groups.items():
        largest = max(group, key=lambda finding: finding["count"])
        entry = {name: largest[name] for name in ("dataset", "year", "check", "severity", "message")}
        found[place] = entry | {"count": sum(finding["count"] for finding in group)}
    return found


def _losses(before: Before, made: list[tuple[str, int]], now: dict, ended: str) -> Iterator[dict]:
    """Yield what stands of earlier losses, with those of this run."""
    standing = {_place(loss): loss for loss in before.changes["losses"]}
    for place in sorted({*standing, *made}):
        loss = standing.get(place, {"days": {}, "since": ended})
        days = dict(loss["days"])
        if place in made and (old := before.facts(*place)):
            days |= {day: max(rows, days.get(day, 0)) for day, rows in old.get("rows", {}).items()}
        if place in now:
            there = now[place].get("rows", {})
            days = {day: rows for day, rows in sorted(days.items()) if there.get(day, 0) < rows}
        if days and (place in now or before.paths.annual(place[0], str(place[1])).exists()):
            yield {"dataset": place[0], "year": place[1], "since": loss["since"], "days": days}


def _findings(losses: list[dict], now: dict, accepted: Sequence[Acceptance]) -> Iterator[dict]:
    """Yield the findings of losses, those that are accepted as such, and the entries that accept none."""
    entries, used = [entry for entry in accepted if entry.check == CHECK], set()
    for loss in losses:
        rest = dict(loss["days"]) if _place(loss) in now else {}
        for entry in (entry for entry in entries if entry.dataset == loss["dataset"] and entry.days):
            part = {day: rows for day, rows in rest.items() if entry.covers(date.fromisoformat(day))}
            rest = {day: rows for day, rows in rest.items() if day not in part}
            if part:
                used.add(entry.number)
                yield entry.to_finding(_finding(loss | {"days": part}, now).to_json())
        if rest:
            shown, numbers = accept([_finding(loss | {"days": rest}, now).to_json()], entries)
            used |= numbers
            yield from shown
    yield from (entry.to_idle_finding() for entry in entries if entry.number not in used)


def _finding(loss: dict, now: dict) -> Finding:
    there = now[_place(loss)].get("rows", {})
    lost = {day: rows - there.get(day, 0) for day, rows in loss["days"].items()}
    count, days = sum(lost.values()), counted(len(lost), "day")
    message = f"{counted(count, 'row')} of {days} lost in the run of {loss['since'][:10]}"
    if len(lost) <= EXAMPLES:
        shown = [f"{day}: {rows:,} of {counted(loss['days'][day], 'row')}" for day, rows in lost.items()]
    else:
        shown = ranges([date.fromisoformat(day) for day in lost])[:EXAMPLES]
    return Finding(loss["dataset"], loss["year"], CHECK, count, message, shown)


def _name(entry: dict) -> str:
    return f"{entry['dataset']} {entry['year']}"


def _place(entry: dict) -> tuple[str, int]:
    return entry["dataset"], entry["year"]


def _read(path: Path) -> dict | None:
    try:
        return read_json(path)
    except (OSError, ValueError):
        return None
