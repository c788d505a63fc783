"""Work on something large a part at a time, in order: rows in chunks, parts in threads."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import polars as pl

OnProgress = Callable[[int, int], None]  # called with how much is done, and how much there is

CELLS = 1 << 24  # values held at once: 128 MB of numbers, whatever the width


def chunks(rows: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """Yield the rows of a scan in order, as many at a time as make about `CELLS` values.

    Each is a separate query: polars' `collect_batches` reads several row groups ahead, which of 195 columns are
    gigabytes.
    """
    height = max(1, CELLS // len(rows.collect_schema()))
    height = 1 << (height.bit_length() - 1)
    total = rows.select(pl.len()).collect().item()
    for offset in range(0, total, height):
        yield rows.slice(offset, height).collect()


def map_ordered(work: Callable, parts: Iterable, threads: int) -> Iterator:
    """Yield the outcome of each part in order, as many at work as there are threads, none far ahead."""
    if threads == 1:
        yield from map(work, parts)
        return
    with ThreadPoolExecutor(threads) as pool:
        ahead = deque()
        for part in parts:
            ahead.append(pool.submit(work, part))
            if len(ahead) > threads:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def no_progress(done: int, total: int) -> None:
    """Show no progress."""
