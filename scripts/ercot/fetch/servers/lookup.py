"""What the servers have of one product, asked once a run: limits and bundles from the API, the list of the MIS.

In: a product and the clients. Out: a `Lookup`, which goes to the jobs of the months as JSON.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from ercot.catalog.products import Product, Source
from ercot.core.files import read_json, write_json
from ercot.fetch.months import is_settled
from ercot.fetch.servers.api import ApiClient
from ercot.fetch.servers.calls import ATTEMPTS, FEW_ATTEMPTS, Refused, Unanswered
from ercot.fetch.servers.listing import Listed
from ercot.fetch.servers.mis import MisClient
from ercot.fetch.settings import REGISTRATION
from ercot.raw.receipts import month_of
from ercot.workflow.settings import UserError


@dataclass(frozen=True)
class Lookup:
    """What the servers have of a product now."""

    in_api: bool
    limit: int
    bundles: dict[str, int]  # document id by month
    mis: tuple[Listed, ...]
    mis_listed: datetime
    mis_fault: str = ""  # why the MIS could not be asked for what the API may not list yet


def look_up(product: Product, months: list[str], api: ApiClient | None, mis: MisClient | None, now: datetime) -> Lookup:
    """Ask what there is. The MIS is asked where the API lacks the product, or for months that still grow.

    Raises `UserError` where no server can be asked; the API alone will do while the MIS gives no answer.
    """
    facts = _api_facts(product, api) if api and product.source is Source.API else None
    old, new = [month for month in months if is_settled(month, now)], not all(is_settled(m, now) for m in months)
    bundles = _bundles(product, api) if facts is not None and old and int(facts.get("bundle") or 0) else {}
    if facts is None and mis is None:
        raise UserError(f"the API does not have {product.emil}: it comes from the MIS alone, so leave source at auto")
    shown, fault = _shown_by_mis(product, mis, needed=facts is None) if mis and (facts is None or new) else ((), "")
    limit = int((facts or {}).get("downloadLimit") or product.limit)
    return Lookup(facts is not None, limit, bundles, tuple(shown), now, fault)


def _shown_by_mis(product: Product, mis: MisClient, needed: bool) -> tuple[list[Listed], str]:
    """Return what the MIS shows; where that is not needed and it gives no answer, nothing and the reason."""
    try:
        return mis.documents(product.report_type, ATTEMPTS if needed else FEW_ATTEMPTS), ""
    except (Refused, Unanswered) as error:
        if needed:
            raise
        return [], str(error)


def _api_facts(product: Product, api: ApiClient) -> dict | None:
    """Return the API's own facts of a product, None where it lacks the product."""
    try:
        found = api.products()
        return found.get(product.emil) if found else {}
    except Refused as error:
        if error.status in (401, 403):
            raise UserError(
                f"ERCOT refuses access (status {error.status}): it lets in addresses in the United States only, and "
                f"accounts that subscribed to the Public API at {REGISTRATION}"
            ) from None
        return {}  # no list of products: its archive may answer all the same


def _bundles(product: Product, api: ApiClient) -> dict[str, int]:
    try:
        return {month_of(bundle.posted): bundle.doc_id for bundle in api.bundles(product.emil)}
    except Refused:
        return {}


def write_lookup(path: Path, lookup: Lookup) -> None:
    """Write what was found."""
    content = asdict(lookup)
    content["mis"] = [document | {"posted": document["posted"].isoformat()} for document in content["mis"]]
    write_json(path, content | {"mis_listed": lookup.mis_listed.isoformat()})


def read_lookup(path: Path) -> Lookup:
    """Read what `write_lookup` wrote."""
    content = read_json(path)
    shown = [Listed(**(d | {"posted": datetime.fromisoformat(d["posted"])})) for d in content["mis"]]
    return Lookup(**(content | {"mis": tuple(shown), "mis_listed": datetime.fromisoformat(content["mis_listed"])}))
