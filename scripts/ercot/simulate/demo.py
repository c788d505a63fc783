"""The raw tree of the demo: two weeks around the end of daylight saving time, with revisions, gaps and faults.

It is what a download at midnight of the last day would have brought, so only the gaps that are meant are found.
"""

from datetime import date, timedelta
from pathlib import Path

from ercot.catalog import DATASETS
from ercot.simulate.faults import FAULTS
from ercot.simulate.request import Request
from ercot.simulate.tree import Written, save, write_tree

SEED = 2024
FIRST, LAST, FALL_DAY = date(2024, 10, 28), date(2024, 11, 8), date(2024, 11, 3)
MISSING_DAY, MISSING_INTERVAL_DAY = date(2024, 11, 6), date(2024, 10, 30)
DAY_AHEAD = LAST + timedelta(days=1)  # published on the last day
DISCLOSED = date(2024, 9, 8), date(2024, 9, 9)  # published on the two last days
POINTS, RESOURCES = 60, 15


def write_demo(root: Path, workers: int = 1) -> Written:
    """Write the demo tree, a few thousand small files."""
    requests = [request for request in _requests() if request is not None]
    written = write_tree(root, requests, seed=SEED, workers=workers)
    _spoil(root)
    return written


def _request(dataset_id: str, first: date, last: date | None = None, **how) -> Request | None:
    """Ask for a report, where the catalog has it."""
    return Request(dataset_id, first, last or first, **how) if dataset_id in DATASETS else None


def _requests() -> list[Request | None]:
    prices = {"points": POINTS}
    before, after = date(2024, 11, 5), date(2024, 11, 7)
    return [
        _request("rt_spp", FIRST, before, **prices),
        _request("rt_spp", after, LAST, zipped="each", **prices),  # a day is missing between the two
        _request("rt_spp", date(2024, 10, 29), version=1, **prices),  # published again, unchanged
        _request("rt_lmp", date(2024, 11, 2), date(2024, 11, 4), **prices),
        _request("rt_lmp", before, LAST, zipped="day", **prices),
        _request("dam_spp", FIRST, DAY_AHEAD, **prices),
        _request("dam_spp", date(2024, 11, 1), version=1, changed=0.05, zipped="each", **prices),
        _request("dam_mcpc", date(2024, 1, 1), DAY_AHEAD),
        _request("dam_spp_corrections", date(2024, 11, 2), **prices),
        _request("rt_spp_corrections", FALL_DAY, **prices),
        *(_request(d, *DISCLOSED, points=RESOURCES, zipped="day") for d in ("dam_gen", "sced_gen")),
        _request("cop_snapshot", *DISCLOSED, points=RESOURCES),
    ]


def _spoil(root: Path) -> None:
    """Take a file away, put faults into others, add what is no report."""
    from ercot.simulate.files import files_of_day

    def file(dataset_id: str, day: date, number: int = 0, points: int = POINTS):
        return files_of_day(Request(dataset_id, day, day, points=points), day, SEED)[number]

    (root / file("rt_spp", MISSING_INTERVAL_DAY, 50).path).unlink()
    for name, raw in (
        ("word_for_number", file("rt_spp", date(2024, 11, 2), 40)),
        ("html_page", file("rt_lmp", date(2024, 11, 4), 100)),
        ("unknown_column", file("dam_spp", date(2024, 11, 5))),
    ):
        save(root, raw.path, FAULTS[name].apply(raw.data))
    raw = file("rt_spp", date(2024, 11, 4), 30)
    (root / raw.path).unlink()
    save(root, raw.path.replace(".csv", "_csv.zip"), FAULTS["corrupt_zip"].apply(raw.data))
    folder = file("dam_spp", FIRST).path.split("/")[0]
    save(root, f"{folder}/notes.txt", b"Not a report.\n")
    save(root, "Other/cdr.00099999.0000000000000000.20241103.060000.UNKNOWNNP0000.csv", b"A,B\n1,2\n")
