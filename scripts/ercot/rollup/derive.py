"""Build a derived rollup, read it back, and say what is wrong with it or worth to know."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from ercot.core.files import replacing
from ercot.core.findings import EXAMPLES, Finding
from ercot.core.parallel import chunks
from ercot.rollup.annual import ROW_GROUP
from ercot.rollup.derived import Derived, Output


def derive(derived: Derived, year: int, sources: dict[str, str], target: Path | str) -> dict:
    """Build one derived rollup from the rollups of its year, by their ids. Returns its rows and findings.

    A month of operating days is held at a time. Where the result is not as declared, or does not account for every
    row of its first source, that is a critical finding, as with any rollup: so it never keeps the report from the rest.
    """
    with replacing(target) as path:
        _write(derived, year, sources, path)
    faults = [*faults_of(derived, year, target, sources[derived.sources[0]])]
    findings = [finding.to_json() for finding in (*faults, *remarks_of(derived, year, target))]
    return {"derived": derived.id, "year": year, "rows": _count(target), "findings": findings}


def _write(derived: Derived, year: int, sources: dict[str, str], path: Path) -> None:
    columns = [column.name for column in derived.columns]
    schema = pl.DataFrame(schema={c.name: c.dtype for c in derived.columns}).to_arrow().schema
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for month in (date(year, number, 1) for number in range(1, 13)):
            rows = {name: _of_month(source, month) for name, source in sources.items()}
            built = derived.build(month, rows).select(columns).sort(derived.key).collect(engine="streaming")
            if built.height:
                writer.write_table(built.to_arrow().cast(schema), row_group_size=ROW_GROUP)


def _of_month(source: str, month: date) -> pl.LazyFrame:
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return pl.scan_parquet(source).filter(pl.col("delivery_date").is_between(month, following, closed="left"))


def faults_of(derived: Derived, year: int, path: Path | str, source: str) -> Iterator[Finding]:
    """Return what is wrong with a derived rollup as it lies on the disk: always the fault of our own code."""
    declared = {column.name: column.dtype for column in derived.columns}
    found = dict(pl.read_parquet_schema(path))
    if list(found.items()) != list(declared.items()):
        yield Finding(derived.id, year, "schema", 1, "columns are not as declared", [f"{found} not {declared}"])
        return
    for rows in _chunks(path):
        for check, message, failing in (
            ("schema", "values are not as declared", _invalid(derived, rows)),
            ("schema", "rows are of another year", _shown(derived, rows.filter(pl.col(derived.day).dt.year() != year))),
            ("order", "rows are out of order", _shown(derived, _disordered(derived, rows))),
            ("duplicate", "rows repeat a key", _shown(derived, rows.filter(rows.select(derived.key).is_duplicated()))),
        ):
            if failing:
                yield Finding(derived.id, year, check, len(failing), message, failing[:EXAMPLES])
    there, due = pl.scan_parquet(path).select(derived.counted).collect().item(), _count(source)
    if there != due:
        message = f"accounts for {there} of the {due} rows of {derived.sources[0]}"
        yield Finding(derived.id, year, "ledger", abs(due - there), message)


def _chunks(path: Path | str) -> Iterator[pl.DataFrame]:
    """Read a rollup in parts, each with the last row of the one before."""
    before = None
    for rows in chunks(pl.scan_parquet(path)):
        yield rows if before is None else pl.concat([before, rows])
        before = rows.tail(1)


def _disordered(derived: Derived, rows: pl.DataFrame) -> pl.DataFrame:
    keys = rows.select(derived.key).with_row_index("_place")
    return rows.filter(keys.sort(derived.key, maintain_order=True)["_place"] != keys["_place"])


def _shown(derived: Derived, rows: pl.DataFrame) -> list[str]:
    return [" ".join(map(str, row)) for row in rows.select(derived.key).iter_rows()]


def _invalid(derived: Derived, rows: pl.DataFrame) -> list[str]:
    import pandera.errors

    try:
        pandera_schema(derived).validate(rows, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases.select("column", "check", "failure_case").unique(maintain_order=True)
        return [f"{column}: {check} fails for {case}" for column, check, case in cases.head(EXAMPLES).iter_rows()]
    return []


def pandera_schema(derived: Derived):
    """Return the pandera schema of a derived rollup."""
    import pandera.polars as pa

    columns = {c.name: pa.Column(c.dtype, checks=_bounds(pa, c), nullable=c.nullable) for c in derived.columns}
    return pa.DataFrameSchema(columns, strict=True, ordered=True, name=derived.id)


def _bounds(pa, column: Output) -> list:
    low = [] if column.low is None else [pa.Check.ge(column.low, n_failure_cases=10)]
    return low + ([] if column.high is None else [pa.Check.le(column.high, n_failure_cases=10)])


def remarks_of(derived: Derived, year: int, path: Path | str) -> list[Finding]:
    """Return what is right but worth to know, as findings."""
    found = []
    for remark in derived.remarks:
        rows = pl.scan_parquet(path).filter(remark.rows)
        count = rows.select(pl.len()).collect().item()
        if count:
            shown = _shown(derived, rows.head(EXAMPLES).collect())
            found.append(Finding(derived.id, year, remark.check, count, f"{count} {remark.message}", shown))
    return found


def _count(path: Path | str) -> int:
    return pl.scan_parquet(path).select(pl.len()).collect().item()


def describe(derived: Derived) -> dict:
    """Return the content of schema.json, in the form that the other rollups have."""
    return {
        "dataset": derived.id,
        "title": derived.title,
        "made_from": list(derived.sources),
        "key": list(derived.key),
        "sorted_by": list(derived.key),
        "columns": [
            {
                "name": column.name,
                "dtype": str(column.dtype),
                "unit": column.unit,
                "meaning": column.meaning,
                "nullable": column.nullable,
                "key": column.name in derived.key,
            }
            for column in derived.columns
        ],
    }
