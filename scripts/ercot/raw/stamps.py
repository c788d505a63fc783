"""Dates and stamps as ERCOT prints them, read by one tolerant reader: every clock and every report's own spelling.

Nothing here imports a data library, so that planning a run may use it too.
"""

import re
from datetime import date, datetime

STAMP = re.compile(
    r"([0-9]{1,2})_/_([0-9]{1,2})_/_([0-9]{4})"
    r"(?:[ \t]_([0-9]{1,2})_:_([0-9]{1,2})(?:_:_([0-9]{1,2}))?(?:_([AP])M)?)?".replace("_", "[ \t]*"),
    re.IGNORECASE,
)


def read_stamp(text: str) -> datetime | None:
    """Read ``07/30/2025 00:05:12``; None where it is no stamp, as where it is a date alone.

    Blanks may stand around the separators, one digit for two, seconds may be absent, and a 12-hour clock says AM or
    PM: its hours are 1 to 12, so that ``00:30 AM`` and ``13:00 PM`` are no time.
    """
    found = STAMP.fullmatch(text)
    return _moment(found) if found and found[4] else None


def read_date(text: str) -> date | None:
    """Read the day of ``07/30/2025`` or of a stamp; None where it is neither."""
    found = STAMP.fullmatch(text)
    moment = _moment(found) if found else None
    return moment.date() if moment else None


def _moment(found: re.Match) -> datetime | None:
    month, day, year, hour, minute, second = (int(digits or 0) for digits in found.groups()[:6])
    if half := found[7]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half in "Pp" else 0)
    try:
        return datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
