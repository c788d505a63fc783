"""File names: what a name says of a file's dataset, operating day, publication and precedence.

A folder never says anything: only the base names of a member and of the containers around it count.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from ercot.catalog.clocks import Clock
from ercot.catalog.model import Cdr, Dataset, DayFrom, NameDay, Stem

# A name of ERCOT's data repository: `cdr.`, `ext.` or `rpt.`, the id of the document in front where the API's archive
# gave it, the report type, the publication (absent or without a dot in it where a report comes by years), and the
# report's own name.
REPORT = re.compile(r"(?:\d+\.)?[a-z]{3}\.(\d{8})\.\d{16}\.(?:(\d{8})\.?(\d{6}(?:\d{3})?)\.)?(.+)", re.I)
YEAR = re.compile(r"_(\d{4})(?!\d)")
INNER_STAMP = re.compile(r"_(\d{8})_(\d{6}|\d{4})(?!\d)")
REPORT_START = re.compile(r"[a-z]{3}\.\d{8}\.\d{16}\.", re.I)
DISCLOSED = re.compile(r"(?:\d+\.)?(.+?)-(\d{1,2})-([A-Z]{3})-(\d{2})(?!\d)", re.I)
AMERICAN = re.compile(r"(?:\d+\.)?(.+?)_(\d{2})(\d{2})(\d{4})(?:_(\d{6}))?(?!\d)")
# What ERCOT itself gives a container or a member; a zip that a user made says nothing of precedence.
ERCOT_NAME = re.compile(
    r"(?:\d+\.)?(?:[a-z]{3}\.\d{8}\.\d{16}\.|60_Day_(?:DAM|SCED|SASM|COP)_|CompleteCOP_\d{8}"
    r"|60d[_ ].+?(?:-\d{1,2}-[A-Z]{3}-\d\d|_\d{8}))",
    re.I,
)
MARK = re.compile(r"[_ -](SUPPLEMENTAL|CORRECTION)(?![A-Z])", re.I)
ENDING = re.compile(r"\.csv(?:\.gz)?$", re.I)
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DISCLOSURE_LAG = timedelta(days=60)
ONE_DAY = timedelta(days=1)
# Rows are far from what a name says beyond a week: what ERCOT posts late or again is off by a day or a few, while a
# mistaken month or year, or day and month in the wrong order, is off by four weeks at least.
FAR = timedelta(days=7)

# Looked up once, not for each name: Python finds a member of an enumeration in 0.1 µs, and a plan may read half a
# million names.
STAMPED = (NameDay.INTERVAL_END, NameDay.RUN)
DAILY = (NameDay.PUBLISHED, NameDay.DAY_AHEAD, NameDay.DAY_AFTER, NameDay.DISCLOSED, NameDay.OPERATING)
INTERVAL_END = NameDay.INTERVAL_END
BY_NAME = DayFrom.NAME
DISCLOSED_DAY, OPERATING_DAY = NameDay.DISCLOSED, NameDay.OPERATING


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
        self.datasets = datasets
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
        found = REPORT.match(base)
        if not found:
            return self._read_stem(base)
        report_type, published, time, friendly = found.groups()
        published_day = _calendar_day(published) if published else None
        known = self._by_report.get(report_type)
        if known and known[0][1].name_day is NameDay.YEAR:
            first = _first_of_year(friendly)
            return Name(known, first, published=_stamp(base)) if first else NOTHING
        if published_day is None:
            return NOTHING
        if known:
            return self._read_report(report_type, published_day, f"{published}{time:0<9}", friendly)
        return self._read_stem(friendly)

    def read_innermost(self, bases: Sequence[str]) -> Name:
        """Read a member's own name, or else that of the nearest container that has one; outermost first.

        A name in ERCOT's grammar counts also where no dataset reads that report.
        """
        for base in reversed(bases):
            name = self.read(base)
            if name.candidates or REPORT.match(base):
                return name
        return NOTHING

    def held_in(self, base: str) -> Name:
        """Read the name of a known report that stands somewhere within a name; `NOTHING` where none does."""
        places = [found.start() for found in REPORT_START.finditer(base)]
        folded = _fold(base)
        places += [place for stem in self._by_stem if (place := folded.find(stem)) >= 0]
        return next((name for place in places if (name := self.read(base[place:])).candidates), NOTHING)

    def is_unread_part(self, base: str) -> bool:
        """Say whether a name is that of a part of a known report that no dataset reads."""
        found = REPORT.match(base)
        known = self._by_report.get(found[1], ()) if found else ()
        return bool(known) and not any(s.part is None or _holds_part(found[4], s.part) for _, s in known)

    def publication(self, bases: Sequence[str]) -> str:
        """Return the latest publication among a member and its containers, as ``YYYYMMDDHHMMSSmmm``.

        Where none bears a stamp, the day of publication that the member's name says stands in, and "" where it says
        none. Stamps are Central Prevailing Time and compare as text.
        """
        return max(map(_stamp, bases)) or self.read_innermost(bases).published

    def _read_report(self, report_type: str, published_day: date, published: str, friendly: str) -> Name:
        known = self._by_report[report_type]
        if len(known) > 1 or known[0][1].part:
            known = tuple((d, s) for d, s in known if s.part is None or _holds_part(friendly, s.part))
            if not known:
                return NOTHING
        dataset, source = known[0]
        inner_day = _inner_day(source.name_day, friendly)
        day = inner_day or _published_day(source.name_day, published_day)
        sure = inner_day is not None or dataset.clock is Clock.POSTING
        sure = sure and dataset.day_from is BY_NAME and len(known) == 1
        return Name(known, day, sure, published)

    def _read_stem(self, base: str) -> Name:
        for pattern, read_date in ((DISCLOSED, _disclosed_date), (AMERICAN, _american_date)):
            found = pattern.match(base)
            known = self._by_stem.get(_fold(found[1])) if found else None
            named = read_date(found) if known else None
            if known and named:
                rule = known[1].name_day
                day = named - DISCLOSURE_LAG if rule is DISCLOSED_DAY else named
                published = "" if rule is OPERATING_DAY else _published_on(named, found)
                return Name((known,), day, known[0].day_from is BY_NAME, published)
        return NOTHING


def precedence(names: Iterable[str]) -> int:
    """Return 2 for a supplement, 1 for a correction, 0 for the regular posting; only names of ERCOT's count."""
    marks = {mark.upper() for name in names if ERCOT_NAME.match(name) for mark in MARK.findall(name)}
    return 2 if "SUPPLEMENTAL" in marks else int("CORRECTION" in marks)


