"""The conversions to compare with, each as short as it can be: they only convert, nothing is checked.

python bench/peers.py {bytes|polars|duckdb|reference|unzip} DATASET RAW OUT
"""

import io
import os
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HEADERS = {
    "rt_spp": "DeliveryDate DeliveryHour:i DeliveryInterval:i SettlementPointName SettlementPointType "
    "SettlementPointPrice:f DSTFlag",
    "rt_lmp": "SCEDTimestamp RepeatedHourFlag SettlementPoint LMP:f",
    "dam_spp": "DeliveryDate HourEnding SettlementPoint SettlementPointPrice:f DSTFlag",
}
CHUNK = 100  # files that the reference algorithm reads at once


def columns(dataset: str, path: Path) -> dict[str, str]:
    """Return header -> i, f or t; of 60-day files, whose columns are many, all but the first few are numbers."""
    if dataset in HEADERS:
        return {name: kind or "t" for name, _, kind in (part.partition(":") for part in HEADERS[dataset].split())}
    texts = {
        "Delivery Date",
        "QSE",
        "DME",
        "Resource Name",
        "Resource Type",
        "Resource Status",
        "Settlement Point Name",
    }
    texts |= {"SCED Time Stamp", "Repeated Hour Flag", "Telemetered Resource Status", "Bid_Type", "Proxy Extension"}
    with open(path, encoding="utf-8") as file:
        header = [name.strip('"') for name in file.readline().rstrip("\n").split(",")]
    return {name: "t" if name in texts else "f" for name in header}


def polars_schema(kinds: dict[str, str]) -> dict:
    """Return the schema for polars."""
    import polars as pl

    return {name: {"i": pl.Int8, "f": pl.Float64, "t": pl.String}[kind] for name, kind in kinds.items()}


def read_bytes(files: list[Path], kinds: dict[str, str], out: Path) -> None:
    """Read every byte and forget it: the floor."""
    for path in files:
        path.read_bytes()


def polars(files: list[Path], kinds: dict[str, str], out: Path) -> None:
    """Scan all files at once, sink one Parquet file."""
    import polars as pl

    pl.scan_csv(files, schema=polars_schema(kinds), null_values=[""]).sink_parquet(out)


def duckdb(files: list[Path], kinds: dict[str, str], out: Path) -> None:
    """Typed COPY of all files."""
    import duckdb as db

    types = {"i": "TINYINT", "f": "DOUBLE", "t": "VARCHAR"}
    declared = ", ".join(f"'{name}': '{types[kind]}'" for name, kind in kinds.items())
    source = f"read_csv({[str(f) for f in files]!r}, header=true, columns={{{declared}}})"
    db.sql(f"COPY (SELECT * FROM {source}) TO '{out}' (FORMAT parquet, COMPRESSION zstd)")


def reference(files: list[Path], kinds: dict[str, str], out: Path) -> None:
    """As the Rust processor did: chunks of files, one read a file in a thread a core, concatenate, write."""
    import polars as pl

    schema = polars_schema(kinds)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        chunks = [files[i : i + CHUNK] for i in range(0, len(files), CHUNK)]
        read = [pl.concat(pool.map(lambda f: pl.read_csv(f, schema=schema, null_values=[""]), c)) for c in chunks]
    pl.concat(read).write_parquet(out)


def unzip(files: list[Path], kinds: dict[str, str], out: Path) -> None:
    """Unpack every zip to disk, then as `polars`."""
    folder = out.with_suffix(".unzipped")
    folder.mkdir(parents=True, exist_ok=True)
    for path in files:
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            archive.extractall(folder)
    polars(sorted(folder.rglob("*.csv")), kinds, out)


PEERS = {"bytes": read_bytes, "polars": polars, "duckdb": duckdb, "reference": reference, "unzip": unzip}

if __name__ == "__main__":
    peer, dataset, raw, out = sys.argv[1:]
    found = sorted(p for p in Path(raw).rglob("*") if p.suffix in (".csv", ".zip"))
    PEERS[peer](found, columns(dataset, found[0]), Path(out))
