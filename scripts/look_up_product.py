"""Ask the servers what they have of one product."""

import ercot.core.process  # first: see there

from pathlib import Path

from ercot.catalog import DATASETS
from ercot.catalog.products import PRODUCTS, Source
from ercot.core.wording import counted
from ercot.fetch.servers.calls import Refused, Unanswered
from ercot.fetch.servers.clients import open_clients
from ercot.fetch.servers.lookup import look_up, write_lookup
from ercot.fetch.settings import central_now, read_fetch_settings
from ercot.workflow.job import logged
from ercot.workflow.settings import UserError


def main(config: dict, emil: str, months: list[str], output: str) -> str:
    """Write what the servers have of a product and return a line for the log."""
    now = central_now()
    settings = read_fetch_settings(config, DATASETS, now.date())
    clients = open_clients(settings, PRODUCTS[emil].source is Source.API)
    found = look_up(PRODUCTS[emil], months, clients.api, clients.mis, now)
    write_lookup(Path(output), found)
    place = "in the API" if found.in_api else "not in the API"
    shown = f"{counted(len(found.mis), 'document')} on the MIS"
    if found.mis_fault:
        shown = f"the MIS is left out ({found.mis_fault})"
    return f"{place}, {counted(len(found.bundles), 'bundle')}, {shown}"


if __name__ == "__main__":
    with logged(f"look up {snakemake.wildcards.emil}", snakemake.log[0]) as say:
        try:
            say(main(snakemake.config, snakemake.wildcards.emil, snakemake.params.months, snakemake.output[0]))
        except (UserError, Refused, Unanswered) as error:
            raise SystemExit(str(error)) from None
