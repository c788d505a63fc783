"""Make the library importable as the workflow's scripts import it, and what several tests share."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "scripts"), str(HERE / "support")]


def pytest_collection_modifyitems(items):
    """Begin with what takes longest, so that no worker is left alone with it at the end."""
    items.sort(key=lambda item: -sum(item.get_closest_marker(name) is not None for name in ("slow", "slurm")))
