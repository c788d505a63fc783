"""Small archives: day-ahead prices of some days, simulated files, and a file that sets the clock and nothing else."""

from datetime import date

from helpers import DAM_SPP_HEADER, cdr, dam_spp_name

from ercot.catalog import DATASETS
from ercot.simulate import Request
from ercot.simulate.files import files_of_day

SPRING = date(2024, 3, 10)


def simulated(name: str, first: date, last: date | None = None, points: int = 1) -> dict[str, bytes]:
    """Return the simulated files of a dataset, in the order of their publication."""
    request = Request(name, first, last or first, points=points)
    return {file.path: file.data for day in request.days() for file in files_of_day(request, day)}


def dam(*days: str, hours=range(1, 25)) -> dict[str, list[str]]:
    """Return day-ahead prices of some days, published at 12:30 of the day before."""
    lines = {day: [f"{date.fromisoformat(day):%m/%d/%Y},{h:02d}:00,HB_WEST,20,N" for h in hours] for day in days}
    return {dam_spp_name(day): [DAM_SPP_HEADER, *rows] for day, rows in lines.items()}


def note(stamp: str) -> dict[str, list[str]]:
    """Return a correction file without a row, published at ``stamp``, YYYYMMDD.HHMMSS."""
    header = ",".join(DATASETS["dam_spp_corrections"].header_on(date(2024, 5, 1)))
    return {cdr(13044, stamp, "DAM_PRICE_CORRECTION_DAM_SPP.csv"): [header]}
