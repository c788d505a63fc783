"""Get one posting month of one product."""

import ercot.core.process  # first: see there

from dataclasses import asdict
from pathlib import Path

from ercot.catalog import DATASETS
from ercot.catalog.products import PRODUCTS, Source
from ercot.core.files import write_json
from ercot.core.wording import counted
from ercot.fetch.bar import telling
from ercot.fetch.month import fetch_month
from ercot.fetch.months import typical_bytes
from ercot.fetch.servers.calls import Refused, Unanswered
from ercot.fetch.servers.clients import open_clients
from ercot.fetch.servers.lookup import read_lookup
from ercot.fetch.settings import central_now, read_fetch_settings
from ercot.fetch.store import Place
from ercot.raw.receipts import month_bounds
from ercot.workflow.job import logged
from ercot.workflow.settings import UserError


def main(config: dict, emil: str, month: str, lookup: str, output: str, tell) -> str:
    """Fetch a month, write what came of it, and return a line for the log."""
    now, product = central_now(), PRODUCTS[emil]
    settings = read_fetch_settings(config, DATASETS, now.date())
    clients = open_clients(settings, product.source is Source.API)
    size = typical_bytes(product, DATASETS.values(), month_bounds(month)[0].date())
    place = Place(settings.raw_dir, emil, month)
    came = fetch_month(place, product, read_lookup(Path(lookup)), clients, size, now, tell)
    write_json(output, asdict(came))
    lacking = f", {came.failed:,} could not be had ({came.reason})" if came.failed else ""
    return f"{came.came:,} came of {counted(came.listed, 'document')}, {came.came_bytes / 1e6:,.1f} MB{lacking}"


if __name__ == "__main__":
    with logged(f"fetch {snakemake.wildcards.emil} {snakemake.wildcards.month}", snakemake.log[0]) as say:
        tell = telling(say, snakemake.log[0])
        try:
            say(main(snakemake.config, *snakemake.wildcards, snakemake.input[0], snakemake.output[0], tell))
        except (UserError, Refused, Unanswered) as error:
            raise SystemExit(str(error)) from None
