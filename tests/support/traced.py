"""A small tree with its rollups, and the raw line of a row."""

import gzip
import io
import zipfile
from pathlib import Path

from helpers import (
    DAM_SPP_HEADER,
)

from ercot.tables.time_columns import time_key

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
LONG_DAY = [(hour, "N") for hour in (1, 2)] + [(2, "Y")] + [(hour, "N") for hour in range(3, 25)]
OFFERS_HEADER = "Delivery Date,Hour Ending,QSE,Generation Resource Name,PRICE1 REGUP"
OFFERS = "60d_DAM_Generation_Resource_ASOffers-01-JUL-25"


def day_ahead(bump: float = 0.0) -> list[str]:
    """Return the day on which the clock is set back; every third price depends on ``bump``."""
    rows = [
        f"11/03/2024,{hour:02d}:00,{point},{hour + bump * (hour % 3 == 0):.2f},{flag}"
        for hour, flag in LONG_DAY
        for point in ("HB_NORTH", "LZ_WEST")
    ]
    return [DAM_SPP_HEADER, *rows]


def raw_of(built) -> Path:
    return built.results.parent / "raw"


def line_at(root: Path, label: str, number: int) -> str:
    """Return a line of a raw member, found by nothing but its name."""
    path, *steps = label.split("!")
    data = (root / path).read_bytes()
    for step in steps:
        data = zipfile.ZipFile(io.BytesIO(data)).read(step)
    if label.endswith(".gz"):
        data = gzip.decompress(data)
    return data.decode().replace("\r\n", "\n").split("\n")[number - 1]


def key_of(dataset, row: dict) -> dict[str, str]:
    """Return the key of a row as the command takes it."""
    names = dataset.key or (time_key(dataset),)
    return {name: row[name].isoformat() if hasattr(row[name], "isoformat") else row[name] for name in names}
