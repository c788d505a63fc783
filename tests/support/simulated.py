"""What the tests of the simulator ask for, and how they read what it prints."""

import csv
import io
from datetime import date
from pathlib import Path

from ercot.simulate import Request
from ercot.simulate.files import files_of_day

REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLES = REPOSITORY.parent / "shared" / "samples" / "raw"
FALL, SPRING, PLAIN, RTC = date(2024, 11, 3), date(2024, 3, 10), date(2024, 7, 4), date(2026, 9, 2)


def ask(dataset_id: str, day: date, points: int = 8, **how) -> Request:
    return Request(dataset_id, day, day, points=points, **how)


def a_day_of(dataset) -> date:
    """Return a day on which the report was published, the long one where possible."""
    day = max(dataset.first_day, FALL)
    return min(day, dataset.last_day) if dataset.last_day else day


def names(request: Request) -> list[str]:
    return [file.path.rsplit("/", 1)[1] for file in files_of_day(request, request.first_day)]


def fields(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode())))
