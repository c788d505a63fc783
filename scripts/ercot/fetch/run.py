"""A fetch as a whole: the locks, the plan, and the last line.

In: settings, catalog, receipts, the outcomes of the months. Out: what to ask for, and one line for people.
"""

import fcntl
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO

from ercot.catalog.model import Coverage, Dataset
from ercot.catalog.products import PRODUCTS, Product, Source
from ercot.core.files import read_json
from ercot.core.wording import counted
from ercot.fetch.months import products_of, reach
from ercot.fetch.settings import FetchSettings
from ercot.raw.receipts import RECEIPT, WORK, month_of, read_receipts
from ercot.workflow.settings import UserError

NAMED = 5  # days that the last line names
LATE_DAYS = 3  # in which a posting that is late is looked for


@dataclass(frozen=True)
class Hold:
    """What a run keeps as long as it lives: its share of the raw tree."""

    of_tree: IO


def begin_run(settings: FetchSettings) -> Hold:
    """Make the working folder, and clear it of what killed runs left, unless another run is at work."""
    work = settings.raw_dir / WORK
    try:
        work.mkdir(parents=True, exist_ok=True)
        of_tree = open(work / "lock", "a")  # noqa: SIM115 (open as long as the process lives)
    except OSError as error:
        raise UserError(f"cannot write to {error.filename}: {error.strerror}") from None
    if _is_free(of_tree):
        _remove_folders(work)
    with suppress(OSError):
        fcntl.flock(of_tree, fcntl.LOCK_SH)
    return Hold(of_tree)


def end_run(settings: FetchSettings, hold: Hold) -> None:
    """Remove the working folder where no other run is at work."""
    if _is_free(hold.of_tree):
        with suppress(OSError):
            shutil.rmtree(settings.raw_dir / WORK)


def _is_free(lock) -> bool:
    """Take a lock if no other process has it, and say so; a file system that knows no locks is taken as free."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _remove_folders(work: Path) -> None:
    for item in work.iterdir():
        if item.is_dir():
            shutil.rmtree(item)


def needs_api(settings: FetchSettings, emils: Iterable[str]) -> bool:
    """Say whether some of the products are to be had from the API."""
    return settings.source != "mis" and any(PRODUCTS[emil].source is Source.API for emil in emils)


def closing_line(settings: FetchSettings, catalog: Mapping[str, Dataset], plan: Mapping, now: datetime) -> str:
    """Say what came, what is not posted, what failed and what to do."""
    outcomes = _outcomes(settings, plan)
    came, size = (sum(outcome[key] for outcome in outcomes) for key in ("came", "came_bytes"))
    failed, asked = sum(outcome["failed"] for outcome in outcomes), sum(map(len, plan.values()))
    parts = [f"{counted(came, 'document')} came ({size / 1e6:,.1f} MB) in {counted(len(outcomes), 'month')}"]
    if not asked:
        parts = ["nothing to fetch: all months asked for are complete"]
    parts += _older(settings, catalog, now)
    parts += _not_posted(settings, catalog)
    if failed:
        first = next(outcome for outcome in outcomes if outcome["failed"])
        place = settings.raw_dir / first["emil"] / first["month"] / RECEIPT
        parts.append(f"{counted(failed, 'document')} could not be had (first: {first['reason']}; see {place})")
    if len(outcomes) < asked:
        parts.append(f"{counted(asked - len(outcomes), 'month')} not finished, as told above")
    if failed or len(outcomes) < asked:
        parts.append("give the same command again: it asks only for what is missing")
    return f"ercot: {'; '.join(parts)}"


def has_failed(settings: FetchSettings, plan: Mapping) -> bool:
    """Say whether a document that is listed could not be had."""
    return any(outcome["failed"] for outcome in _outcomes(settings, plan))


def _outcomes(settings: FetchSettings, plan: Mapping) -> list[dict]:
    """Return what came of the months of this run that are finished."""
    asked = [settings.raw_dir / WORK / emil / f"{month}.json" for emil, months in plan.items() for month in months]
    return [read_json(path) for path in asked if path.exists()]


def _older(settings: FetchSettings, catalog: Mapping[str, Dataset], now: datetime) -> list[str]:
    """Name the products of which the source has nothing as old as was asked for."""
    late = [
        f"{emil} from {first}"
        for emil, datasets in products_of(settings.datasets, catalog).items()
        for first in [reach(PRODUCTS[emil], settings.source, now)]
        if PRODUCTS[emil].window(max(settings.since, min(d.first_day for d in datasets)), settings.until)[0] < first
    ]
    return [f"older postings are not there: {', '.join(late)}"] if late else []


def _not_posted(settings: FetchSettings, catalog: Mapping[str, Dataset]) -> list[str]:
    """Name the days for which complete receipts list nothing, of products that come every day."""
    receipts, parts = read_receipts(settings.raw_dir), []
    for emil, datasets in products_of(settings.datasets, catalog).items():
        product = PRODUCTS[emil]
        if product.per_day < 1 or all(dataset.coverage is Coverage.EVENTS for dataset in datasets):
            continue
        complete = {receipt.month: receipt for receipt in receipts.get(emil, ()) if receipt.complete}
        posted = Counter(document.posted_on for receipt in complete.values() for document in receipt.documents)
        since = max(settings.since, min(dataset.first_day for dataset in datasets))
        days = [since + timedelta(days=n) for n in range((settings.until - since).days + 1)]
        holes = [
            day
            for day in days
            for regular in [day + timedelta(days=product.lag[0])]
            if month_of(regular) in complete and not posted[regular] and not _came_late(product, regular, posted)
        ]
        if holes:
            more = f" and {len(holes) - NAMED:,} more" if len(holes) > NAMED else ""
            parts.append(f"{emil} of {', '.join(map(str, holes[:NAMED]))}{more}")
    return [f"not posted: {', '.join(parts)}"] if parts else []


def _came_late(product: Product, regular: date, posted: Counter) -> bool:
    """Say whether more than a day's documents came soon after a day on which none came."""
    days = range(1, min(product.lag[1] - product.lag[0], LATE_DAYS) + 1)
    return any(posted[regular + timedelta(days=n)] > product.per_day for n in days)
