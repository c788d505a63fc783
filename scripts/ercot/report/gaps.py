"""What is missing: where it lies, why, and how much of what was due is there."""

from collections.abc import Iterable
from dataclasses import dataclass

from ercot.core.wording import counted, ranges
from ercot.coverage.causes import CAUSES, Cause, Missing
from ercot.report.content import Content, Subject, Year
from ercot.report.states import lacking

EVERY_DAY = "every day"  # of a gap: where it is
DATASETS = 4  # that one line names


@dataclass(frozen=True)
class Gap:
    """Something missing of a dataset, in one year or in years that follow each other."""

    dataset: str
    first: int
    last: int
    days: int  # whole days
    times: int  # intervals or runs on days that have rows
    where: list[str]

    @property
    def years(self) -> str:
        """The years as text."""
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"


def gaps(subject: Subject) -> list[Gap]:
    """Return what a dataset lacks, oldest first; years without any day are joined."""
    found: list[Gap] = []
    for year in subject.years:
        days, times = year.missing_days, year.missing_times
        whole = bool(days) and len(days) == year.days_due
        before = found[-1] if found else None
        if whole and before and before.last == year.year - 1 and before.where == [EVERY_DAY]:
            found[-1] = Gap(subject.id, before.first, year.year, before.days + len(days), 0, before.where)
        elif days or times:
            found.append(Gap(subject.id, year.year, year.year, len(days), times, _where(year, whole)))
    return found


def _where(year: Year, whole: bool) -> list[str]:
    if whole:
        return [EVERY_DAY]
    holes = (
        [f"{day} ({counted(len(times), 'time')})" for day, times in year.verified["missing"].items()]
        if year.verified
        else []
    )
    return [*ranges(year.missing_days), *holes]


def by_cause(missing: Iterable[Missing]) -> dict[Cause, list[Missing]]:
    """Sort what is missing by its cause, in the order of the causes."""
    missing = list(missing)
    found = {cause: [one for one in missing if one.cause == cause] for cause in CAUSES}
    return {cause: some for cause, some in found.items() if some}


def amount(missing: Iterable[Missing]) -> str:
    """Say how many days and times are missing."""
    whole = [one.time is None for one in missing]
    return lacking(sum(whole), len(whole) - sum(whole))


def causes_text(missing: Iterable[Missing]) -> str:
    """Say why something is missing, and how much for each cause; of one cause the amount is left out."""
    found = by_cause(missing)
    if len(found) == 1:
        return next(iter(found)).meaning
    return "; ".join(f"{amount(some)} {cause.meaning}" for cause, some in found.items())


def cause_lines(content: Content) -> list[str]:
    """Say of each cause what is missing of which dataset."""
    lines = []
    for cause, found in by_cause(content.missing).items():
        by_dataset: dict[str, list[Missing]] = {}
        for one in found:
            by_dataset.setdefault(one.dataset, []).append(one)
        told = [f"{amount(some)} of {dataset}" for dataset, some in by_dataset.items()]
        more = [counted(len(told) - DATASETS, "more dataset")] if len(told) > DATASETS else []
        lines.append(f"{', '.join([*told[:DATASETS], *more])}: {cause.meaning} ({cause.fault})")
    return lines


def percent(share: float) -> str:
    """Write a share so that 100 means all of it, and 0 nothing."""
    if share in (0, 1):
        return f"{share:.0%}".rstrip("%")
    shown = min(max(int(share * 1000) / 10, 0.1), 99.9)
    return f"{shown:.1f}" if shown < 10 or shown > 99 else f"{int(shown)}"
