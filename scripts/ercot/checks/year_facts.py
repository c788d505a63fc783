"""What is known of a year of a dataset after its rollup was checked: the form of its `facts.json`."""

from typing import Any, NotRequired, TypedDict

from ercot.core.findings import FindingRecord
from ercot.normalize.ledger import EmptyFile, RejectedFile
from ercot.raw.header_registry import HeaderRecord


class YearFacts(TypedDict):
    """One dataset in one year. Days are ISO dates, times ISO times in UTC, months YYYY-MM."""

    dataset: str
    year: int
    ledger: dict[str, int | bool]  # counts of `normalize.ledger`; `balanced` is true where they add up
    findings: list[FindingRecord]
    rejected_files: list[RejectedFile]
    empty_files: list[EmptyFile]
    rejected_days: NotRequired[dict[str, int]]  # rows rejected, by the first day of their file
    ignored: list[str]
    days: dict[str, int]  # distinct times of each day that has rows
    missing: dict[str, list[str]]  # times that days with rows lack
    bytes: int  # of the rollup
    hours: dict[str, str]  # of each day one mark an hour, see `coverage.hours`
    rows: dict[str, int]  # of each day
    corrected: dict[str, int]  # corrected prices by month
    prices: list[dict[str, Any]]  # distribution of each price column, see `facts.prices`
    revised: dict[str, dict[str, Any]]  # replaced rows by month, see `checks.revised`
    headers: list[HeaderRecord]


class EarlierYear(TypedDict):
    """What the report compares a new rollup with."""

    ledger: dict[str, int | bool]
    days: dict[str, int]
    rows: NotRequired[dict[str, int]]


class DerivedFacts(TypedDict):
    """A derived rollup of one year."""

    derived: str
    year: int
    rows: int
    findings: list[FindingRecord]


class RunsMissing(TypedDict):
    """SCED runs that a dataset lacks on a day and another one has."""

    dataset: str
    day: str
    missing: list[str]


class MoreFindings(TypedDict):
    """What the report reads of years held against each other, and of derived rollups."""

    findings: list[FindingRecord]
    runs: NotRequired[list[RunsMissing]]
