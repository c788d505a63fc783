"""What a table said at a publication time, from the rollup, the replaced rows and the price corrections.

    ercot as-of dam_spp "2024-06-01 12:00" --output dam_spp_june.parquet

A row that a later publication replaced lies in `revisions/` with both publication times, and a corrected price keeps
the first published one beside it, so both are put back. Of a row that was never replaced nothing says when it was
published: it is taken as if it had always been there.
"""

import argparse
import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from ercot.catalog import DATASETS
from ercot.catalog.model import Dataset
from ercot.core.files import read_json
from ercot.core.paths import ANNUAL, REVISIONS, ResultPaths
from ercot.tables.schema import ORIGINAL, describe, raw_types
from ercot.workflow.settings import UserError


def as_of(dataset: Dataset, files: Callable[[str], str], moment: str, has_corrections: bool) -> str:
    """Return the SQL query for the rows of a dataset as of a moment, a TIMESTAMP in Central Prevailing Time.

    ``files`` returns the SQL of a folder's Parquet files below the results; ``moment`` is SQL too.
    """
    columns = list(raw_types(dataset))
    if not dataset.key:
        return f"select {', '.join(columns)} from {files(f'{ANNUAL}/{dataset.id}')}"
    key, published = ", ".join(dataset.key), ", ".join(_first_published(dataset, name) for name in columns)
    query = f"""
        with replaced as (from {files(f"{REVISIONS}/{dataset.id}")}),
        before as (
            select {", ".join(columns)} from replaced
            where publication_old <= {moment} and {moment} < publication_new
            qualify row_number() over (partition by {key} order by publication_old desc) = 1
        ),
        known as (
            select {published} from {files(f"{ANNUAL}/{dataset.id}")} as rollup
            anti join (select {key} from replaced where {moment} < publication_new) as later using ({key})
            union all from before
        )"""
    if not has_corrections:
        return f"{query} from known order by {key}"
    return f"{query}{_corrected(dataset, files, moment, key, columns)} order by {key}"


def _first_published(dataset: Dataset, name: str) -> str:
    is_corrected = dataset.corrections and dataset.corrections.overrides(name)
    return f"coalesce({name}{ORIGINAL}, {name}) as {name}" if is_corrected else name


def _corrected(dataset: Dataset, files: Callable[[str], str], moment: str, key: str, columns: list[str]) -> str:
    """Return the end of a query that puts the prices of corrections up to the moment in place."""
    prices = dict(dataset.corrections.prices)
    shown = [f"coalesce(final.{prices[n]}, known.{n}) as {n}" if n in prices else f"known.{n}" for n in columns]
    return f""",
        final as (
            from {files(f"{ANNUAL}/{dataset.corrections.dataset}")} where price_correction_time_cpt <= {moment}
            qualify row_number() over (partition by {key} order by price_correction_time_cpt desc) = 1
        )
        select {", ".join(shown)} from known left join final using ({key})"""


def quoted(text: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def main(arguments: list[str]) -> None:
    """Write the rows of a dataset as of a publication time."""
    parser = argparse.ArgumentParser(prog="ercot as-of", description=__doc__.partition("\n")[0])
    parser.add_argument("dataset", help="id of a dataset, such as dam_spp")
    parser.add_argument("time", help="publication time in Central Prevailing Time, such as '2024-06-01 12:00'")
    parser.add_argument("--results", type=Path, default=Path("results"), help="results_dir of the run")
    parser.add_argument("--output", type=Path, help="Parquet file to write; default: DATASET_as_of.parquet")
    given = parser.parse_args(arguments)
    try:
        target = given.output or Path(f"{given.dataset}_as_of.parquet")
        rows = write_as_of(given.results, given.dataset, given.time, target)
    except UserError as mistake:
        sys.exit(f"ercot: {mistake}")
    print(f"{target}: {rows:,} rows")


def write_as_of(results: Path, dataset: str, time: str, target: Path) -> int:
    """Write what a dataset's rollups said at a time; returns the number of rows. Raises `UserError`."""
    import duckdb

    paths = ResultPaths(results)
    if dataset not in DATASETS or not _found(paths, f"{ANNUAL}/{dataset}"):
        raise UserError(f"there is no rollup of '{dataset}' in {results}")
    try:
        moment = datetime.fromisoformat(time)
    except ValueError:
        raise UserError(f"'{time}' is no time; write it as '2024-06-01 12:00', in Central Prevailing Time") from None
    if moment.tzinfo:
        raise UserError(f"'{time}' names a time zone; give the time as ERCOT's clocks show it")
    declared = DATASETS[dataset]
    corrected = declared.corrections and _found(paths, f"{ANNUAL}/{declared.corrections.dataset}")
    query = as_of(declared, lambda folder: _files(paths, folder), f"timestamp '{moment}'", bool(corrected))
    with duckdb.connect() as database:
        database.execute("set timezone = 'UTC'")
        name, told = quoted(str(target)), quoted(_metadata(declared, time))
        options = f"format parquet, compression zstd, kv_metadata {{ercot: {told}}}"
        try:
            ((rows,),) = database.execute(f"copy ({query}) to {name} ({options})").fetchall()
        except duckdb.Error as error:
            reason = str(error).partition("\n")[0]
            raise UserError(f"{results}: {reason}; `snakemake audit` names what is damaged") from None
    return rows


def _files(paths: ResultPaths, folder: str) -> str:
    """Return the SQL of a folder's files."""
    return f"read_parquet([{', '.join(quoted(str(path)) for path in _found(paths, folder))}])"


def _found(paths: ResultPaths, folder: str) -> list[Path]:
    """Return a folder's files: of the rollups that datapackage.json names, as in the views.

    A year that is left over from raw files that are gone is in no table. Without a data package all files count.
    """
    found = sorted((paths.results / folder).glob("*.parquet"))
    if paths.data_package.exists():
        named = {Path(resource["path"]) for resource in read_json(paths.data_package)["resources"]}
        years = {path.stem for path in named if path.parts[:2] == (ANNUAL, Path(folder).name)}
        found = [path for path in found if path.stem in years]
    return found


def _metadata(dataset: Dataset, time: str) -> str:
    """Return what the file says of itself: the data sheet of its columns, and the publication time."""
    sheet, columns = describe(dataset), raw_types(dataset)
    sheet["columns"] = [column for column in sheet["columns"] if column["name"] in columns]
    return json.dumps({**sheet, "as_of": time}, ensure_ascii=False)
