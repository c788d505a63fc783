"""What the notes on ERCOT's formats say of each dataset, as data."""

import json
import re
from functools import cache
from pathlib import Path

import pytest

from ercot.catalog import DATASETS
from ercot.catalog.clocks import Clock
from ercot.catalog.model import Column, Dataset

SHARED = Path(__file__).resolve().parents[3] / "shared"
FORMATS = SHARED / "formats"
SAMPLES = SHARED / "samples" / "raw"

DISCLOSURES = {"NP3-965-ER", "NP3-966-ER", "NP3-990-EX", "NP3-991-EX", "NP1-301"}
TIME_COLUMN = {Clock.RUN: "sced_timestamp", Clock.DAY: "as_of", Clock.POSTING: "delivery_date"}


@cache
def facts(name: str):
    """Read a fact file that lies beside the repository; skip the test where it does not."""
    path = FORMATS / name
    if not path.exists():
        pytest.skip(f"the fact file ../shared/formats/{name} is not there")
    return json.loads(path.read_text())


def texts(column: Column) -> list[str]:
    return [*(s.header for s in column.spellings), *column.aliases]


def fold(header: str) -> str:
    return re.sub(r"[^a-z0-9]", "", header.lower())


def found(dataset: Dataset, header: str) -> Column:
    matching = [c for c in dataset.columns if header.strip() in {t.strip() for t in texts(c)}]
    assert len(matching) == 1, f"{dataset.id}: '{header}' belongs to {[c.name for c in matching]}"
    return matching[0]


def each(*, of=None):
    """Run a test once a dataset, or once for each of those that `of` picks."""
    chosen = [d for d in DATASETS.values() if of is None or of(d)]
    return pytest.mark.parametrize("dataset", chosen, ids=lambda d: d.id)


def known_eras(dataset: Dataset) -> list[dict]:
    return [
        era
        for report in facts("ercot_columns.json").values()
        if report["dataset"] == dataset.id
        for era in report["eras"]
    ]
