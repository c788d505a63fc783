"""What to simulate: reports, operating days, how many points, and in which of ERCOT's habits."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ercot.catalog import DATASETS
from ercot.catalog.model import Dataset, NameDay

ZIPPED = (False, "each", "day")
SPRING_LABELS = ("clock", "end", "numbered")
FALL_LABELS = ("flag", "numbered")


class BadRequest(ValueError):
    """A request that no tree can be written for; the message is one line."""


@dataclass(frozen=True)
class Request:
    """One report over a span of operating days (both inclusive).

    ``flagged`` forces the repeated-hour flag on or off (None: as the era prints it). ``spring_labels`` are those of
    the short day: by the clock (hour 3 is absent), by the end of the hour (hour 2 is absent) or numbered 1..23;
    ``fall_labels`` those of the long day: hour 2 twice, or numbered 1..25 (None: numbered where there is no flag).
    ``version`` 1 and up is a later publication in which ``changed`` of the numbers differ from version 0.
    ``source`` chooses among the names under which the report was published.
    """

    dataset_id: str
    first_day: date
    last_day: date
    points: int = 950
    zipped: bool | str = False
    flagged: bool | None = None
    spring_labels: str = "clock"
    fall_labels: str | None = None
    version: int = 0
    changed: float = 0.0
    source: int = 0

    def __post_init__(self):
        """Refuse what cannot be simulated."""
        if self.dataset_id not in DATASETS:
            raise BadRequest(f"no dataset is called {self.dataset_id}")
        if self.last_day < self.first_day:
            raise BadRequest(f"the last day {self.last_day} is before the first day {self.first_day}")
        if self.points < 1:
            raise BadRequest(f"points must be 1 or more, not {self.points}")
        if self.source >= len(self.dataset.sources):
            raise BadRequest(f"{self.dataset_id} has only {len(self.dataset.sources)} kind(s) of name")
        _one_of("zipped", self.zipped, ZIPPED)
        _one_of("spring_labels", self.spring_labels, SPRING_LABELS)
        _one_of("fall_labels", self.fall_labels, (None, *FALL_LABELS))
        self._refuse_unpublished()

    @property
    def dataset(self) -> Dataset:
        """The declaration of the report."""
        return DATASETS[self.dataset_id]

    def days(self) -> Iterator[date]:
        """Yield the operating days."""
        for number in range((self.last_day - self.first_day).days + 1):
            yield self.first_day + timedelta(days=number)

    def last_day_of_file(self, day: date) -> date:
        """Return the last operating day of the file that holds a day: the day itself, unless a year is one file."""
        if self.dataset.sources[self.source].name_day is NameDay.YEAR:
            return min(self.last_day, date(day.year, 12, 31))
        return day

    def columns_on(self, day: date) -> list:
        """Return the columns that the files of an operating day carry, in ERCOT's order."""
        day = self.last_day_of_file(day)
        columns = [c for c in self.dataset.columns if c.header_on(day) is not None]
        flags = [c for c in self.dataset.columns if c.kind.value == "flag"]
        if self.flagged is False:
            return [c for c in columns if c not in flags]
        if self.flagged:
            return [c for c in self.dataset.columns if c in columns or c in flags]
        return columns

    def _refuse_unpublished(self) -> None:
        first, last = self.dataset.first_day, self.dataset.last_day
        if self.first_day < first or (last and self.last_day > last):
            until = f" to {last}" if last else " on"
            raise BadRequest(f"{self.dataset_id} was published from {first}{until}")


def _one_of(name: str, value, allowed: tuple) -> None:
    if not any(value is one or (isinstance(one, str) and value == one) for one in allowed):
        raise BadRequest(f"{name} must be one of {', '.join(map(str, allowed))}, not {value}")
