"""Derived rollups of a few rows written by hand."""

from pathlib import Path

import polars as pl
from helpers import RT_SPP_HEADER, run_pipeline, write_raw

from ercot.checks.verify_derived import verify_derived
from ercot.core.severity import CHECKS
from ercot.rollup.derive import derive
from ercot.rollup.derived_tables import DERIVED

# (hour label, flag, UTC start) of the first four hours of the long day
FALL, FALL_US = "2026-11-01", "11/01/2026"
FALL_HOURS = ((1, "N", f"{FALL}T05"), (2, "N", f"{FALL}T06"), (2, "Y", f"{FALL}T07"), (3, "N", f"{FALL}T08"))


def quarter(day: str, hour: int, number: int, price: float, flag: str = "N", point="HB_NORTH", kind="HU") -> str:
    return f"{day},{hour},{number},{point},{kind},{price},{flag}"


def build(tmp_path: Path, name: str, year: int, lines: dict[str, list[str]]) -> tuple[pl.DataFrame, dict]:
    """Run raw files through to a derived rollup, and those it is made from; returns its rows and its report."""
    datasets = ["rt_spp", "dam_spp", "dam_mcpc", "rt_mcpc"]
    run = run_pipeline(write_raw(tmp_path / "raw", lines), tmp_path / "results", datasets=datasets)
    assert run.critical() == []
    return build_from(tmp_path / "results", name, year)


def build_from(results: Path, name: str, year: int) -> tuple[pl.DataFrame, dict]:
    paths = {}
    for source in DERIVED[name].sources:
        if source in DERIVED:
            build_from(results, source, year)
        paths[source] = str(results / ("derived" if source in DERIVED else "annual") / source / f"{year}.parquet")
    target = results / "derived" / name / f"{year}.parquet"
    derive(DERIVED[name], year, paths, target)
    report = verify_derived(DERIVED[name], year, target, paths[DERIVED[name].sources[0]])
    return pl.read_parquet(target), report


def fall_prices() -> list[str]:
    """Quarter hours of the long day: 10, 20, 30, 40 plus a hundred an hour; the second pass lacks its third quarter."""
    lines = [
        quarter(FALL_US, hour, q, 100 * i + 10 * q, flag)
        for i, (hour, flag, _) in enumerate(FALL_HOURS)
        for q in (1, 2, 3, 4)
    ]
    lines.remove(quarter(FALL_US, 2, 3, 230, "Y"))
    return [RT_SPP_HEADER, *lines]


TYPES = (("LZ", 0.0), ("LZEW", 0.5))


def mcpc(day: str, hours: list[tuple[int, str, str, float]]) -> list[str]:
    return [
        "DeliveryDate,HourEnding,AncillaryType,MCPC,DSTFlag",
        *(f"{day},{h:02}:00,{k},{p},{f}" for h, f, k, p in hours),
    ]


def critical(report: dict) -> list[str]:
    """Return what is told of a derived rollup that nobody should use."""
    return [finding["message"] for finding in report["findings"] if CHECKS[finding["check"]].severity == "critical"]
