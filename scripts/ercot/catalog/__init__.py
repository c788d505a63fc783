"""What ERCOT publishes: one declaration a report, grouped in one module a family.

Every `Dataset` found in a module of the folder `reports` is in the catalog, so adding a report means adding a
declaration (or a file with one), and nothing else.
"""

import importlib
import pkgutil

from ercot.catalog import reports
from ercot.catalog.model import Dataset


def _declared() -> dict[str, Dataset]:
    """Collect the declarations of all modules of this folder, in the order of modules and lines."""
    found = {}
    for module in pkgutil.walk_packages(reports.__path__, f"{reports.__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Dataset):
                if value.id in found and found[value.id] is not value:
                    raise ValueError(f"the catalog declares {value.id} twice")
                found[value.id] = value
    return found


DATASETS: dict[str, Dataset] = _declared()
