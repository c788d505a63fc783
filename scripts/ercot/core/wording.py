"""How numbers are said."""


def counted(count: int, noun: str, ending: str = "s") -> str:
    """Say how many there are of something: 1 file, 2,000 files."""
    return f"{count:,} {noun}{'' if count == 1 else ending}"


def rate(count: int, noun: str, seconds: float) -> str:
    """Say how many a second."""
    return f"{count / max(seconds, 0.001):,.0f} {noun}/s"
