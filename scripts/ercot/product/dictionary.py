"""The data dictionary: a page for people, made from the catalog alone.

``ercot dictionary > docs/data_dictionary.md`` writes it anew (`make docs`).
"""

import argparse
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ercot.catalog import DATASETS
from ercot.catalog.lags import Of, lag_of
from ercot.catalog.model import Cdr, Column, Coverage, Dataset, Spelling, Stem
from ercot.catalog.products import PRODUCTS, Product, Source
from ercot.core.reasons import OF_FILES, OF_ROWS
from ercot.tables.schema import ORIGINAL, describe

INTRODUCTION = """\
# Data dictionary

Made from the catalog (`scripts/ercot/catalog/`) by `make docs`; edit the catalog, not this page.

Every rollup `annual/{dataset}/{year}.parquet` has the columns below, in this order; the `schema.json` beside it says
the same for machines. The year is that of the operating day (`delivery_date`). A column that the files of an era lack
is null there. Values are as published: nothing is rounded, filled or converted, save that price corrections are put in
place where the dataset says so. "Headers" gives ERCOT's own spelling and, where it was not always so, the operating
days of the files that have it. Columns that differ only in a number stand in one line with `{n}` for the number. *key*
marks the columns that identify a row.

"Rests on" says how far the columns of an era can be trusted: on whole real files, on excerpts of real files, on names
of columns only (no row has been seen), or on derivation from other eras and reports.

The table says for each report its EMIL id with ERCOT's page of it, its report type id, the first operating day, when a
day is published at the latest, and what ERCOT still has: the public API what was posted from a day on, the public MIS
what was posted in the last days. Days and times are Central Prevailing Time.
"""
COMPLETE = {
    Coverage.GRID: "every interval of every operating day",
    Coverage.DAYS: "at least a row every operating day",
    Coverage.EVENTS: "only what happened: a day without rows is no gap",
}


@dataclass(frozen=True)
class Line:
    """One line of a dataset's table, or a part of one that differs by a number only."""

    name: str
    dtype: str
    unit: str
    meaning: str
    headers: str
    note: str


def render(datasets: Mapping[str, Dataset]) -> str:
    """Return the whole page as Markdown."""
    sections = ["\n".join(_section(dataset)) for dataset in _sorted(datasets)]
    parts = [INTRODUCTION, "\n".join(_contents(datasets)), "\n".join(_reasons()), *sections]
    return "\n".join(f"{part.rstrip()}\n" for part in parts)


def _reasons() -> Iterator[str]:
    yield "## Why rows and files are rejected\n"
    yield "`rejected/{dataset}/{year}.parquet` has each rejected row with its file, line, raw text and reason; the"
    yield "report lists the rejected files. What a reason is about follows its name: `bad_number: mw`.\n"
    for title, reasons in (("rows", OF_ROWS), ("files", OF_FILES)):
        yield f"| reason, {title} | meaning |"
        yield "|---|---|"
        yield from (f"| `{name}` | {meaning} |" for name, meaning in reasons.items())
        yield ""


def _sorted(datasets: Mapping[str, Dataset]) -> list[Dataset]:
    return sorted(datasets.values(), key=lambda dataset: dataset.id)


def _contents(datasets: Mapping[str, Dataset]) -> Iterator[str]:
    yield "| dataset | what it holds | report (type id) | first day | published by | ERCOT has postings |"
    yield "|---|---|---|---|---|---|"
    for dataset in _sorted(datasets):
        product = PRODUCTS.get(dataset.emil)
        report = f"[{product.emil}]({product.page}) ({product.report_type})" if product else dataset.emil
        cells = (f"[{dataset.id}](#{dataset.id})", dataset.title, report, str(dataset.first_day), _due(dataset))
        yield f"| {' | '.join((*cells, _kept(product)))} |"


def _due(dataset: Dataset) -> str:
    """Say when a report is published at the latest, as the gap check takes it."""
    lag = lag_of(dataset)
    if lag is None:
        return "when there is something to publish"
    if lag.of is Of.INTERVAL:
        return f"{lag.by // timedelta(minutes=1)} minutes after the interval"
    if lag.of is Of.YEAR:
        return f"{lag.by.days} days after the year"
    clock = datetime.min + (lag.by - timedelta(days=lag.by.days))
    return f"{clock:%H:%M} of {'the day before' if lag.by.days == -1 else f'day + {lag.by.days}'}"


def _kept(product: Product | None) -> str:
    """Say from when on, and for how long, ERCOT has what was posted."""
    if product is None:
        return "not known"
    shown = f"{product.mis_days} days" if product.mis_days else "no limit known"
    archive = f"API: from {product.reaches_back}; " if product.source is Source.API else ""
    return f"{archive}MIS: {shown}"


