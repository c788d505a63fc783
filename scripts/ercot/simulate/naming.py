"""File names in ERCOT's grammar, the folders they are downloaded to, and when they are published."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from ercot.catalog.clocks import Clock
from ercot.catalog.model import Cdr, Coverage, Dataset, NameDay, Stem
from ercot.simulate.values.labels import CENTRAL, HOUR, Slot

FOLDERS = {
    "NP6-905-CD": "Settlement_Point_Prices_at_Resource_Nodes,_Hubs_and_Load_Zones",
    "NP6-788-CD": "LMPs_by_Resource_Nodes,_Load_Zones_and_Trading_Hubs",
    "NP6-787-CD": "LMPs_by_Electrical_Bus",
    "NP4-190-CD": "DAM_Settlement_Point_Prices",
    "NP4-188-CD": "DAM_Clearing_Prices_for_Capacity",
    "NP4-183-CD": "DAM_Hourly_LMPs",
    "NP4-191-CD": "DAM_Shadow_Prices",
    "NP4-523-CD": "DAM_System_Lambda",
    "NP6-86-CD": "SCED_Shadow_Prices_and_Binding_Transmission_Constraints",
    "NP6-322-CD": "SCED_System_Lambda",
    "NP6-331-CD": "Real-Time_Clearing_Prices_for_Capacity_by_15-Minute_Settlement_Interval",
    "NP6-332-CD": "Real-Time_Clearing_Prices_for_Capacity_by_SCED_Interval",
    "NP4-196-M": "DAM_Price_Corrections",
    "NP4-197-M": "RTM_Price_Corrections",
    "NP4-790-CD": "Peaker_Net_Margin",
    "NP4-160-SG": "Settlement_Points_List_and_Electrical_Buses_Mapping",
    "NP4-180-ER": "Historical_DAM_Load_Zone_and_Hub_Prices",
    "NP4-181-ER": "Historical_DAM_Clearing_Prices_for_Capacity",
    "NP6-785-ER": "Historical_RTM_Load_Zone_and_Hub_Prices",
    "NP3-966-ER": "60-Day_DAM_Disclosure_Reports",
    "NP3-965-ER": "60-Day_SCED_Disclosure_Reports",
    "NP3-990-EX": "60-Day_SASM_Disclosure_Reports",
    "NP3-991-EX": "60-Day_COP_All_Updates",
    "NP1-301": "60-Day_COP_Adjustment_Period_Snapshot",
}
DISCLOSURE_LAG = timedelta(days=60)
REPUBLISHED_AFTER = timedelta(hours=3)
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]


@dataclass(frozen=True)
class Sheet:
    """The name of one CSV, without extension, and the slots whose rows it holds (None: the whole day)."""

    name: str
    published: datetime  # wall clock
    slots: range | None = None


def folder_of(dataset: Dataset) -> str:
    """Return the folder of a report: ERCOT's title of it."""
    return FOLDERS.get(dataset.emil) or dataset.title.replace(" ", "_")


def sheets_of(dataset: Dataset, source: Cdr | Stem, day: date, slots: list[Slot], version: int = 0) -> list[Sheet]:
    """Return the files of an operating day in order of time."""
    later = version * REPUBLISHED_AFTER
    if isinstance(source, Stem):
        return [_stem_sheet(source, day, version)]
    if source.name_day is NameDay.YEAR:
        return [_yearly_sheet(source, day, later)]
    if source.name_day in (NameDay.INTERVAL_END, NameDay.RUN):
        return [_slot_sheet(source, slot, n, later) for n, slot in enumerate(slots)]
    if dataset.clock is Clock.RUN and source.part is None:
        return _hourly_sheets(source, slots, later)
    return [_cdr_sheet(source, _published(source, day, dataset.coverage) + later)]


def _cdr_sheet(source: Cdr, published: datetime, inner: str = "", slots: range | None = None) -> Sheet:
    stamp = f"{published:%Y%m%d.%H%M%S}"
    return Sheet(f"cdr.{source.report_type:08d}.{0:016d}.{stamp}.{source.friendly}{inner}", published, slots)


def _yearly_sheet(source: Cdr, last: date, later: timedelta) -> Sheet:
    """The history of a year up to a day, published the morning after; its stamp has no point."""
    published = datetime.combine(last + timedelta(days=1), time(8, 0, 5)) + later
    name = f"rpt.{source.report_type:08d}.{0:016d}.{published:%Y%m%d%H%M%S}.{source.friendly}_{last.year}"
    return Sheet(name, published)


def _slot_sheet(source: Cdr, slot: Slot, number: int, later: timedelta) -> Sheet:
    """A file for each interval, named by its end, or for each run; `xhr` marks those of the repeated hour."""
    extra = "xhr" if slot.second_pass else ""
    if source.name_day is NameDay.RUN:
        inner, published = f"_{slot.local:%Y%m%d_%H%M%S}{extra}", slot.start + timedelta(seconds=2)
    else:
        inner = f"_{slot.local_end:%Y%m%d_%H%M}{extra}"
        published = slot.end + timedelta(seconds=60 + (number * 37 + slot.local.day) % 64)
    return _cdr_sheet(source, _wall(published + later), inner, range(number, number + 1))


def _hourly_sheets(source: Cdr, slots: list[Slot], later: timedelta) -> list[Sheet]:
    """A file an hour, five minutes past it, with the runs of the hour before."""
    first = {}
    for number, slot in enumerate(slots):
        first.setdefault(slot.start.replace(minute=0, second=0), number)
    ends = [*list(first.values())[1:], len(slots)]
    return [
        _cdr_sheet(source, _wall(hour + HOUR + timedelta(minutes=5) + later), "", range(start, end))
        for (hour, start), end in zip(first.items(), ends, strict=True)
    ]


def _published(source: Cdr, day: date, coverage: Coverage) -> datetime:
    """Return when a daily report comes out."""
    days, at = {
        NameDay.DAY_AHEAD: (-1, time(12, 30)),
        NameDay.DAY_AFTER: (1, time(16)),
    }.get(source.name_day, (2, time(11)) if coverage is Coverage.EVENTS else (0, time(16)))
    return datetime.combine(day, at) + timedelta(days=days)


def _stem_sheet(source: Stem, day: date, version: int) -> Sheet:
    suffix = "_SUPPLEMENTAL_CORRECTION" if version else ""
    if source.name_day is NameDay.OPERATING:
        published = datetime.combine(day + DISCLOSURE_LAG, time(3)) + timedelta(days=version)
        return Sheet(f"{source.stem}_{day:%m%d%Y}{suffix}", published)
    if source.name_day is not NameDay.DISCLOSED:
        return Sheet(f"{source.stem}_{day:%m%d%Y}_{9 + version:02d}0000", datetime.combine(day, time(9 + version)))
    published = day + DISCLOSURE_LAG
    name = f"{source.stem}-{disclosed(published)}{suffix}"
    return Sheet(name, datetime.combine(published, time(3)) + timedelta(days=version))


def disclosed(published: date) -> str:
    """Return a date as the names of the disclosures hold it: 01-JUL-25."""
    return f"{published:%d}-{MONTHS[published.month - 1]}-{published:%y}"


def _wall(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC).astimezone(CENTRAL).replace(tzinfo=None)