def unpacked(base: str) -> str:
    """Return a member's name without its ending, so that compression decides nothing."""
    return ENDING.sub("", base)


def is_far(name: Name, day: date) -> bool:
    """Say whether a name holds the operating day and that is far from this one."""
    if not name.candidates or name.candidates[0][1].name_day not in (*STAMPED, *DAILY):
        return False
    return abs(day - name.day) > FAR


def is_xml(base: str) -> bool:
    """Say whether a name is the XML sibling of a report."""
    lower = base.lower()
    return lower.endswith(".xml") or "_xml" in lower


def _fold(stem: str) -> str:
    return stem.replace(" ", "_").lower()


def _holds_part(friendly: str, part: str) -> bool:
    return part in friendly.upper()


def _first_of_year(friendly: str) -> date | None:
    found = YEAR.search(friendly)
    return calendar_day(int(found[1]), 1, 1) if found else None


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


@lru_cache(maxsize=16384)
def _calendar_day(digits: str) -> date | None:
    return calendar_day(int(digits[:4]), int(digits[4:6]), int(digits[6:]))


def _stamp(base: str) -> str:
    """Return the publication stamp of a name, "" where it bears none."""
    found = REPORT.match(base)
    return f"{found[2]}{found[3]:0<9}" if found and found[2] and _calendar_day(found[2]) else ""


def _published_on(named: date, found: re.Match) -> str:
    """Return the publication that a name says by its date, and by the time behind it where there is one."""
    time = found[5] if found.re is AMERICAN and found[5] else "000000"
    return f"{named:%Y%m%d}{time}000"


def _disclosed_date(found: re.Match) -> date | None:
    try:
        return date(2000 + int(found[4]), MONTHS.index(found[3].upper()) + 1, int(found[2]))
    except ValueError:
        return None


def _american_date(found: re.Match) -> date | None:
    return calendar_day(int(found[4]), int(found[2]), int(found[3]))
