"""README.md of a results folder: what lies where, how to query it, whether it is whole, where a value is from."""

from collections.abc import Mapping
from pathlib import Path

import jinja2
import polars as pl

from ercot.core import paths
from ercot.report.groups import spans
from ercot.report.run_record import workflow_version
from ercot.tables.table import Table

TEMPLATES = Path(__file__).parent / "templates"
USUAL = ("dam_spp", "rt_spp")  # tables that make a good example
HUBS = ("HB_HOUSTON", "HB_NORTH", "HB_WEST")
NO_TABLE = {  # the example of a folder without a table
    "table": "dam_spp",
    "price": "settlement_point_price",
    "time": "interval_start",
    "local": "interval_start_local",
    "entity": "settlement_point",
    "at": "2024-01-01T06:00Z",
    "value": "HB_HOUSTON",
}


def readme(tables: Mapping[str, tuple[Table, int]], results: Path) -> str:
    """Return the text; ``tables`` maps each rollup, as its path below the results, to its form and number of rows."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), trim_blocks=True, undefined=jinja2.StrictUndefined
    )
    template = environment.get_template("README.md.j2")
    return template.render(
        version=workflow_version(),
        paths=paths,
        tables=_by_table(tables),
        source=_source,
        example=_example(tables, results),
    )


def _by_table(tables: Mapping[str, tuple[Table, int]]) -> list[tuple[Table, str, int]]:
    """Return each table with its years as text and the sum of its rows."""
    found: dict[str, tuple[Table, list[int], int]] = {}
    for path, (table, rows) in sorted(tables.items()):
        _, years, total = found.get(table.id, (table, [], 0))
        found[table.id] = (table, [*years, int(Path(path).stem)], total + rows)
    return [(table, spans(years), rows) for table, years, rows in found.values()]


def _source(table: Table) -> str:
    return ", ".join(str(value) for _, value in table.made_from)


def _example(tables: Mapping[str, tuple[Table, int]], results: Path) -> dict[str, str]:
    """Return the names in the examples: a price at a hub where there is one, else any number of any table."""
    if not tables:
        return NO_TABLE
    found = sorted(tables, key=lambda path: (Path(path).parent.name not in USUAL, path))
    path = next((path for path in found if tables[path][1]), found[0])
    table = tables[path][0]
    number = next((c.name for c in table.columns if c.dtype == pl.Float64), table.columns[-1].name)
    stamps = [c.name for c in table.columns if isinstance(c.dtype, pl.Datetime) and c.dtype.time_zone]
    time = stamps[0] if stamps else table.day
    entity = next((n for n in table.key if n != time), table.columns[-1].name)
    names = {"table": table.id, "price": number, "time": time, "local": f"{time}_local" if stamps else time}
    return names | {"entity": entity, **_row(results / path, time, entity)}


def _row(path: Path, time: str, entity: str) -> dict[str, str]:
    """Return time and entity of a row, of a hub where there is one."""
    rows = pl.scan_parquet(path).select(time, entity)
    hubs = rows.filter(pl.col(entity).cast(pl.String).is_in(HUBS)).head(1).collect()
    found = hubs if hubs.height else rows.head(1).collect()
    row = found.row(0) if found.height else ("…", "…")
    return {"at": f"{row[0]:%Y-%m-%dT%H:%MZ}" if hasattr(row[0], "hour") else str(row[0]), "value": str(row[1])}
