"""Write a raw tree: day by day, on several cores, the same bytes whatever their number."""

import multiprocessing
import os
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path
from typing import NamedTuple

from ercot.simulate.request import Request


class Written(NamedTuple):
    """How much was written."""

    files: int
    size: int


def write_tree(root: str | Path, requests: Iterable[Request], *, seed: int = 0, workers: int = 1) -> Written:
    """Write the files of all requests below ``root``; returns how many files and bytes."""
    root, by_day = Path(root), defaultdict(list)
    for request in requests:
        for day in request.days():
            by_day[day].append(request)
    jobs = [(root, day, on_day, seed) for day, on_day in sorted(by_day.items())]
    if workers == 1 or len(jobs) == 1:
        done = [_write_day(job) for job in jobs]
    else:
        with _pool(workers) as pool:
            done = list(pool.map(_write_day, jobs))
    return Written(sum(d.files for d in done), sum(d.size for d in done))


def save(root: Path, path: str, data: bytes) -> None:
    """Write one file, its folder included."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)


def _write_day(job: tuple[Path, date, list[Request], int]) -> Written:
    from ercot.simulate.files import pack_day  # imports polars: only where files are made

    root, day, requests, seed = job
    files = pack_day(requests, day, seed)
    for file in files:
        save(root, file.path, file.data)
    return Written(len(files), sum(len(file.data) for file in files))


def _pool(workers: int) -> ProcessPoolExecutor:
    """Start fresh processes (polars does not survive a fork), each with one thread of polars."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_one_thread)


def _one_thread() -> None:
    os.environ["POLARS_MAX_THREADS"] = "1"
