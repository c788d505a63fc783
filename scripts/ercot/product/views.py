"""ercot.duckdb: a view a dataset over all its years, what the checks found, and tables as of a publication time."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from ercot.catalog.model import Dataset
from ercot.core.paths import ANNUAL, REPORT, REVISIONS, ResultPaths
from ercot.product.as_of import as_of, quoted
from ercot.tables.table import Table
from ercot.tables.time_columns import CENTRAL

VARIABLE = "results"  # of a DuckDB session: where the results folder lies now
LOCAL = "_local"
READABLE_SINCE = "v1.1.0"  # DuckDB's releases of late 2024 and later open the file
MOVED = "ercot.duckdb and the results folder do not belong together: set variable results = '/where/the/folder/is/now'"
README = [
    "Views: one a dataset, over all its years; their comments and those of their columns say what they hold.",
    "They read the Parquet files where they were written. After a move or in a copy of the folder, say first:",
    "set variable results = '/where/the/folder/is/now';",
    "Columns that end with _local are Central Prevailing Time, the others are UTC.",
    "from DATASET_as_of(timestamp '2024-06-01 12:00') gives a table as it was published by then, in Central time.",
    "README.md beside this file says how to see that nothing was altered, and where a value comes from.",
]
COMMENTS = {
    "findings": "What the checks found, by dataset and year",
    "ledger": "Where every raw file and row went, by dataset and year",
    "coverage": "Rows of each operating day, and how many of its intervals or SCED runs are missing",
}
AS_OF = (
    "The table as published by a moment (TIMESTAMP, Central Prevailing Time): replaced rows are put back, later "
    "corrections taken off. A row that nothing ever replaced counts as if it had always been there"
)
LEDGER = ("files_found", "files_read", "files_rejected", "rows_read", "rows_written", "rows_duplicate")
LEDGER = (*LEDGER, "rows_superseded", "rows_rejected")
DAY = {"dataset": pl.String, "year": pl.Int32, "day": pl.Date, "rows": pl.Int64, "missing": pl.Int64}


def write_database(
    path: Path | str, paths: ResultPaths, tables: dict[str, Table], datasets: list[Dataset], told: dict, digest: str
) -> None:
    """Write a database of views.

    ``digest`` is the SHA-256 of datapackage.json: views end with an error where the folder that they look into has
    another one, as the folder that a copy was made from does after its next run.
    ``tables`` maps each rollup, as its path below the results, to its form: no other file is read, so that a year left
    over from other raw files is in no view; ``datasets`` are those of which there is a rollup; ``told`` is the content
    of verification.json with the facts of each year under `years`. The views look into the folder of the results as it
    is now, or into the one that the variable `results` of a session names.
    """
    folders: dict[str, tuple[Table, list[str]]] = {}
    for name, table in tables.items():
        folders.setdefault(str(Path(name).parent), (table, []))[1].append(Path(name).stem)
    place = f"coalesce(getvariable('{VARIABLE}'), {quoted(str(paths.results.resolve()))})"
    with duckdb.connect(str(path), config={"storage_compatibility_version": READABLE_SINCE}) as database:
        database.execute("set timezone = 'UTC'")
        for folder, (table, years) in folders.items():
            for statement in _view(table, _rows(place, folder, years), _is_ours(place, digest)):
                database.execute(statement)
        database.execute(f"create view findings as from read_parquet({place} || '/{REPORT}/findings.parquet')")
        database.execute("create table readme as select unnest(?) as readme", [README])
        database.execute("create schema kept")
        for name, rows in (("ledger", _ledger(told)), ("coverage", _coverage(told))):
            database.register("rows", rows.to_arrow())
            database.execute(f"create table kept.{name} as from rows")
            database.execute(f"create view {name} as from kept.{name}")
            database.execute(f"comment on view {name} is {quoted(COMMENTS[name])}")
            database.unregister("rows")
        for dataset in datasets:
            database.execute(_macro(dataset, {folder: years for folder, (_, years) in folders.items()}, place))
            database.execute(f"comment on macro table {dataset.id}_as_of is {quoted(AS_OF)}")
        database.execute(f"comment on view findings is {quoted(COMMENTS['findings'])}")


def _rows(place: str, folder: str, years: list[str]) -> str:
    return f"read_parquet([{place} || '/{folder}/' || year || '.parquet' for year in {years}])"


def _is_ours(place: str, digest: str) -> str:
    """Return the condition that the folder is the one that the database was written for."""
    found = f"case when sha256(content) = {quoted(digest)} then true else error({quoted(MOVED)}) end"
    return f"(select {found} from read_text({place} || '/datapackage.json'))"


def _view(table: Table, rows: str, condition: str) -> Iterator[str]:
    """Yield the statements that make the view of a table, with comments."""
    stamps = [c for c in table.columns if isinstance(c.dtype, pl.Datetime) and c.dtype.time_zone]
    name = table.id
    local = [f"{c.name} at time zone '{CENTRAL}' as {c.name}{LOCAL}" for c in stamps]
    yield f"create view {name} as select {', '.join(['*', *local])} from {rows} where {condition}"
    yield f"comment on view {name} is {quoted(_of_table(table))}"
    for column in table.columns:
        unit = f" [{column.unit}]" if column.unit else ""
        yield f"comment on column {name}.{column.name} is {quoted(f'{column.meaning}{unit}')}"
    for column in stamps:
        meaning = f"{column.name} in Central Prevailing Time; the repeated hour of November is there twice"
        yield f"comment on column {name}.{column.name}{LOCAL} is {quoted(meaning)}"


def _of_table(table: Table) -> str:
    made_from = "; ".join(f"{name} {value}" for name, value in table.made_from)
    key = f"key: {', '.join(table.key)}" if table.key else f"sorted by {', '.join(table.order)}, no key"
    return "; ".join(filter(None, [table.title, made_from, key]))


def _macro(dataset: Dataset, folders: dict[str, list[str]], place: str) -> str:
    """Return the statement that makes a dataset's table as of a time; replaced rows are of the years of its rollup."""
    corrected = dataset.corrections and f"{ANNUAL}/{dataset.corrections.dataset}" in folders

    def rows(folder: str) -> str:
        return _rows(place, folder, folders[folder.replace(f"{REVISIONS}/", f"{ANNUAL}/")])

    return f"create macro {dataset.id}_as_of(moment) as table {as_of(dataset, rows, 'moment', bool(corrected))}"


def _ledger(told: dict[str, Any]) -> pl.DataFrame:
    names = {"dataset": pl.String, "year": pl.Int32} | dict.fromkeys(LEDGER, pl.Int64) | {"balanced": pl.Boolean}
    return pl.DataFrame([{name: entry[name] for name in names} for entry in told["ledger"]], schema=names)


def _coverage(told: dict[str, Any]) -> pl.DataFrame:
    """Return a line for each operating day that has rows: how many, and how many of its times are missing."""
    lines = [
        (year["dataset"], year["year"], day, rows, len(year["missing"].get(day, ())))
        for year in told["years"]
        for day, rows in year["rows"].items()
    ]
    text = pl.DataFrame(lines, schema=DAY | {"day": pl.String}, orient="row")
    return text.with_columns(pl.col("day").str.to_date())
