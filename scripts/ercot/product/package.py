"""datapackage.json and SHA256SUMS: what the results hold, and by what to see that no file was altered."""

from pathlib import Path
from typing import Any

import polars as pl

from ercot.core.outputs import recorded_outputs
from ercot.core.paths import REPORT, SCHEMAS, TABLES, ResultPaths
from ercot.report.run_record import workflow_version
from ercot.tables.table import Table, TableColumn

TYPES = {pl.Date: "date", pl.String: "string", pl.Boolean: "boolean", pl.Float64: "number"}
PARTS = (*TABLES, SCHEMAS, f"{REPORT}/verification.json")


def checksums(paths: ResultPaths, records: list[Path]) -> dict[str, tuple[int, str]]:
    """Return bytes and SHA-256 of each file that is for users, by its path below the results.

    ``records`` are those that jobs left beside their outputs: no file is read again.
    """
    results, found = paths.results.resolve(), {}
    for record in records:
        for path, facts in recorded_outputs(record).items():
            name = path.relative_to(results).as_posix()
            if name.startswith(PARTS):
                found[name] = facts
    return dict(sorted(found.items()))


def sums_text(sums: dict[str, str]) -> str:
    """Return what `sha256sum -c` reads, given the SHA-256 of each file."""
    return "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(sums.items()))


def data_package(tables: dict[str, tuple[Table, int]], sums: dict[str, tuple[int, str]]) -> dict[str, Any]:
    """Return a Frictionless Data Package; ``tables`` maps the path of each rollup to its form and number of rows."""
    return {
        "profile": "data-package",
        "name": "ercot-rollups",
        "title": "Annual rollups of ERCOT's public reports",
        "version": workflow_version(),
        "homepage": "https://www.ercot.com/mp/data-products",
        "resources": [_resource(path, table, rows, *sums[path]) for path, (table, rows) in sorted(tables.items())],
    }


def _resource(path: str, table: Table, rows: int, size: int, sha256: str) -> dict[str, Any]:
    key = {"primaryKey": list(table.key)} if table.key else {}
    return {
        "name": f"{table.id}-{Path(path).stem}".replace("_", "-"),
        "title": f"{table.title}, {Path(path).stem}",
        "path": path,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": size,
        "hash": f"sha256:{sha256}",
        "rows": rows,
        "schema": {"fields": [_field(column) for column in table.columns]} | key,
        **({"sources": [{"title": str(value)} for _, value in table.made_from]} if table.made_from else {}),
    }


def _field(column: TableColumn) -> dict[str, Any]:
    kind = "datetime" if isinstance(column.dtype, pl.Datetime) else TYPES.get(column.dtype, "integer")
    unit = {"unit": column.unit} if column.unit else {}
    required = {} if column.nullable else {"constraints": {"required": True}}
    headers = {"headers": list(column.headers)} if column.headers else {}
    return {"name": column.name, "type": kind, "description": column.meaning} | unit | headers | required