def _section(dataset: Dataset) -> Iterator[str]:
    sheet = describe(dataset)
    until = f" to {dataset.last_day}" if dataset.last_day else " on"
    yield f"## {dataset.id}\n"
    yield f"{dataset.title}.\n"
    yield f"- Report: {dataset.emil}, files {' or '.join(map(_file_name, dataset.sources))}"
    yield f"- Operating days: from {dataset.first_day}{until}"
    yield f"- Clock: {dataset.clock.facts.meaning}"
    yield f"- Complete: {COMPLETE[dataset.coverage]}"
    yield f"- Key: {_key(dataset)}"
    if dataset.corrections:
        final = " and ".join(f"`{price}`" for price, _ in dataset.corrections.prices)
        source = f"[{dataset.corrections.dataset}](#{dataset.corrections.dataset})"
        yield f"- Corrections: {final}: final, with {source} applied; as first published in `…{ORIGINAL}`"
    yield from _eras(dataset)
    yield f"- Rests on: {_evidence(dataset)}"
    yield from (f"- Quirk: {quirk}" for quirk in dataset.quirks)
    yield "\n| column | type | unit | meaning | headers |"
    yield "|---|---|---|---|---|"
    yield from (_row(line) for line in _lines(dataset, sheet))


def _file_name(source: Cdr | Stem) -> str:
    if isinstance(source, Stem):
        return f"`{source.stem}-DD-MMM-YY.csv`" if source.stem[:3] == "60d" else f"`{source.stem}_MMDDYYYY.csv`"
    return f"`cdr.{source.report_type:08d}.….{source.friendly}….csv`"


def _key(dataset: Dataset) -> str:
    if dataset.key:
        return ", ".join(f"`{name}`" for name in dataset.key)
    order = ", ".join(f"`{name}`" for name in dataset.order)
    return f"none, so a later member of an operating day replaces the earlier one whole; sorted by {order}"


def _eras(dataset: Dataset) -> Iterator[str]:
    """Yield one line a header era: its first day, its width, and what came and went."""
    before: list[str] | None = None
    for day in dataset.eras():
        header = dataset.header_on(day)
        changes = ""
        if before is not None:
            news = [("new", [h for h in header if h not in before]), ("gone", [h for h in before if h not in header])]
            changes = "".join(f"; {word} {_headers(texts)}" for word, texts in news if texts)
        yield f"- Header from {day}: {len(header)} columns{changes}"
        before = header


def _evidence(dataset: Dataset) -> str:
    """Say what the columns rest on, a phrase for each span of operating days."""
    return "; ".join(f"from {since} {evidence.value}" for since, evidence in dataset.evidence)


def _headers(texts: list[str]) -> str:
    """List headers, those that differ only in a number once."""
    return ", ".join(f"`{text}`" for text in dict.fromkeys(_without_number(text)[0] for text in texts))


def _lines(dataset: Dataset, sheet: dict) -> list[Line]:
    """Return the lines of the table; columns that differ only in their last number are one."""
    groups: dict[Line, list[tuple[Line, str]]] = {}
    for column in sheet["columns"]:
        line = _line(dataset, column)
        name, number = _without_number(line.name)
        meaning, headers = _with_n(line.meaning, number), _with_n(line.headers, number)
        groups.setdefault(replace(line, name=name, meaning=meaning, headers=headers), []).append((line, number))
    return [_joined(common, members) for common, members in groups.items()]


def _joined(common: Line, members: list[tuple[Line, str]]) -> Line:
    if len(members) == 1:
        return members[0][0]
    span = f"n = {members[0][1]}..{members[-1][1]}"
    return replace(common, note=f"{common.note}, {span}" if common.note else span)


def _without_number(text: str) -> tuple[str, str]:
    """Return a text with ``{n}`` for its last number, and that number."""
    found = re.search(r"(\d+)(?=\D*$)", text)
    return (text[: found.start()] + "{n}" + text[found.end() :], found[1]) if found else (text, "")


def _with_n(text: str, number: str) -> str:
    """Replace a number by ``{n}``, the last one of each header or phrase; dates and longer numbers stay."""
    return re.sub(rf"(?<![\d-]){number}(?!\d|-\d)(?=[^`\d]*(`|$|,))", "{n}", text) if number else text


def _line(dataset: Dataset, column: dict) -> Line:
    declared = dataset.column(column["name"]) if dataset.has(column["name"]) else None
    note = ", ".join(word for word, holds in (("key", column["key"]), ("never null", not column["nullable"])) if holds)
    headers = _spelled(declared) if declared else ""
    return Line(column["name"], column["dtype"], column["unit"], column["meaning"], headers, note)


def _spelled(column: Column) -> str:
    parts = [f"`{s.header}`{_days(s)}" for s in column.spellings]
    return "; ".join([*parts, *(f"in single files `{alias}`" for alias in column.aliases)])


def _days(spelling: Spelling) -> str:
    words = [f" from {spelling.since}" if spelling.since else "", f" to {spelling.until}" if spelling.until else ""]
    return "".join(words)


def _row(line: Line) -> str:
    name = f"`{line.name}`" + (f" *{line.note}*" if line.note else "")
    dtype = TYPES.get(line.dtype, line.dtype)
    cells = (name, dtype, line.unit, line.meaning, line.headers)
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


TYPES = {
    "Datetime(time_unit='us', time_zone='UTC')": "Datetime us, UTC",
    "Datetime(time_unit='us', time_zone=None)": "Datetime us, local",
}


def main(arguments: list[str]) -> None:
    """Print the data dictionary."""
    argparse.ArgumentParser(prog="ercot dictionary", description="Print the data dictionary.").parse_args(arguments)
    print(render(DATASETS), end="")
