"""What ERCOT publishes: one declaration a report, grouped in one module a family.

Every `Dataset` found in a module of the folder `reports` is in the catalog, so adding a report means adding a
declaration (or a file with one), and nothing else.
"""

import importlib
import pkgutil
from collections.abc import Iterator

from ercot.catalog import reports
from ercot.catalog.model import Dataset


def _declared() -> Iterator[tuple[str, Dataset]]:
    """Yield family and declaration of all modules of this folder, in the order of modules and lines."""
    found = {}
    for module in pkgutil.walk_packages(reports.__path__, f"{reports.__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Dataset):
                if value.id in found and found[value.id] is not value:
                    raise ValueError(f"the catalog declares {value.id} twice")
                if value.id not in found:
                    yield module.name.rpartition(".")[2], value
                found[value.id] = value


_ALL = list(_declared())
DATASETS: dict[str, Dataset] = {declared.id: declared for _, declared in _ALL}
FAMILIES: dict[str, str] = {declared.id: family for family, declared in _ALL}  # dataset -> module of its declaration
