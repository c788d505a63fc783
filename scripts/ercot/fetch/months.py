"""What to ask for: the posting months of each product that operating days need and that are not complete yet.

In: settings, the catalog, the receipts of the raw tree, the wall clock of ERCOT. Out: months, and how much they may be.
No network, no HTTP library.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ercot.catalog.model import Dataset
from ercot.catalog.products import PRODUCTS, Product, Source
from ercot.core.wording import counted
from ercot.fetch.settings import FetchSettings
from ercot.raw.receipts import SETTLED, Receipt, month_bounds, months_between

PAGE = 1000  # entries of a listing a call
RESPONSE_BYTES = 256_000_000  # of one download, about
BUNDLE_BYTES = 1_000_000_000  # of the bundle of a month: larger months come in batches
COMPRESSION = 8  # raw CSV to zip, about
SLACK = timedelta(days=1)  # the MIS drops a posting in the course of its last day


@dataclass(frozen=True)
class Estimate:
    """How much a fetch may be."""

    documents: float = 0
    bytes: float = 0
    calls: float = 0

    def __add__(self, other: "Estimate") -> "Estimate":
        """Add up."""
        return Estimate(self.documents + other.documents, self.bytes + other.bytes, self.calls + other.calls)


def products_of(datasets: Iterable[str], catalog: Mapping[str, Dataset]) -> dict[str, list[Dataset]]:
    """Return the products to download, each once, with the datasets it is wanted for."""
    wanted: dict[str, list[Dataset]] = {}
    for name in datasets:
        wanted.setdefault(catalog[name].emil, []).append(catalog[name])
    return wanted


def plan_months(
    settings: FetchSettings, catalog: Mapping[str, Dataset], receipts: Mapping[str, Sequence[Receipt]], now: datetime
) -> dict[str, list[str]]:
    """Map each product to the months that are to be asked for, oldest first; complete months are not among them."""
    plan = {}
    for emil, wanted in every_wanted_month(settings, catalog, now).items():
        complete = {receipt.month for receipt in receipts.get(emil, ()) if receipt.complete}
        plan[emil] = [month for month in wanted if month not in complete]
    return {emil: months for emil, months in plan.items() if months}


def every_wanted_month(settings: FetchSettings, catalog: Mapping[str, Dataset], now: datetime) -> dict[str, list[str]]:
    """Map each product to all months that the operating days asked for need, complete or not."""
    chosen = products_of(settings.datasets, catalog)
    return {emil: wanted_months(PRODUCTS[emil], datasets, settings, now) for emil, datasets in chosen.items()}


def wanted_months(product: Product, datasets: list[Dataset], settings: FetchSettings, now: datetime) -> list[str]:
    """Return the months in which the operating days asked for were posted and that the source can still have."""
    since = max(settings.since, min(dataset.first_day for dataset in datasets))
    until = settings.until
    if all(dataset.last_day for dataset in datasets):
        until = min(until, max(dataset.last_day for dataset in datasets))
    if until < since:
        return []
    first, last = product.window(since, until)
    return months_between(max(first, reach(product, settings.source, now)), min(last, now.date()))


def reach(product: Product, source: str, now: datetime) -> date:
    """Return the first day whose postings the source still has."""
    from_mis = source == "mis" or product.source is Source.MIS
    if from_mis and product.mis_days is not None:
        return max(product.reaches_back, (now - timedelta(days=product.mis_days) + SLACK).date())
    return product.reaches_back


def is_settled(month: str, listed: datetime) -> bool:
    """Say whether a month ended so long before it was listed that nothing more comes into the list."""
    return month_bounds(month)[1] + SETTLED <= listed


def typical_bytes(product: Product, datasets: Iterable[Dataset], day: date) -> float:
    """Return about how large a document of the product is, from the raw megabytes a day that the catalog declares.

    1 where the catalog has no dataset of it for that day.
    """
    own = [d for d in datasets if d.emil == product.emil and d.first_day <= day <= (d.last_day or day)]
    megabytes = sum(dataset.mb_on(day) for dataset in own)
    return max(1.0, megabytes * 1e6 / COMPRESSION / max(product.per_day, 1))


def estimate(product: Product, datasets: list[Dataset], months: Iterable[str]) -> Estimate:
    """Return about how many documents, bytes and calls some months are, where nothing of them is there yet."""
    total = Estimate()
    for month in months:
        begin, end = month_bounds(month)
        documents = product.per_day * (end - begin).days
        size = typical_bytes(product, datasets, begin.date())
        if product.source is Source.MIS:
            calls = documents
        else:
            per_call = min(product.limit, PAGE, max(1, RESPONSE_BYTES // size))
            bundled = documents * size <= BUNDLE_BYTES
            calls = max(1, math.ceil(documents / PAGE)) + (1 if bundled else math.ceil(documents / per_call))
        total += Estimate(documents, documents * size, calls)
    return total


def describe_plan(plan: Mapping[str, list[str]], catalog: Mapping[str, Dataset], calls_per_minute: float) -> str:
    """Say in one line what is going to be asked for, and how long that may take without the transfer itself."""
    # All datasets of a product come with it, whichever was asked for.
    total = sum((estimate(PRODUCTS[e], list(catalog.values()), months) for e, months in plan.items()), Estimate())
    months = sum(map(len, plan.values()))
    return (
        f"{counted(months, 'month')} of {counted(len(plan), 'product')}: at most about {total.documents:,.0f} "
        f"documents, {total.bytes / 1e6:,.0f} MB, {total.calls:,.0f} calls, "
        f"{total.calls / calls_per_minute:,.0f} minutes at {calls_per_minute:g} calls a minute"
    )
