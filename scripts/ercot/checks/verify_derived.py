"""Read a derived rollup back: what is wrong with it, always the fault of this code, and what a reader should know."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from ercot.checks.year_facts import DerivedFacts
from ercot.core.findings import EXAMPLES, Finding
from ercot.core.parallel import chunks
from ercot.facts import integrity
from ercot.rollup.derived_tables import Derived


def verify_derived(derived: Derived, year: int, target: Path | str, source: str) -> DerivedFacts:
    """Check one derived rollup against its declaration and its first source. Returns its rows and findings.

    Faults are critical findings, as with any rollup: so a faulty one never keeps the report from the rest.
    """
    faults = [*faults_of(derived, year, target, source)]
    findings = [finding.to_json() for finding in (*faults, *remarks_of(derived, year, target))]
    return {"derived": derived.id, "year": year, "rows": _count(target), "findings": findings}


def faults_of(derived: Derived, year: int, path: Path | str, source: str) -> Iterator[Finding]:
    """Return what is wrong with a derived rollup as it lies on the disk."""
    wrong = integrity.wrong_schema(derived.table, path)
    if wrong:
        yield Finding(derived.id, year, "schema", 1, "columns are not as declared", wrong)
        return
    for rows in _chunks(path):
        for fault in integrity.examine(derived.table, year, rows).faults:
            message = f"{fault.count} {integrity.MEANING[fault.check]}"
            yield Finding(derived.id, year, fault.check, fault.count, message, fault.examples)
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


def remarks_of(derived: Derived, year: int, path: Path | str) -> list[Finding]:
    """Return what is right but worth to know, as findings."""
    found = []
    for remark in derived.remarks:
        rows = pl.scan_parquet(path).filter(remark.rows)
        count = rows.select(pl.len()).collect().item()
        if count:
            shown = [" ".join(map(str, row)) for row in rows.head(EXAMPLES).select(derived.key).collect().iter_rows()]
            found.append(Finding(derived.id, year, remark.check, count, f"{count} {remark.message}", shown))
    return found


def _count(path: Path | str) -> int:
    return pl.scan_parquet(path).select(pl.len()).collect().item()
