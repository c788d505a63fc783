"""Compare two results folders, or two versions of one rollup, row by row.

    ercot diff results-of-may results
    ercot diff old/dam_spp/2024.parquet new/dam_spp/2024.parquet --parquet differences

As `diff` does, it ends with 0 where nothing differs, 1 where something does, and 2 where they cannot be compared.
"""

import argparse
import filecmp
import json
import sys
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

import polars as pl

from ercot.catalog import DATASETS
from ercot.checks.differences import UNREADABLE, Differing, differing_rows, shared_columns
from ercot.core.files import write_json
from ercot.core.paths import ANNUAL, DERIVED_TABLES
from ercot.core.wording import counted
from ercot.product.diff_rows import EXAMPLES, DifferenceWriter, examples
from ercot.rollup.derived_tables import DERIVED
from ercot.tables.footer import DamagedFile
from ercot.tables.schema import annual_table
from ercot.tables.table import Table
from ercot.workflow.settings import UserError

FOLDERS = (ANNUAL, DERIVED_TABLES)


@dataclass
class Comparison:
    """How one rollup differs: rows by what became of them, changed values by column."""

    rollup: str
    rows_old: int = 0
    rows_new: int = 0
    only_old: int = 0
    only_new: int = 0
    changed: int = 0
    columns: dict[str, int] = field(default_factory=dict)  # changed values of each
    columns_only_old: list[str] = field(default_factory=list)
    columns_only_new: list[str] = field(default_factory=list)
    columns_retyped: list[str] = field(default_factory=list)  # in both, with another type: not compared
    examples: list[str] = field(default_factory=list)

    @property
    def differs(self) -> bool:
        """Whether a row or a column differs."""
        others = (self.columns_only_old, self.columns_only_new, self.columns_retyped)
        return bool(self.only_old or self.only_new or self.changed or any(others))


def main(arguments: list[str]) -> None:
    """Compare, print a summary, write what was asked for."""
    parser = argparse.ArgumentParser(prog="ercot diff", description=__doc__.partition("\n")[0])
    parser.add_argument("old", type=Path, help="results_dir of the earlier run, or one rollup of it")
    parser.add_argument("new", type=Path, help="results_dir of the later run, or one rollup of it")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the summary as JSON; - for the terminal")
    parser.add_argument("--parquet", type=Path, metavar="FOLDER", help="write the rows that differ, a file a rollup")
    given = parser.parse_args(arguments)
    try:
        found = [compare(name, *files, given.parquet) for name, files in pairs(given.old, given.new).items()]
    except UserError as mistake:
        print(f"ercot: {mistake}", file=sys.stderr)
        sys.exit(2)
    report = [asdict(comparison) for comparison in found if comparison.differs]
    if given.json and str(given.json) != "-":
        write_json(given.json, report)
    print(json.dumps(report, indent=1) if str(given.json) == "-" else summary(found))
    sys.exit(1 if report else 0)


def pairs(old: Path, new: Path) -> dict[str, tuple[Path | None, Path | None]]:
    """Return the rollups to compare by name, each as the earlier and the later file, None where one has none.

    Raises `UserError` where a path is neither a results folder nor a rollup.
    """
    if old.is_file() and new.is_file():
        return {f"{new.parent.name}/{new.name}": (old, new)}
    rollups = [{str(path.relative_to(root)): path for path in _rollups(root)} for root in (old, new)]
    return {name: (rollups[0].get(name), rollups[1].get(name)) for name in sorted(rollups[0] | rollups[1])}


def _rollups(root: Path) -> list[Path]:
    if root.is_file():
        raise UserError(f"{root} is one rollup, so the other side must be one too")
    if not any((root / folder).is_dir() for folder in FOLDERS):
        raise UserError(f"{root} holds no rollups; give the results_dir of a run, or a Parquet file of it")
    return [path for folder in FOLDERS for path in sorted((root / folder).glob("*/*.parquet"))]


