"""How long a history takes: the table of docs/fetch.md, computed from the catalog.

    ercot history

In: the products and the megabytes a day that the catalog declares. Out: a line a product, for one year.
"""

import argparse

from ercot.catalog import DATASETS
from ercot.catalog.products import PRODUCTS, Product, Source
from ercot.fetch.months import estimate

YEAR = 2025
PACE = 25  # calls a minute


def history_table() -> str:
    """Return the table as Markdown."""
    head = ["product", "datasets", "the API has it from", "documents", "MB", "calls", "minutes"]
    rows = [head, ["---"] * len(head), *(_row(product) for product in PRODUCTS.values() if product.per_day >= 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def _row(product: Product) -> list[str]:
    datasets = [dataset for dataset in DATASETS.values() if dataset.emil == product.emil]
    first = max(1, product.reaches_back.month if product.reaches_back.year == YEAR else 1)
    total = estimate(product, datasets, [f"{YEAR}-{month:02}" for month in range(first, 13)])
    names = ", ".join(dataset.id for dataset in datasets[:2]) + ", …" * (len(datasets) > 2)
    since = f"{product.reaches_back}" if product.source is Source.API else "the MIS alone"
    counts = f"{total.documents:,.0f}", f"{total.bytes / 1e6:,.0f}", f"{total.calls:,.0f}"
    return [product.emil, names, since, *counts, f"{total.calls / PACE:,.0f}"]


def main(arguments: list[str]) -> None:
    """Print the table."""
    description = f"Print how long a download of {YEAR} takes at {PACE} calls a minute, by product."
    argparse.ArgumentParser(prog="ercot history", description=description).parse_args(arguments)
    print(history_table(), end="")
