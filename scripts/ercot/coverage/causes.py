"""Why a day, an interval or a SCED run that was due is missing, and what to do about it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from ercot.catalog.model import Dataset
from ercot.coverage.due import Window
from ercot.coverage.patterns import file_name
from ercot.raw.file_names import NameReader
from ercot.raw.receipts import Absence

AbsenceOf = Callable[[Dataset, date], str]  # what receipts say of a missing day, see `raw.receipts.absence_of`
Place = tuple[str, date]  # a dataset and an operating day


UNCERTAIN = "damaged here, or published so: a new download shows which"


class Action(StrEnum):
    """What to do about something that is missing, in the order of wanted.csv."""

    DOWNLOAD = "download"
    PUT_BACK = "put_back"  # or else download
    RENAME = "rename"
    LOOK = "look"  # at rejected rows: a download brings the same, as a rule
    ACCEPT = "accept"  # there is nothing to download


@dataclass(frozen=True)
class Cause:
    """Why something is missing."""

    name: str  # in wanted.csv
    action: Action  # in wanted.csv
    meaning: str
    fault: str  # whose it is, as far as that can be known
    advice: str
    check: str = "gap"  # the check whose findings say what to do about it


REJECTED = Cause(
    "rejected_file",
    Action.DOWNLOAD,
    "in the raw folder, in a file that was rejected",
    UNCERTAIN,
    "download it again; where ERCOT's copy is the same, the fault is ERCOT's",
    "unreadable_file",
)
MISNAMED = Cause(
    "misnamed_file",
    Action.RENAME,
    "in the raw folder, under a name that is none of ERCOT's",
    "renamed here, or the download is not finished",
    "restore ERCOT's name, or finish the download",
    "unclaimed_file",
)
EMPTY = Cause(
    "no_rows",
    Action.DOWNLOAD,
    "in the raw folder, in a file with a header and no row",
    UNCERTAIN,
    "download it again; where ERCOT's copy is the same, ERCOT published nothing: list the day as accepted "
    "(accepted_findings in config/README.md)",
)
LOST = Cause(
    "lost",
    Action.PUT_BACK,
    "there in an earlier run and gone since",
    "removed, damaged or renamed here",
    "put the raw files back as they were; else download them again",
    "loss",
)
ROWS = Cause(
    "rejected_rows",
    Action.LOOK,
    "of a day of which rows were rejected",
    UNCERTAIN,
    "look at these rows in rejected/; nothing is left to do where ERCOT published them so",
    "rejected_rows",
)
PARTIAL = Cause(
    "not_in_file",
    Action.DOWNLOAD,
    "not in the file of the day, which was read",
    UNCERTAIN,
    "download it again; where ERCOT's copy is the same, the fault is ERCOT's",
)
NOT_POSTED = Cause(
    "not_posted",
    Action.ACCEPT,
    "not published: ERCOT lists no file for it",
    "ERCOT's",
    "nothing to download: list it as accepted (accepted_findings in config/README.md)",
)
NOT_HERE = Cause(
    "not_here",
    Action.DOWNLOAD,
    "never in the raw folder",
    "not downloaded here, or never published: ERCOT's page of the report shows which",
    "download it from ERCOT's page of the report, or with workflows/fetch.smk, which notes what ERCOT never published",
)
CAUSES = (MISNAMED, LOST, REJECTED, EMPTY, ROWS, PARTIAL, NOT_POSTED, NOT_HERE)  # the first that holds counts


@dataclass(frozen=True)
class Missing:
    """A whole day, or an interval or SCED run of another day, that was due and is not there."""

    dataset: str
    year: int
    day: date
    time: datetime | None  # in UTC; None of a whole day
    name: str  # of the file that would hold it, with `*` for what cannot be known
    receipt: str  # what receipts say, blank where there is none
    cause: Cause


@dataclass(frozen=True)
class Evidence:
    """What is known of days that may be missing, by dataset and operating day."""

    rejected: dict[Place, list[list[str]]]  # names of each file that was rejected, its containers' first
    misnamed: dict[Place, list[list[str]]]
    empty: set[Place]
    lost: set[Place]
    rejected_rows: set[Place]
    absence: AbsenceOf


def evidence_of(
    names: NameReader,
    rejected: Iterable[dict],
    unclaimed: Iterable[Sequence[str]],
    verified: Iterable[dict],
    losses: Iterable[dict],
    absence: AbsenceOf,
) -> Evidence:
    """Collect what is known.

    ``rejected`` are the files of verification.json, ``unclaimed`` those of the plan, ``verified`` the facts of years,
    ``losses`` those of changes.json.
    """
    lost = {(loss["dataset"], date.fromisoformat(day)) for loss in losses for day in loss["days"]}
    found = Evidence(defaultdict(list), defaultdict(list), set(), lost, set(), absence)
    for entry in rejected:
        bases = bases_of(entry["file"])
        day = names.read_innermost(bases).day
        if entry["dataset"] and day:
            found.rejected[entry["dataset"], day].append(bases)
    for file, _, dataset in unclaimed:
        bases = bases_of(file)
        day = names.held_in(bases[-1]).day
        if dataset and day:
            found.misnamed[dataset, day].append(bases)
    for year in verified:
        days = [day for entry in year.get("empty_files", ()) for day in entry["days"]]
        found.empty.update((year["dataset"], date.fromisoformat(day)) for day in days)
        found.rejected_rows.update((year["dataset"], date.fromisoformat(day)) for day in year.get("rejected_days", ()))
    return found


def missing_with_causes(catalog: Mapping[str, Dataset], windows: Iterable[Window], evidence: Evidence) -> list[Missing]:
    """Return all that is missing in some windows, by dataset and day."""
    found = []
    evidence = replace(evidence, rejected=_copied(evidence.rejected), misnamed=_copied(evidence.misnamed))
    for window in windows:
        dataset = catalog[window.dataset]
        places = [(day, None) for day in window.missing] + [(day, t) for day, ts in window.times.items() for t in ts]
        for day, time in sorted(places, key=lambda place: (place[0], str(place[1]))):
            name, receipt = file_name(dataset, day, time), evidence.absence(dataset, day)
            cause = _cause(dataset, day, time, name, receipt, evidence)
            found.append(Missing(dataset.id, window.year, day, time, name, receipt, cause))
    return found


def _cause(dataset: Dataset, day: date, time: datetime | None, name: str, receipt: str, known: Evidence) -> Cause:
    place = (dataset.id, day)
    by_interval = name != file_name(dataset, day) if time else False  # whether there is one file an interval
    checks = (
        (MISNAMED, lambda: _take(known.misnamed.get(place, []), f"*{name}", by_interval)),
        (LOST, lambda: place in known.lost),
        (REJECTED, lambda: _take(known.rejected.get(place, []), name, by_interval)),
        (EMPTY, lambda: time is None and place in known.empty),
        (ROWS, lambda: place in known.rejected_rows),
        (PARTIAL, lambda: time is not None and not by_interval),
        (NOT_POSTED, lambda: receipt == Absence.NOT_POSTED),
    )
    return next((cause for cause, holds in checks if holds()), NOT_HERE)


def _take(files: list[list[str]], pattern: str, by_interval: bool) -> bool:
    """Say whether one of some files is the one of a name; a file of one interval stands for one only."""
    if not by_interval:
        return bool(files)
    found = next((file for file in files if any(fnmatchcase(base, pattern) for base in file)), None)
    if found is None:
        return False
    files.remove(found)  # of a copy
    return True


def _copied(files: dict[Place, list[list[str]]]) -> dict[Place, list[list[str]]]:
    return {place: list(found) for place, found in files.items()}


def bases_of(shown: str) -> list[str]:
    """Return the names of a file and of its containers, the outermost first."""
    return [PurePosixPath(part).name for part in shown.split("!")]
