"""One posting month of one product: list it, get what is missing in few calls, say what came of it.

In: the place of the month, what the server has of the product (`lookup`), the clients, the wall clock. Out: files and
receipt in the raw tree, and an `Outcome`. A complete month is left alone.
"""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, time

from ercot.catalog.products import Product
from ercot.fetch.download import arrived_alone, unpack
from ercot.fetch.months import BUNDLE_BYTES, PAGE, RESPONSE_BYTES, is_settled, reach
from ercot.fetch.servers.api import ApiClient
from ercot.fetch.servers.calls import Refused, Unanswered
from ercot.fetch.servers.clients import Clients
from ercot.fetch.servers.lookup import Lookup
from ercot.fetch.servers.mis import MisClient
from ercot.fetch.store import Place, Store, Tell
from ercot.raw.receipts import month_bounds, read_receipt

PATIENCE = 100  # downloads of a month that may fail in a run: what is left is asked for next time
SLOW = 10  # downloads that one counts for which timed out


@dataclass(frozen=True)
class Outcome:
    """What came of a month."""

    emil: str
    month: str
    listed: int
    had: int
    came: int
    came_bytes: int
    failed: int
    complete: bool
    reason: str = ""  # of the first document that could not be had


def fetch_month(
    place: Place, product: Product, lookup: Lookup, clients: Clients, expected_bytes: float, now: datetime, tell: Tell
) -> Outcome:
    """Get what the server has of a month and is not here yet."""
    with place.taken():
        before = read_receipt(place.receipt)
        if before and before.complete:
            return Outcome(place.emil, place.month, len(before.documents), len(before.documents), 0, 0, 0, True)
        api = clients.api if lookup.in_api else None
        if api is not None:
            store = _open_by_api(place, api, now, tell)
            _get_by_api(store, lookup, api, expected_bytes, now)
        else:
            store = Store.open(place, (), _span_on_mis(place, product, lookup.mis_listed), tell)
        if clients.mis is not None:
            begin, end = month_bounds(place.month)
            store.add_listed(document for document in lookup.mis if begin <= document.posted < end)
            _get_by_mis(store, lookup, clients.mis)
        return _close(store, now if api is not None else lookup.mis_listed)


def _open_by_api(place: Place, api: ApiClient, now: datetime, tell: Tell) -> Store:
    """List a month in the API's archive.

    The list is frozen at a bound, so that what is posted meanwhile does not shift the pages. Times may have parts of a
    second, so the bound is the first moment of the next month, of which nothing is taken.
    """
    begin, end = month_bounds(place.month)
    until = min(end, now)
    listed = [document for document in api.documents(place.emil, begin, until) if begin <= document.posted < end]
    return Store.open(place, listed, (begin, until), tell)


def _span_on_mis(place: Place, product: Product, listed: datetime) -> tuple[datetime, datetime]:
    """Return from when to when the postings of a month were listed, this time or without a hole before."""
    begin, end = month_bounds(place.month)
    first = max(begin, datetime.combine(reach(product, "mis", listed), time()))
    before = read_receipt(place.receipt)
    if before and datetime.fromisoformat(before.listed_until) >= first:
        first = min(first, datetime.fromisoformat(before.listed_from))
    return first, min(end, listed)


def _get_by_api(store: Store, lookup: Lookup, api: ApiClient, expected_bytes: float, now: datetime) -> None:
    bundle = lookup.bundles.get(store.place.month)
    small = len(store.listing) * expected_bytes <= BUNDLE_BYTES
    if bundle and store.listing and not store.had and small and is_settled(store.place.month, now):
        _get_bundle(store, api, bundle)
    _get_from_archive(store, api, max(1, min(lookup.limit, PAGE)), expected_bytes)


def _get_from_archive(store: Store, api: ApiClient, limit: int, expected_bytes: float) -> None:
    """Get what is missing in batches. One that brings nothing is halved, until the documents at fault are alone."""
    pending = deque([store.missing])
    while pending and store.failures < PATIENCE:
        ids, size = pending.popleft(), int(RESPONSE_BYTES // (store.mean_bytes or expected_bytes))
        size = max(1, min(limit, size))
        if ids[size:]:
            pending.appendleft(ids[size:])
        ids, came = ids[:size], store.came
        if len(ids) > 1:
            _get_batch(store, api, ids)
        elif ids:
            _get_single(store, api, ids[0])
        missing = [doc_id for doc_id in ids if doc_id not in store.had]
        if store.came > came:
            pending.appendleft(missing)
        elif len(ids) > 1:
            # The first half at once: so each run finds some that are at fault, and the next begins with the others.
            pending.extendleft([missing[len(missing) // 2 :], missing[: len(missing) // 2]])


def _get_bundle(store: Store, api: ApiClient, bundle: int) -> None:
    path = store.place.work / "bundle.zip"
    try:
        api.download_bundle(store.place.emil, bundle, path)
    except (Refused, Unanswered) as error:
        _raise_in_outage(error)
        return
    store.keep(unpack(path, store.listing, store.place.work), "bundle")
    path.unlink()


def _get_batch(store: Store, api: ApiClient, ids: list[int]) -> None:
    path = store.place.work / "batch.zip"
    try:
        api.download_many(store.place.emil, ids, path)
    except (Refused, Unanswered) as error:
        _raise_in_outage(error)
        store.failures += _cost(error)
        return
    store.keep(unpack(path, set(ids), store.place.work), "archive")
    path.unlink()


def _get_single(store: Store, api: ApiClient, doc_id: int) -> None:
    path = store.place.work / f"{doc_id}.part"
    try:
        name = api.download_one(store.place.emil, doc_id, path) or store.listing[doc_id].name
    except (Refused, Unanswered) as error:
        _raise_in_outage(error)
        store.note_failure(doc_id, f"listed, but the download fails: {error}", _cost(error))
        return
    store.keep([arrived_alone(doc_id, path, name)], "archive")


def _get_by_mis(store: Store, lookup: Lookup, mis: MisClient) -> None:
    shown = {document.doc_id: document for document in lookup.mis}
    for doc_id in store.missing:
        if doc_id not in shown or store.failures >= PATIENCE:
            continue
        path = store.place.work / f"{doc_id}.part"
        try:
            mis.download(shown[doc_id], path)
        except (Refused, Unanswered) as error:
            _raise_in_outage(error)
            store.note_failure(doc_id, f"shown by the MIS, but the download fails: {error}", _cost(error))
            continue
        store.keep([arrived_alone(doc_id, path, shown[doc_id].name)], "mis")


def _raise_in_outage(error: Exception) -> None:
    if isinstance(error, Unanswered) and error.outage:
        raise error


def _cost(error: Exception) -> int:
    """Return how much of the patience a failed download takes: one that timed out several times takes minutes."""
    return SLOW if isinstance(error, Unanswered) and error.slow else 1


def _close(store: Store, listed: datetime) -> Outcome:
    """Write the last receipt of this run and say what came."""
    place, missing = store.place, store.missing
    whole = store.listed_from <= month_bounds(place.month)[0]
    complete = not missing and whole and is_settled(place.month, listed)
    store.write(complete)
    reason = store.reasons.get(missing[0], "") if missing else ""
    counts = len(store.had) + len(missing), len(store.had), store.came, store.came_bytes, len(missing)
    return Outcome(place.emil, place.month, *counts, complete, reason)
