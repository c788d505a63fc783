"""Where a row of a rollup comes from: the raw member, its line, its publication, and what became of its rivals.

    ercot lineage dam_spp interval_start=2024-11-03T07:00Z settlement_point=HB_HOUSTON

Nothing is stored for this: the raw files of that operating day are read again, exactly as the workflow reads them.
"""

import argparse
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from ercot.catalog import DATASETS
from ercot.catalog.model import Dataset
from ercot.core.files import read_json
from ercot.core.paths import ResultPaths
from ercot.normalize.day_group import ProcessedDays, process_days
from ercot.planning.batches import Manifest, read_manifest, span
from ercot.tables.schema import DTYPES
from ercot.tables.time_columns import CENTRAL, time_key
from ercot.workflow.settings import UserError


def trace(raw_dir: Path, results: Path, dataset: Dataset, key: dict[str, str]) -> list[dict]:
    """Return each raw row of a key: file, line, publication, fate and the line itself, the written one first.

    ``key`` maps key columns to texts, times in ISO form (UTC unless they say otherwise). Columns may be left out: then
    all rows that fit are returned. Rows of price corrections come last, their fate is `correction`. Raises `UserError`
    for what the user can mend.
    """
    return [*_rows_of(raw_dir, results, dataset, key), *_corrections_of(raw_dir, results, dataset, key)]


def _corrections_of(raw_dir: Path, results: Path, dataset: Dataset, key: dict[str, str]) -> list[dict]:
    """Return the correction rows behind a key that were used, the last one, which decides, first."""
    correcting = dataset.corrections and DATASETS[dataset.corrections.dataset]
    if not correcting:
        return []
    shared = {name: text for name, text in key.items() if name in correcting.key}
    day = _operating_day(correcting, {name: _typed(correcting, name, text) for name, text in shared.items()})
    if _manifest_of_day(results / "interim" / correcting.id, day) is None:
        return []
    rows = [row for row in _rows_of(raw_dir, results, correcting, shared) if row["fate"] == "written"]
    return [row | {"fate": "correction"} for row in reversed(rows)]


def _rows_of(raw_dir: Path, results: Path, dataset: Dataset, key: dict[str, str]) -> list[dict]:
    wanted = {name: _typed(dataset, name, text) for name, text in key.items()}
    day = _operating_day(dataset, wanted)
    manifest = _manifest_of_day(results / "interim" / dataset.id, day)
    if manifest is None:
        raise UserError(f"no batch of {dataset.id} holds {day}; is {results} the results folder?")
    entries = [entry for entry in manifest.entries if day in entry.days]
    processed = process_days(raw_dir, manifest, dataset, entries)
    conditions = [(pl.col(n).cast(pl.String) if isinstance(v, str) else pl.col(n)) == v for n, v in wanted.items()]
    deduplicated = processed.deduplicated
    found = []
    for fate, rows in (
        ("written", deduplicated.kept),
        ("duplicate", deduplicated.duplicates),
        ("superseded", deduplicated.superseded),
    ):
        here = rows.filter(conditions).select("_file", "_line")
        found += [_source(processed, fate, row) for row in here.iter_rows()]
    if not found and processed.ledger.rejected_files:
        lost = processed.ledger.rejected_files[0]
        raise UserError(f"no raw row has that key, and {lost['file']} cannot be used: {lost['reason']}")
    return found


def _typed(dataset: Dataset, name: str, text: str):
    if name not in dataset.key and name != time_key(dataset):
        raise UserError(f"{name} is no key column of {dataset.id}; the key is {', '.join(dataset.key)}")
    if dataset.has(name) and DTYPES.get(dataset.column(name).kind) == pl.String:
        return text
    try:
        if name in ("as_of", "delivery_date"):
            return date.fromisoformat(text)
        stamp = datetime.fromisoformat(text)
    except ValueError:
        raise UserError(f"{name}={text} is no time; write it as 2024-11-03T07:00Z") from None
    if name.endswith("_cpt"):
        return stamp
    return stamp.replace(tzinfo=stamp.tzinfo or UTC).astimezone(UTC)


def _operating_day(dataset: Dataset, wanted: dict) -> date:
    moment = wanted.get(time_key(dataset))
    if moment is None:
        raise UserError(f"give {time_key(dataset)} too: it says which operating day to look into")
    return moment.astimezone(ZoneInfo(CENTRAL)).date() if isinstance(moment, datetime) else moment


def _manifest_of_day(folder: Path, day: date) -> Manifest | None:
    for path in sorted(folder.glob("*.manifest.gz")):
        first, last = span(path.name.removesuffix(".manifest.gz"))
        if first <= day <= last:
            return read_manifest(path)
    return None


def raw_dir_of(results: Path) -> Path:
    """Return the raw folder of the last run into a results folder. Raises `UserError` where none is noted."""
    try:
        return Path(read_json(ResultPaths(results).run_notes)["raw_dir"])
    except (OSError, ValueError, KeyError):
        raise UserError(f"{results} does not say which raw folder it was made from: give --raw") from None


def _source(processed: ProcessedDays, fate: str, row: tuple[int, int]) -> dict:
    file, line = processed.files[row[0]], row[1]
    return {
        "fate": fate,
        "file": file.label,
        "line": line,
        "published": file.publication.published,
        "text": file.texts([line])[0],
    }


def main(arguments: list[str]) -> None:
    """Print the sources of a row, one line each."""
    parser = argparse.ArgumentParser(prog="ercot lineage", description="Say where a rollup's row comes from.")
    parser.add_argument("dataset", choices=sorted(DATASETS), metavar="dataset", help="dataset id, such as dam_spp")
    parser.add_argument("key", nargs="+", help="key column=value; times as 2024-11-03T07:00Z")
    parser.add_argument("--raw", type=Path, help="where the raw files are, if not in the raw_dir of the run")
    parser.add_argument("--results", type=Path, default=Path("results"), help="results_dir of the run (results)")
    given = parser.parse_args(arguments)
    try:
        key = dict(_split(part) for part in given.key)
        found = trace(given.raw or raw_dir_of(given.results), given.results, DATASETS[given.dataset], key)
        if not found:
            raise UserError("no raw row has that key")
    except UserError as mistake:
        sys.exit(f"ercot: {mistake}")
    for source in found:
        print("{fate}\t{file}\tline {line}\tpublished {published}\t{text}".format(**source))


def _split(part: str) -> tuple[str, str]:
    name, sign, value = part.partition("=")
    if not sign:
        raise UserError(f"write {part} as column=value")
    return name, value
