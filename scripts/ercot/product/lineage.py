"""Where a row of a rollup comes from: the raw member, its line, its publication, and what became of its rivals.

    ercot lineage dam_spp interval_start=2024-11-03T07:00Z settlement_point=HB_HOUSTON
    ercot lineage dart_spread interval_start=2024-11-03T07:00Z settlement_point=HB_HOUSTON

Nothing is stored for this: the raw files of that operating day are read again, exactly as the workflow reads them. Of a
derived rollup the rows of its sources are traced.
"""

import argparse
import sys
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from ercot.catalog import DATASETS
from ercot.catalog.model import Dataset
from ercot.core.files import read_json
from ercot.core.paths import ANNUAL, INTERIM, ResultPaths
from ercot.normalize.day_group import ProcessedDays, process_days
from ercot.planning.batches import Manifest, batch_name, read_manifest, span
from ercot.rollup.derived_tables import DERIVED, Derived
from ercot.tables.schema import DTYPES
from ercot.tables.time_columns import CENTRAL, time_key
from ercot.workflow.settings import UserError


def trace(raw_dir: Path, results: Path, dataset: Dataset, key: dict[str, str]) -> list[dict]:
    """Return each raw row of a key: file, line, publication, fate and the line itself, the written one first.

    ``key`` maps key columns to texts, times in ISO form (UTC unless they say otherwise). Columns may be left out: then
    all rows that fit are returned. Rejected rows of that day are among them where a field of theirs is each text of the
    key; which hour they meant cannot be told. Rows of price corrections come last, their fate is `correction`. Raises
    `UserError` for what the user can mend.
    """
    return [*_rows_of(raw_dir, results, dataset, key), *_corrections_of(raw_dir, results, dataset, key)]


def _corrections_of(raw_dir: Path, results: Path, dataset: Dataset, key: dict[str, str]) -> list[dict]:
    """Return the correction rows behind a key that were used, the last one, which decides, first."""
    correcting = dataset.corrections and DATASETS[dataset.corrections.dataset]
    if not correcting:
        return []
    shared = {name: text for name, text in key.items() if name in correcting.key}
    day = _operating_day(correcting, {name: _typed(correcting, name, text) for name, text in shared.items()})
    if _manifest_of_day(results / INTERIM / correcting.id, day) is None:
        return []
    rows = [row for row in _rows_of(raw_dir, results, correcting, shared) if row["fate"] == "written"]
    return [row | {"fate": "correction"} for row in reversed(rows)]


def _rows_of(raw_dir: Path, results: Path, dataset: Dataset, key: dict[str, str]) -> list[dict]:
    wanted = {name: _typed(dataset, name, text) for name, text in key.items()}
    processed = _processed(raw_dir, results, dataset, _operating_day(dataset, wanted))
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
    found += _rejected(processed, {value for value in wanted.values() if isinstance(value, str)})
    if not found and processed.ledger.rejected_files:
        lost = processed.ledger.rejected_files[0]
        raise UserError(f"no raw row has that key, and {lost['file']} cannot be used: {lost['reason']}")
    return found


@lru_cache(maxsize=2)
def _processed(raw_dir: Path, results: Path, dataset: Dataset, day: date) -> ProcessedDays:
    """Read the raw files of an operating day; kept for the next row of that day."""
    manifest = _manifest_of_day(results / INTERIM / dataset.id, day)
    if manifest is None:
        raise UserError(f"no batch of {dataset.id} holds {day}; is {results} the results folder?")
    return process_days(raw_dir, manifest, dataset, [entry for entry in manifest.entries if day in entry.days])


def _rejected(processed: ProcessedDays, texts: set[str]) -> list[dict]:
    """Return the rejected rows that have all the texts among their fields."""
    if not texts:
        return []
    sources = [_source(processed, f"rejected ({reason})", (f, n)) for f, n, reason in processed.rejects.iter_rows()]
    return [source for source in sources if texts <= {field.strip(' "') for field in source["text"].split(",")}]


