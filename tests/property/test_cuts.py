"""A complete tree has no gap, whenever the download ended; what was due and is taken away is found, nothing else is."""

import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from helpers import Run, run_pipeline, write_raw
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from ercot.simulate import Request
from ercot.simulate.files import files_of_day

BOUNDED = {"deadline": None, "derandomize": True, "database": None, "suppress_health_check": list(HealthCheck)}
CENTRAL, DAY = ZoneInfo("America/Chicago"), timedelta(days=1)
MIDDLES = (date(2024, 3, 10), date(2024, 11, 3), date(2024, 12, 31), date(2025, 12, 5))  # short, long, year, new market
# Dataset, first and last operating day counted from the middle, how long after its publication a file is surely due
# (hours), and whether a lost file is a day or an interval.
REAL_TIME = 0.3
REPORTS = (
    ("rt_spp", -1, 1, REAL_TIME, "time"),
    ("rt_lmp", -1, 1, REAL_TIME, "time"),
    ("sced_system_lambda", -1, 1, REAL_TIME, "time"),
    ("dam_spp", -3, 3, 3, "day"),
    ("dam_mcpc", -1, 3, 3, "day"),
    ("peaker_net_margin", -3, 1, 33, "day"),
    ("dam_gen", -64, -58, 10, "day"),
    ("sced_gen", -63, -58, 10, "day"),
    ("dam_energy_bids", -63, -58, 10, "day"),
    ("cop_snapshot", -63, -58, 10, "day"),
    ("dam_spp_corrections", -3, 0, None, ""),
    ("sced_shadow_prices", -1, 0, None, ""),
    ("dam_spp_yearly", -3, 3, None, ""),
)
NAMES = [name for name, *_ in REPORTS]


@dataclass(frozen=True)
class Posted:
    """A simulated file: when it was published in truth, and what its loss has to be found as."""

    dataset: str
    path: str
    data: bytes
    published: datetime  # UTC
    stamp: datetime  # as in the name, naive
    lost: tuple | None  # dataset, day, and its place among the files of the day, None for a whole day
    first: bool  # of the dataset


@cache
def posted(middle: date) -> tuple[Posted, ...]:
    """Return all files around a day in the order of their publication, until the first report is simulated no more."""
    files = []
    for name, first, last, _, kind in REPORTS:
        request = Request(name, middle + first * DAY, middle + last * DAY, points=2)
        for day in request.days():
            files += _of_day(request, day, kind)
        if name == "dam_spp_yearly":  # renewed every day while the year grows
            files += [f for until in list(request.days())[1:] for f in _yearly(name, middle + first * DAY, until)]
    end = min(max(f.published for f in files if f.dataset == name) for name in ("rt_spp", "rt_lmp"))
    return tuple(sorted((f for f in files if f.published <= end), key=lambda file: (file.published, file.path)))


def _yearly(name: str, first: date, until: date) -> list[Posted]:
    request = Request(name, max(first, date(until.year, 1, 1)), until, points=2)
    return _of_day(request, until, "")


def _of_day(request: Request, day: date, kind: str) -> list[Posted]:
    found, before = [], datetime.min.replace(tzinfo=UTC)
    for number, file in enumerate(files_of_day(request, day)):
        published = file.published.replace(tzinfo=CENTRAL).astimezone(UTC)
        if published < before:  # files come in order: this is the second pass of the repeated hour
            published = file.published.replace(tzinfo=CENTRAL, fold=1).astimezone(UTC)
        before = published
        lost = (request.dataset_id, day, number if kind == "time" else None) if kind else None
        first = day == request.first_day
        found.append(Posted(request.dataset_id, file.path, file.data, published, file.published, lost, first))
    return found


def build(folder: str, files: list[Posted]) -> Run:
    root = Path(folder)
    return run_pipeline(write_raw(root / "raw", {f.path: f.data for f in files}), root / "out", NAMES)


def gaps(run: Run) -> list[str]:
    return [f"{f['dataset']} {f['year']}: {f['message']} {f['examples']}" for f in run.findings("gap")]


def is_due(file: Posted, clock: datetime) -> bool:
    hours = next(h for name, _, _, h, _ in REPORTS if name == file.dataset)
    return hours is not None and file.published + timedelta(hours=hours) <= clock.replace(tzinfo=CENTRAL).astimezone(
        UTC
    )


def hold(middle: date, cut: float, lose: float) -> None:
    """Cut the archive of some days after one of its publications, then take away a file that was due."""
    archive = posted(middle)
    files = list(archive[: 1 + int(cut * (len(archive) - 1))])
    with tempfile.TemporaryDirectory() as folder:
        assert gaps(build(folder, files)) == []
    clock = max(file.stamp for file in files)
    candidates = [f for f in files if f.lost and not f.first and is_due(f, clock) and f.stamp < clock]
    if not candidates:
        return
    gone = candidates[int(lose * len(candidates))]
    with tempfile.TemporaryDirectory() as folder:
        run = build(folder, [file for file in files if file is not gone])
    name, day, number = gone.lost
    (gap,) = run.findings("gap")
    assert (gap["dataset"], gap["year"], gap["count"]) == (name, day.year, 1)
    (window,) = [w for w in run.due if w.missing or w.times]
    if number is None:
        assert window.missing == [day]
        assert window.times == {}
    else:
        assert (window.missing, list(window.times)) == ([], [day])
        assert window.times[day] == [time_of(gone)]


def time_of(file: Posted) -> datetime:
    """Return the interval or run of a file, worked out from when it came: real-time files follow at once."""
    if file.dataset == "rt_spp":
        end = file.published.replace(second=0)
        return end - timedelta(minutes=end.minute % 15 + 15)
    return file.published - timedelta(seconds=2)


cuts, middles = st.floats(0, 1, exclude_max=True), st.sampled_from(MIDDLES)


@pytest.mark.slow
@settings(max_examples=12, phases=[Phase.explicit, Phase.generate], **BOUNDED)
@given(middles, cuts, cuts)
@example(MIDDLES[0], 0.999, 0.5)
@example(MIDDLES[1], 0.45, 0.999)
def test_a_complete_tree_has_no_gap_wherever_it_is_cut(middle, cut, lose):
    hold(middle, cut, lose)
