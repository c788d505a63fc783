"""The datasets in the order in which people use them: prices first, disclosures of offers and plans last."""

from collections.abc import Collection

from ercot.catalog import FAMILIES
from ercot.catalog.model import Dataset

TITLES = {
    "prices": "Prices of energy and ancillary services",
    "yearly": "Yearly price histories",
    "corrections": "Price corrections",
    "system": "System reports",
    "constraints": "Constraints",
    "sasm": "Supplemental ancillary services markets",
    "dam_as_offers": "Day-ahead ancillary offers (60 days later)",
    "dam_disclosure": "Day-ahead resources (60 days later)",
    "dam_energy": "Day-ahead energy and congestion (60 days later)",
    "sced_disclosure": "SCED resources (60 days later)",
    "sced_offers": "SCED offers and overrides (60 days later)",
    "sced_members": "Other SCED disclosures (60 days later)",
    "cop": "Current operating plans (60 days later)",
}


def in_order_of_use(catalog: dict[str, Dataset], datasets: Collection[str]) -> list[str]:
    """Return some datasets of the catalog in the order of the report; families that are not named above come last."""
    order = {family: number for number, family in enumerate(TITLES)}
    known = [dataset for dataset in catalog if dataset in datasets]
    return sorted(known, key=lambda dataset: order.get(FAMILIES.get(dataset), len(order)))


def title_of(dataset: str) -> str:
    """Return the name of a dataset's family."""
    family = FAMILIES.get(dataset, "")
    return TITLES.get(family, family.replace("_", " ").capitalize() or "Others")
