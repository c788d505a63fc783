"""The oracle's clock: printed labels to UTC, file by file, by the text of the contract."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

CENTRAL = ZoneInfo("America/Chicago")
HOUR, DAY, QUARTER = timedelta(hours=1), timedelta(days=1), timedelta(minutes=15)
TIMES = ("date", "hour", "quarter", "run", "flag", "numbered", "number label", "day")
DATED = ("date", "run", "numbered", "day")  # a report has one of these
STAMPS = ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p")


@dataclass(frozen=True)
class Label:
    """The time of a row as its file prints it."""

    day: date
    hour: int | None = None
    quarter: int | None = None
    stamp: datetime | None = None
    number: int | None = None
    flag: bool | None = None
    bare: bool = True  # the file has no flag


def stamp_of(text: str) -> datetime:
    """Read a stamp as any clock prints it; `ValueError` where it is none."""
    tight = re.sub(r"[ \t]*([/:])[ \t]*", r"\1", text.strip())
    tight = re.sub(r"[ \t]+", " ", re.sub(r"[ \t]*([AP]M)$", r" \1", tight, flags=re.I))
    for pattern in STAMPS if re.fullmatch(r"[0-9/: APM]+", tight, re.I) else ():
        try:
            return datetime.strptime(tight, pattern)
        except ValueError:
            continue
    raise ValueError(text)


def day_of(text: str) -> date:
    """Read the day of a date or of a stamp; `ValueError` where it is neither."""
    return stamp_of(text if ":" in text else f"{text} 00:00").date()


def read_label(header: list, fields: list[str]) -> Label:
    """Read the time of a row; `ValueError` where it has none. ``header`` holds (name, kind) of each column."""
    texts = {kind: text for (_, kind), text in zip(header, fields, strict=False) if kind in TIMES}
    dated = next(kind for kind in DATED if any(kind == there for _, there in header))
    label = {"bare": not any(kind == "flag" for _, kind in header)}
    if dated in ("run", "numbered"):
        label["stamp"] = stamp_of(texts[dated])
    label["day"] = day_of(texts[dated])
    if "hour" in texts:
        label["hour"] = _whole(texts["hour"], r"([0-9]{1,2})(?:[ \t]*:[ \t]*00)?", 25)
    if "quarter" in texts:
        label["quarter"] = _whole(texts["quarter"], r"([0-9])", 4)
    if "number label" in texts:
        label["number"] = _whole(texts["number label"], r"([0-9]{1,3})", 100)
        label["hour"], label["quarter"] = (label["number"] + 3) // 4, (label["number"] + 3) % 4 + 1
    if "flag" in texts:
        label["flag"] = {"Y": True, "N": False}.get(texts["flag"])
    return Label(**label)


def _whole(text: str, pattern: str, most: int) -> int:
    found = re.fullmatch(pattern, text)
    if not found or not 1 <= int(found[1]) <= most:
        raise ValueError(text)
    return int(found[1])


def utc(naive: datetime, second_pass: bool) -> datetime | None:
    """Read local time; None where the clock skips it."""
    there = naive.replace(tzinfo=CENTRAL, fold=int(second_pass)).astimezone(UTC)
    return there if there.astimezone(CENTRAL).replace(tzinfo=None) == naive else None


def length_of(day: date) -> timedelta:
    """Return how long a day is: 23, 24 or 25 hours."""
    midnight = datetime(day.year, day.month, day.day)
    return utc(midnight + DAY, False) - utc(midnight, False)


class Readings:
    """How each file reads the labels of each day; ``there`` are (file, label) of all rows, usable or not."""

    def __init__(self, there: list):
        hours = defaultdict(set)
        for file, label in there:
            hours[file, label.day].add(label.hour)
        # files of one hour each tell nothing alone: those of a day are read together
        self._unit = {key: (None if len(found) == 1 else key[0], key[1]) for key, found in hours.items()}
        self._labels = defaultdict(list)
        for file, label in there:
            self._labels[self._unit[file, label.day]].append(label)

    def start_of(self, file, label: Label) -> datetime | None:
        """Return the start in UTC of a label of a file; None where it is no time or not certain."""
        if label.hour is None:
            twice = utc(label.stamp, False) != utc(label.stamp, True)
            return None if label.bare and twice else utc(label.stamp, bool(label.flag))
        labels, length = self._labels[self._unit[file, label.day]], length_of(label.day)
        midnight = datetime(label.day.year, label.day.month, label.day.day)
        offset = (label.hour - 1) * HOUR + ((label.quarter or 1) - 1) * QUARTER
        counted = utc(midnight, False) + offset
        if label.bare and length != DAY:
            reading = _reading([other for other in labels if other.bare], length)
            if reading == "counted":
                return counted if offset < length else None
            if reading == "unsure" and label.hour > (2 if length < DAY else 1):
                return None
        if length < DAY and label.hour == 3:  # the hour that is not there stands for the one before
            return None if any((o.hour, o.quarter) == (2, label.quarter) for o in labels) else counted - HOUR
        return None if label.hour == 25 else utc(midnight + offset, bool(label.flag))


def _reading(labels: list[Label], length: timedelta) -> str:
    """Say how the unflagged rows of a file are numbered: counted, by the clock, or nobody knows."""
    if labels[0].number is not None:
        said = Counter(map(_told, labels))
        if said["counted"] == said["clock"] > 0:
            return "unsure"
        return "counted" if said["counted"] >= said["clock"] else "clock" if length < DAY else "unsure"
    rows = Counter(label.hour for label in labels)
    present = sorted(rows[hour] for hour in range(1, 25) if rows[hour])
    usual = Fraction(present[(len(present) - 1) // 2] + present[len(present) // 2], 2) if present else Fraction(0)

    def misfit(hours) -> Fraction:
        return sum(abs(rows[hour] - usual * (hour in hours)) for hour in range(1, 26))

    every = set(range(1, 25))
    if length > DAY:
        misprinted = len(present) == 23  # the label that is not there may be the 25
        return "counted" if misfit(every | {25}) + misprinted < misfit(every) else "unsure"
    counted, clock = misfit(every - {24}), min(misfit(every - {2}), misfit(every - {3}))
    if counted == clock:
        return "clock" if len(present) == 24 else "unsure"
    return "counted" if counted < clock else "clock"


def _told(label: Label) -> str:
    """Say which numbering the stamp of a quarter hour fits, if only one."""
    midnight = datetime(label.day.year, label.day.month, label.day.day)
    offset = (label.number - 1) * QUARTER
    counted = (utc(midnight, False) + offset).astimezone(CENTRAL).replace(tzinfo=None)
    fits = {"counted": counted <= label.stamp <= counted + QUARTER}
    fits["clock"] = midnight + offset <= label.stamp <= midnight + offset + QUARTER
    found = [name for name, fit in fits.items() if fit]
    return found[0] if len(found) == 1 else ""
