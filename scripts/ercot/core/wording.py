"""How numbers and spans of days are said."""

from datetime import date


def counted(count: int, noun: str, ending: str = "s") -> str:
    """Say how many there are of something: 1 file, 2,000 files."""
    return f"{count:,} {noun}{'' if count == 1 else ending}"


def rate(count: int, noun: str, seconds: float) -> str:
    """Say how many a second."""
    return f"{count / max(seconds, 0.001):,.0f} {noun}/s"


def size(count_of_bytes: float) -> str:
    """Write a number of bytes."""
    for unit in ("B", "kB", "MB", "GB"):
        if count_of_bytes < 1000 or unit == "GB":
            break
        count_of_bytes /= 1000
    return f"{count_of_bytes:.0f} {unit}" if count_of_bytes >= 10 or unit == "B" else f"{count_of_bytes:.1f} {unit}"


def ranges(days: list[date]) -> list[str]:
    """Write days as ranges, in ISO dates."""
    joined: list[list[date]] = []
    for day in days:
        if joined and (day - joined[-1][1]).days == 1:
            joined[-1][1] = day
        else:
            joined.append([day, day])
    return [f"{a}" if a == b else f"{a} to {b}" for a, b in joined]
