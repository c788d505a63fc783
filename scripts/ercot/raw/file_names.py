"""File names: what a name says of a file's dataset, operating day, publication and precedence.

A folder never says anything: only the base names of a member and of the containers around it count.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from ercot.catalog.model import Cdr, Clock, Dataset, DayFrom, NameDay, Stem

CDR = re.compile(r"cdr\.(\d{8})\.\d{16}\.(\d{8})\.(\d{6}(?:\d{3})?)\.(.+)", re.I)
INNER_STAMP = re.compile(r"_(\d{8})_(\d{6}|\d{4})(?!\d)")
DISCLOSED = re.compile(r"(.+?)-(\d{1,2})-([A-Z]{3})-(\d{2})(?!\d)", re.I)
AMERICAN = re.compile(r"(.+?)_(\d{2})(\d{2})(\d{4})(?:_(\d{6}))?(?!\d)")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DISCLOSURE_LAG = timedelta(days=60)
ONE_DAY = timedelta(days=1)

# Looked up once, not for each name: Python finds a member of an enumeration in 0.1 µs, and a plan may read half a
# million names.
STAMPED = (NameDay.INTERVAL_END, NameDay.RUN)
INTERVAL_END = NameDay.INTERVAL_END
BY_NAME = DayFrom.NAME


class Name(NamedTuple):
    """What one base name says. ``candidates`` has several datasets only where the header must decide."""

    candidates: tuple[tuple[Dataset, Cdr | Stem], ...] = ()
    day: date | None = None
    sure: bool = False  # the name fixes the operating day: no look into the file is needed
    published: str = ""  # YYYYMMDDHHMMSSmmm in Central Prevailing Time


NOTHING = Name()


class NameReader:
    """The catalog, indexed by what file names hold."""

    def __init__(self, datasets: Mapping[str, Dataset]):
        self._by_report: dict[str, tuple[tuple[Dataset, Cdr], ...]] = {}
        self._by_stem: dict[str, tuple[Dataset, Stem]] = {}
        for dataset in datasets.values():
            for source in dataset.sources:
                if isinstance(source, Cdr):
                    number = f"{source.report_type:08}"
                    self._by_report[number] = (*self._by_report.get(number, ()), (dataset, source))
                else:
                    self._by_stem[_fold(source.stem)] = (dataset, source)

    def read(self, base: str) -> Name:
        """Read a base name; `NOTHING` where no report of the catalog is named so."""
        found = CDR.match(base)
        if found:
            return self._read_cdr(*found.groups())
        return self._read_stem(base)

    def _read_cdr(self, report_type: str, published: str, time: str, friendly: str) -> Name:
        known = self._by_report.get(report_type)
        published_day = _calendar_day(published)
        if not known or published_day is None:
            return NOTHING
        if len(known) > 1 or known[0][1].part:
            known = tuple((d, s) for d, s in known if s.part is None or _holds_part(friendly, s.part))
            if not known:
                return NOTHING
        dataset, source = known[0]
        inner_day = _inner_day(source.name_day, friendly)
        day = inner_day or _published_day(source.name_day, published_day)
        sure = inner_day is not None or dataset.clock is Clock.POSTING
        sure = sure and dataset.day_from is BY_NAME and len(known) == 1
        return Name(known, day, sure, f"{published}{time:0<9}")

    def _read_stem(self, base: str) -> Name:
        for pattern, read_date in ((DISCLOSED, _disclosed_date), (AMERICAN, _american_date)):
            found = pattern.match(base)
            known = self._by_stem.get(_fold(found[1])) if found else None
            named = read_date(found) if known else None
            if known and named:
                day = named - DISCLOSURE_LAG if known[1].name_day is NameDay.DISCLOSED else named
                return Name((known,), day, known[0].day_from is BY_NAME, _named_date(base))
        return NOTHING


def publication(names: Iterable[str]) -> str:
    """Return the latest publication among a member and its containers, as ``YYYYMMDDHHMMSSmmm``.

    Only ``cdr`` stamps count; where there is none, the date in the member's own name stands in, and "" where there
    is no date either. Stamps are Central Prevailing Time and compare as text.
    """
    names = list(names)
    stamps = [f"{found[2]}{found[3]:0<9}" for name in names if (found := CDR.match(name))]
    return max(stamps) if stamps else _named_date(names[-1])


def precedence(names: Iterable[str]) -> int:
    """Return 2 for a supplement, 1 for a correction, 0 for the regular posting."""
    upper = [name.upper() for name in names]
    if any("SUPPLEMENTAL" in name for name in upper):
        return 2
    return int(any("CORRECTION" in name for name in upper))


def is_xml(base: str) -> bool:
    """Say whether a name is the XML sibling of a report."""
    lower = base.lower()
    return lower.endswith(".xml") or "_xml" in lower


def _fold(stem: str) -> str:
    return stem.replace(" ", "_").lower()


def _holds_part(friendly: str, part: str) -> bool:
    return part in friendly.upper()


def _inner_day(rule: NameDay, friendly: str) -> date | None:
    if rule not in STAMPED:
        return None
    found = INNER_STAMP.search(friendly)
    day = _calendar_day(found[1]) if found else None
    if day and rule is INTERVAL_END and found[2].startswith("0000"):
        return day - ONE_DAY
    return day


def _published_day(rule: NameDay, published: date) -> date:
    if rule is NameDay.DAY_AHEAD:
        return published + ONE_DAY
    return published - ONE_DAY if rule is NameDay.DAY_AFTER else published


def calendar_day(year: int, month: int, day: int) -> date | None:
    """Return a date of this century, None where there is none such: a stray year must not found a rollup."""
    try:
        return date(year, month, day) if 2000 <= year < 2100 else None
    except ValueError:
        return None


@cache
def _calendar_day(digits: str) -> date | None:
    return calendar_day(int(digits[:4]), int(digits[4:6]), int(digits[6:]))


def _named_date(base: str) -> str:
    for pattern, read_date in ((DISCLOSED, _disclosed_date), (AMERICAN, _american_date)):
        found = pattern.match(base)
        named = read_date(found) if found else None
        if named:
            time = found[5] if pattern is AMERICAN and found[5] else "000000"
            return f"{named:%Y%m%d}{time}000"
    return ""


def _disclosed_date(found: re.Match) -> date | None:
    try:
        return date(2000 + int(found[4]), MONTHS.index(found[3].upper()) + 1, int(found[2]))
    except ValueError:
        return None


def _american_date(found: re.Match) -> date | None:
    return calendar_day(int(found[4]), int(found[2]), int(found[3]))