def compare(name: str, old: Path | None, new: Path | None, folder: Path | None = None) -> Comparison:
    """Compare two versions of a rollup; the rows that differ go into a file below ``folder``. Raises `UserError`."""
    rows = [_rows(path) if path else 0 for path in (old, new)]
    comparison = Comparison(name, *rows)
    if old is None or new is None:
        comparison.only_old, comparison.only_new = rows
        return comparison
    if filecmp.cmp(old, new, shallow=False):
        return comparison
    table = _table(new)
    columns = shared_columns(str(old), str(new))
    _compare_columns(comparison, old, new, columns)
    if missing := [column for column in (*table.key, table.day) if column not in columns]:
        raise UserError(f"{name}: {', '.join(missing)} is not in both with the same type, so rows cannot be matched")
    with DifferenceWriter(folder, name, table, old, columns) as writer:
        try:
            for part in differing_rows(table, str(old), str(new), columns):
                _add(comparison, table, part)
                writer.write(part)
        except (*UNREADABLE, DamagedFile) as error:
            raise UserError(f"{name} cannot be compared: {str(error).partition(chr(10))[0]}") from None
    return comparison


def _rows(path: Path) -> int:
    try:
        return pl.scan_parquet(path).select(pl.len()).collect().item()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise UserError(f"{path} cannot be read: {str(error).partition(chr(10))[0]}") from None


def _table(path: Path) -> Table:
    """Return the declared form of a rollup, which its metadata names, or its folder."""
    told = pl.read_parquet_metadata(path).get("ercot")
    name = json.loads(told)["dataset"] if told else path.parent.name
    if name in DERIVED:
        return DERIVED[name].table
    if name not in DATASETS:
        raise UserError(f"{path} is not a rollup of this workflow: '{name}' is no dataset")
    return annual_table(DATASETS[name])


def _compare_columns(comparison: Comparison, old: Path, new: Path, shared: list[str]) -> None:
    before, after = (pl.scan_parquet(path).collect_schema().names() for path in (old, new))
    comparison.columns_only_old = [name for name in before if name not in after]
    comparison.columns_only_new = [name for name in after if name not in before]
    comparison.columns_retyped = [name for name in after if name in before and name not in shared]


def _add(comparison: Comparison, table: Table, part: Differing) -> None:
    comparison.only_old += part.lost.height
    comparison.only_new += part.gained.height
    comparison.changed += part.changed.height
    values = [name for name in part.changed.columns if f"{name}_right" in part.changed.columns]
    unlike = part.changed.select(pl.col(name).ne_missing(pl.col(f"{name}_right")).sum() for name in values)
    counts = unlike.row(0, named=True) if values else {}
    comparison.columns = dict(Counter(comparison.columns) + Counter(counts))
    if len(comparison.examples) < EXAMPLES:
        comparison.examples += examples(table, part)[: EXAMPLES - len(comparison.examples)]


def summary(found: list[Comparison]) -> str:
    """Return what differs as lines for the terminal, the rollups that are equal as one."""
    lines = [line for comparison in found if comparison.differs for line in _lines(comparison)]
    differing = sum(comparison.differs for comparison in found)
    return "\n".join([*lines, f"{differing} of {counted(len(found), 'rollup')} differ{'s' * (differing == 1)}"])


def _lines(comparison: Comparison) -> list[str]:
    changed = ", ".join(f"{name} {count:,}" for name, count in comparison.columns.items())
    line = (
        f"{comparison.rollup}: {counted(comparison.only_old, 'row')} only in the old, "
        f"{comparison.only_new:,} only in the new, {comparison.changed:,} changed{f' ({changed})' if changed else ''}"
    )
    columns = {
        "only in the old": comparison.columns_only_old,
        "only in the new": comparison.columns_only_new,
        "of another type": comparison.columns_retyped,
    }
    others = [f"  columns {where}: {', '.join(names)}" for where, names in columns.items() if names]
    return [line, *others, *(f"  {example}" for example in comparison.examples)]
