"""What the page and the Markdown say, worked out once: verdict, coverage, gaps, and findings that belong together."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from ercot.catalog.model import Coverage, Dataset
from ercot.core.severity import SEVERITIES
from ercot.core.wording import counted
from ercot.coverage.causes import Missing
from ercot.coverage.due import Window
from ercot.normalize.ledger import FILES, ROWS
from ercot.raw.header_registry import describe
from ercot.report.families import in_order_of_use
from ercot.report.states import state_of, verdict_text

WORST_FIRST = tuple(reversed(SEVERITIES))


@dataclass(frozen=True)
class ReportInput:
    """What the report is made from."""

    verification: dict  # content of verification.json
    verified: list[dict]  # what `verify` returned for each year
    windows: list[Window]  # what each should cover, without what is accepted
    selected: list[str]  # datasets that were asked for
    run: dict = field(default_factory=dict)  # content of run.json
    changes: dict = field(default_factory=dict)  # content of changes.json
    missing: list[Missing] = field(default_factory=list)  # all that is missing in those windows, with its cause
    wanted: list[dict] = field(default_factory=list)  # rows of wanted.csv
    clock: datetime | None = None  # the newest publication of the tree: what was to be published by then was due


@dataclass
class Year:
    """One dataset in one year."""

    dataset: str
    year: int
    window: Window | None  # what it should cover; None where that is not known
    verified: dict | None  # what `verify` returned; None where the year has no files
    findings: list[dict]
    missing: list[Missing] = field(default_factory=list)  # what of it is missing, with its cause

    @property
    def anchor(self) -> str:
        """The id of its part of the page."""
        return f"{self.dataset}-{self.year}"

    @property
    def ledger(self) -> dict:
        """Its counts; zeros where it has no files."""
        return self.verified["ledger"] if self.verified else dict.fromkeys((*FILES, *ROWS), 0) | {"balanced": True}

    @property
    def missing_times(self) -> int:
        """Intervals or SCED runs that are missing on days with rows."""
        return sum(len(times) for times in self.verified["missing"].values()) if self.verified else 0

    @property
    def missing_days(self) -> list[date]:
        """Days without a row."""
        return self.window.missing if self.window else []

    @property
    def days_due(self) -> int:
        """Days that it should cover."""
        return max(0, (self.window.last - self.window.first).days + 1) if self.window else 0

    @property
    def worst(self) -> str | None:
        """Its worst severity."""
        return worst(self.findings)

    @property
    def state(self) -> str:
        """Its verdict, see `states`."""
        return state_of(self.findings, bool(self.missing_days or self.missing_times))


@dataclass
class Subject:
    """One dataset in all years."""

    declared: Dataset
    years: list[Year]
    findings: list[dict]
    headers: list[dict]  # see registry.describe

    @property
    def id(self) -> str:
        """The id of the dataset."""
        return self.declared.id

    @property
    def promises(self) -> bool:
        """Whether a day without rows is a gap."""
        return self.declared.coverage is not Coverage.EVENTS

    @property
    def covered(self) -> float | None:
        """The share of what should be there that is there, over all years; None where nothing is promised."""
        shares = [(share, year.days_due) for year in self.years if (share := coverage(self.declared, year)) is not None]
        due = sum(days for _, days in shares)
        return sum(share * days for share, days in shares) / due if due else None

    def total(self, name: str) -> int:
        """One count of the ledger, over all years."""
        return sum(year.ledger[name] for year in self.years)

    @property
    def balanced(self) -> bool:
        """Whether every file and row is accounted for."""
        return all(year.ledger["balanced"] for year in self.years)

    @property
    def bytes(self) -> int:
        """Size of the rollups."""
        return sum(year.verified["bytes"] for year in self.years if year.verified)


@dataclass
class Content:
    """All that the report shows."""

    subjects: list[Subject]
    absent: list[str]  # datasets that were asked for and have no files
    silent: int  # how many more have none, of those that tell of events only
    years: list[int]
    findings: list[dict]  # joined, the worst first
    counts: Counter  # findings by severity, as in verification.json
    ledger: list[dict]
    files: dict
    run: dict = field(default_factory=dict)  # content of run.json, empty where it is not known
    changes: dict = field(default_factory=dict)  # content of changes.json, likewise
    missing: list[Missing] = field(default_factory=list)  # with its cause
    wanted: list[dict] = field(default_factory=list)  # rows of wanted.csv
    clock: datetime | None = None  # see `ReportInput`
    by_year: dict[int, list[Year]] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """The verdict on the whole tree, see `states`."""
        if not self.ledger:
            return "nothing"
        return state_of(self.findings, bool(self.missing_days or self.missing_times))

    @property
    def verdict_text(self) -> str:
        """The verdict in words."""
        return verdict_text(self.verdict, self.missing_days, self.missing_times, self.counts["warning"])

    @property
    def all_years(self) -> list[Year]:
        """Every dataset and year, in the order of the page."""
        return [year for subject in self.subjects for year in subject.years]

    @property
    def missing_days(self) -> int:
        """Days that were due and have no row, over all datasets."""
        return sum(len(year.missing_days) for year in self.all_years)

    @property
    def missing_times(self) -> int:
        """Intervals and SCED runs that are missing on days with rows, over all datasets."""
        return sum(year.missing_times for year in self.all_years)

    def reads(self, dataset: str | None) -> bool:
        """Say whether a dataset is made from raw files, and not from other rollups."""
        return any(subject.id == dataset for subject in self.subjects)

    def total(self, name: str) -> int:
        """One count of the ledger, over everything, files of no known dataset included."""
        return sum(entry[name] for entry in self.ledger)

    @property
    def unbalanced(self) -> int:
        """Datasets and years whose files or rows do not add up."""
        return sum(not entry["balanced"] for entry in self.ledger)


def gather(given: ReportInput, catalog: dict[str, Dataset]) -> Content:
    """Work out what the report shows.

    Losses stand in changes.json, not in verification.json, and are findings like the others here.
    """
    verification = given.verification
    findings = verification["findings"] + (given.changes["findings"] if given.changes else [])
    read = {(year["dataset"], year["year"]): year for year in given.verified}
    years = _years(given, read, findings)
    subjects = [
        _subject(catalog[name], years, read, findings)
        for name in in_order_of_use(catalog, {year.dataset for year in years})
    ]
    here, events = {s.id for s in subjects}, {d for d in given.selected if catalog[d].coverage is Coverage.EVENTS}
    spanned = [year.year for year in years]
    content = Content(
        subjects=subjects,
        absent=[dataset for dataset in given.selected if dataset not in here | events],
        silent=len(events - here),
        years=list(range(min(spanned), max(spanned) + 1)) if spanned else [],
        findings=joined(findings, read),
        counts=Counter(finding["severity"] for finding in findings),
        ledger=verification["ledger"],
        files=verification["files"],
        run=given.run,
        changes=given.changes,
        missing=given.missing,
        wanted=given.wanted,
        clock=given.clock,
    )
    content.findings.sort(key=_in_order(subjects))
    for year in content.years:
        content.by_year[year] = [y for subject in subjects for y in subject.years if y.year == year]
    return content


def _years(given: ReportInput, read: dict[tuple, dict], findings: list[dict]) -> list[Year]:
    """Return every dataset and year that was read or due, with what was found in it and what it lacks."""
    due = {(window.dataset, window.year): window for window in given.windows}
    found, lacking = defaultdict(list), defaultdict(list)
    for finding in findings:
        found[finding["dataset"], finding["year"]].append(finding)
    for one in given.missing:
        lacking[one.dataset, one.year].append(one)
    places = sorted({*read, *due})
    return [Year(*place, due.get(place), read.get(place), found[place], lacking[place]) for place in places]


def _subject(declared: Dataset, years: list[Year], read: dict[tuple, dict], findings: list[dict]) -> Subject:
    own = [year for year in years if year.dataset == declared.id]
    told = [finding for finding in findings if finding["dataset"] == declared.id]
    headers = [record for year in own if year.verified for record in year.verified.get("headers", [])]
    return Subject(declared, own, joined(told, read), describe(declared, headers))


def _in_order(subjects: list[Subject]) -> Callable[[dict], tuple]:
    """Return by what findings are sorted: the gravest, then in the order of the datasets, the newest first."""
    place = {subject.id: number for number, subject in enumerate(subjects)}
    grave = {name: number for number, name in enumerate(WORST_FIRST)}
    return lambda f: (grave[f["severity"]], place.get(f["dataset"], len(place)), -(f["last"] or 0), f["check"])


def worst(findings: list[dict]) -> str | None:
    """Return the worst severity among findings, None where there are none."""
    return next((s for s in WORST_FIRST if any(f["severity"] == s for f in findings)), None)


def coverage(dataset: Dataset, year: Year) -> float | None:
    """Return the share of the year's days, hours and intervals that is there; None where nothing is promised."""
    if dataset.coverage is Coverage.EVENTS or not year.days_due:
        return None
    days = set() if year.verified is None else set(year.verified["days"])
    there = 0.0
    for day in days:
        if year.window.first.isoformat() <= day <= year.window.last.isoformat():
            have, lack = year.verified["days"][day], len(year.verified["missing"].get(day, ()))
            there += have / (have + lack)
    return there / year.days_due


def joined(findings: list[dict], read: dict) -> list[dict]:
    """Join the findings of years without any file that follow each other, the worst first; adds `first` and `last`."""
    result: list[dict] = []
    runs: dict[str, dict] = {}
    from_files = {dataset for dataset, _ in read}  # derived rollups are not: a gap of theirs is no year without files
    for finding in sorted(findings, key=lambda f: (f["dataset"] or "", f["year"] or 0)):
        dataset, year = finding["dataset"], finding["year"]
        run = runs.get(dataset)
        if finding["check"] != "gap" or (dataset, year) in read or dataset not in from_files:
            result.append(finding | {"first": year, "last": year})
        elif run and run["last"] == year - 1:
            run["last"], run["count"] = year, run["count"] + finding["count"]
            run["message"] = f"no files: {counted(run['count'], 'operating day')} missing"
            run["examples"] = []
        else:
            runs[dataset] = finding | {"first": year, "last": year, "message": f"no files: {finding['message']}"}
            result.append(runs[dataset])
    order = {name: i for i, name in enumerate(WORST_FIRST)}
    return sorted(
        result, key=lambda f: (order[f["severity"]], f["dataset"] or "", f["first"] or 0, f["check"], f["message"])
    )