def trace_derived(raw_dir: Path, results: Path, derived: Derived, key: dict[str, str]) -> list[dict]:
    """Return the raw rows behind the rows of a derived rollup, each with its `dataset`. Raises `UserError`."""
    begin, end = _span_of(results, derived, key)
    found = []
    for dataset in _raw_sources(derived):
        named = {name: text for name, text in key.items() if name in dataset.key and not name.startswith("interval_")}
        rows = pl.scan_parquet(results / ANNUAL / dataset.id / "*.parquet")
        times = rows.filter(pl.col(time_key(dataset)).is_between(begin, end, closed="left"))
        times = times.filter(pl.col(name).cast(pl.String) == text for name, text in named.items())
        for time in times.select(time_key(dataset)).unique().sort(time_key(dataset)).collect().to_series():
            traced = trace(raw_dir, results, dataset, named | {time_key(dataset): time.isoformat()})
            found += [{"dataset": dataset.id} | row for row in traced]
    return list({(row["dataset"], row["file"], row["line"]): row for row in found}.values())  # rejected rows but once


def _raw_sources(derived: Derived) -> list[Dataset]:
    """Return the datasets of the catalog that a derived rollup is made of, also by way of others."""
    ways = [_raw_sources(DERIVED[name]) if name in DERIVED else [DATASETS[name]] for name in derived.sources]
    return [dataset for way in ways for dataset in way]


def _span_of(results: Path, derived: Derived, key: dict[str, str]) -> tuple[datetime, datetime]:
    """Return begin and end, in UTC, of what the rows with a key sum up."""
    time = derived.key[0]
    if missing := [name for name in key if name not in derived.key]:
        raise UserError(f"{missing[0]} is no key column of {derived.id}; the key is {', '.join(derived.key)}")
    if time not in key:
        raise UserError(f"give {time} too: it says which operating days to look into")
    begin = _moment(time, key[time])
    if time == "month":
        days = span(batch_name(begin.date(), "month"))
        return tuple(_midnight(day) for day in (days[0], days[1] + timedelta(days=1)))
    rows = pl.scan_parquet(results / "derived" / derived.id / "*.parquet").filter(pl.col(time) == begin)
    ends = rows.select(pl.col("interval_end").max()).collect().item()
    if ends is None:
        raise UserError(f"{derived.id} has no row of {key[time]}; is {results} the results folder?")
    return begin, ends


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(CENTRAL)).astimezone(UTC)


def _typed(dataset: Dataset, name: str, text: str):
    if name not in dataset.key and name != time_key(dataset):
        raise UserError(f"{name} is no key column of {dataset.id}; the key is {', '.join(dataset.key)}")
    if dataset.has(name) and DTYPES.get(dataset.column(name).kind) == pl.String:
        return text
    return _moment(name, text)


def _moment(name: str, text: str) -> date | datetime:
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
    names = sorted(DATASETS | DERIVED)
    parser.add_argument("dataset", choices=names, metavar="dataset", help="dataset or derived rollup, such as dam_spp")
    parser.add_argument("key", nargs="+", help="key column=value; times as 2024-11-03T07:00Z")
    parser.add_argument("--raw", type=Path, help="where the raw files are, if not in the raw_dir of the run")
    parser.add_argument("--results", type=Path, default=Path("results"), help="results_dir of the run (results)")
    given = parser.parse_args(arguments)
    try:
        key = dict(_split(part) for part in given.key)
        find, declared = (trace, DATASETS) if given.dataset in DATASETS else (trace_derived, DERIVED)
        found = find(given.raw or raw_dir_of(given.results), given.results, declared[given.dataset], key)
        if not found:
            raise UserError("no raw row has that key")
    except UserError as mistake:
        sys.exit(f"ercot: {mistake}")
    for source in found:
        print(f"{source['dataset']}\t" if "dataset" in source else "", end="")
        print("{fate}\t{file}\tline {line}\tpublished {published}\t{text}".format(**source))


def _split(part: str) -> tuple[str, str]:
    name, sign, value = part.partition("=")
    if not sign:
        raise UserError(f"write {part} as column=value")
    return name, value
