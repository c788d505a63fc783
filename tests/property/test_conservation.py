"""Nothing lost, nothing wrong: any small tree comes out as a second, slow program says, in whatever order it came."""

import os
import tempfile
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from helpers import COUNTS, RT_SPP_HEADER, Run, rt_spp_name, run_pipeline, utc, write_raw
from hypothesis import HealthCheck, Phase, example, given, settings
from oracle import Account, Opinion, judge, known
from oracle_reports import REPORTS
from trees import DATASETS, HEADERS, Posting, files_of, moved, trees

from ercot.core.reasons import meaning_of
from ercot.product.as_of import write_as_of

BOUNDED = {"deadline": None, "derandomize": True, "database": None, "suppress_health_check": list(HealthCheck)}


def assert_as_judged(run: Run, opinion: Opinion) -> None:
    """Compare a run with the oracle: ledgers, rows in their order, revisions, rejected rows, ignored files."""
    ledgers = {(row["dataset"], row["year"]): row for row in run.report["ledger"]}
    expected = {key: account.counts() for key, account in opinion.accounts.items()}
    if opinion.unopened:
        expected[None, None] = (len(opinion.unopened), 0, len(opinion.unopened), 0, 0, 0, 0, 0)
    assert {key: tuple(row[name] for name in COUNTS) for key, row in ledgers.items()} == expected
    assert all(row["balanced"] for row in ledgers.values())
    assert run.critical() == []
    assert run.report["files"]["ignored"] == opinion.ignored
    for key, account in opinion.accounts.items():
        assert_rows(run, key, account)


def assert_rows(run: Run, key: tuple[str, int], account: Account) -> None:
    """Compare the tables of one dataset and year."""
    frame = run.annual[key]
    expected = [{name: row.get(name) for name in frame.columns} for row in account.written]
    assert frame.rows(named=True) == expected
    assert all(set(row) <= set(frame.columns) for row in account.written)
    revisions = run.revisions[key]
    shown = [n for n in revisions.columns if not n.startswith("publication_")]
    replaced = Counter(revisions.select(shown).rows())
    assert replaced == Counter(tuple(row.get(name) for name in shown) for row in account.superseded)
    assert sorted(run.rejected[key].select("file", "line").rows()) == sorted(account.rejected)
    assert all(meaning_of(reason) for reason in run.rejected[key]["reason"]), "a reason that nothing explains"


def assert_as_of(run: Run, opinion: Opinion, folder: Path) -> int:
    """Compare tables as of publication times with what the oracle has from the files; return the moments looked at."""
    looked = 0
    for (dataset, year), account in opinion.accounts.items():
        stamps = sorted(
            {rank[1] for versions in account.versions.values() for rank, _ in versions if len(versions) > 1}
        )
        others = {y for d, y in opinion.accounts if d == dataset} - {year}
        if not stamps or others:  # a table as of a time is of all years, the oracle's account of one
            continue
        for stamp in filter(None, (stamps[0], stamps[-1])):
            exact = datetime.strptime(stamp[:17] + "000", "%Y%m%d%H%M%S%f")
            for moment in (exact - timedelta(milliseconds=1), exact):
                looked += 1
                write_as_of(run.results, dataset, moment.isoformat(), folder / "then.parquet")
                assert_known(pl.read_parquet(folder / "then.parquet"), dataset, opinion, year, moment)
    return looked


def assert_known(frame: pl.DataFrame, dataset: str, opinion: Opinion, year: int, moment: datetime) -> None:
    """Hold the rows of a table as of a moment against those of the oracle; price corrections are put in place first."""
    rows = {tuple(row[name] for name in REPORTS[dataset].key): row for row in frame.rows(named=True)}
    final = last_corrections(opinion, year, moment) if dataset == "dam_spp" else {}
    for key, row in known(opinion.accounts[dataset, year], moment).items():
        if row is None:
            assert key not in rows, (moment, key)
            continue
        row = {name: row.get(name) for name in frame.columns}
        if key in final:
            row["settlement_point_price"] = final[key]
        assert rows[key] == row, (moment, key)


def last_corrections(opinion: Opinion, year: int, moment: datetime) -> dict[tuple, float]:
    """Return the last corrected price of each key by a moment."""
    written = opinion.accounts.get(("dam_spp_corrections", year), Account()).written
    there = [row for row in written if row["price_correction_time_cpt"] <= moment]
    there.sort(key=lambda row: row["price_correction_time_cpt"])
    return {(row["interval_start"], row["settlement_point"]): row["corrected"] for row in there}


def annual_bytes(run: Run) -> dict[str, bytes]:
    """Return the bytes of each rollup."""
    return {f"{d}/{y}": (run.results / "annual" / d / f"{y}.parquet").read_bytes() for d, y in run.annual}


def check(tree: list[Posting]) -> None:
    """Hold one tree against the oracle, then build it again in other ways: no byte may change."""
    files = files_of(tree)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        run = run_pipeline(write_raw(root / "raw", files), root / "out", DATASETS)
        opinion = judge(str(root / "raw"), DATASETS)
        assert_as_judged(run, opinion)
        assert_as_of(run, opinion, root)
        bytes_of_run = annual_bytes(run)

        write_raw(root / "moved", moved(files))
        for i, path in enumerate(sorted(p for p in (root / "moved").rglob("*") if p.is_file())):
            os.utime(path, (10**9 - i, 10**9 - i))
        assert annual_bytes(run_pipeline(root / "moved", root / "small", DATASETS, batch_mb=0.01)) == bytes_of_run

        paths = list(files)
        write_raw(root / "steps", {path: files[path] for path in paths[::2]})
        run_pipeline(root / "steps", root / "grown", DATASETS)
        write_raw(root / "steps", {path: files[path] for path in paths[1::2]})
        assert annual_bytes(run_pipeline(root / "steps", root / "grown", DATASETS)) == bytes_of_run


EVERYTHING = [
    Posting("rt_spp", date(2024, 11, 3), labels="both", moment=1, entities=2, shape="zip of zips"),
    Posting("rt_spp", date(2024, 11, 3), moment=1, faults=(("bad flag", 0),)),
    Posting("rt_lmp", date(2024, 3, 10), moment=3, shape="gz"),
    Posting("dam_spp", date(2024, 1, 1), version=1, shape="bundle", faults=(("word", 4), ("contradiction", 9))),
    Posting("dam_spp", date(2024, 1, 1), twice=True, form="crlf"),
    Posting("dam_spp_corrections", date(2023, 12, 31), shape="zip of gz"),
    Posting("dam_mcpc", date(2024, 1, 1), broken="page"),
    Posting("dam_energy_bid_awards", date(2024, 11, 3), labels="numbered", faults=(("ragged", 3),)),
    Posting("dam_gen_as_offers", date(2025, 3, 9), labels="numbered"),
    Posting("dam_gen_as_offers", date(2025, 3, 9), labels="clock", version=1, mark="_CORRECTION"),
    Posting("sced_smne", date(2024, 11, 3), labels="numbered", spelling="twelve hours", faults=(("stray 25", 7),)),
    Posting("sced_smne", date(2024, 11, 3), labels="clock", mark="_CORRECTION", form="cr"),
    Posting("peaker_net_margin", date(2024, 7, 4), spelling="blanks"),
    Posting("settlement_points", date(2024, 7, 4), faults=(("line break", 1), ("blank before quote", 2))),
]


# What random trees have found, reduced


def test_a_batch_of_which_the_clock_refuses_every_row(tmp_path):
    """polars panicked where no label was left to be placed in time."""
    name = rt_spp_name("20240502_0015")
    write_raw(tmp_path / "raw", {name: [RT_SPP_HEADER, "05/02/2024,1,1,A,HU,1,X"]})
    run = run_pipeline(tmp_path / "raw", tmp_path / "out", ["rt_spp"])
    assert run.ledger("rt_spp", 2024) == (1, 1, 0, 1, 0, 0, 0, 1)
    assert run.reasons("rt_spp", 2024) == [(2, "bad_flag")]
    assert run.annual["rt_spp", 2024].height == 0


BIDS = "60d_DAM_EnergyBidAwards-09-MAY-24.csv"


@pytest.mark.parametrize(
    "bad", [{5}, {23}, {9, 23}, {2}, {2, 3}], ids=["one in the middle", "the last", "the last and another", "2", "2, 3"]
)
def test_a_bad_row_moves_no_other_row_of_a_short_day_that_numbers_its_hours(tmp_path, bad):
    """Without that row the day no longer had all labels from 1 to 23, and was read by the clock: an hour off."""
    hours = set(range(1, 24)) - bad
    rows = [f"03/10/2024,{hour},A,Q,1,{'x' if hour in bad else hour},b" for hour in range(1, 24)]
    write_raw(tmp_path / "raw", {BIDS: [HEADERS["dam_energy_bid_awards"], *rows]})
    run = run_pipeline(tmp_path / "raw", tmp_path / "out", ["dam_energy_bid_awards"])
    frame = run.annual["dam_energy_bid_awards", 2024]
    starts = dict(frame.select("hour_ending", "interval_start").rows())
    assert starts == {hour: utc("2024-03-10T06") + timedelta(hours=hour - 1) for hour in hours}
    assert run.ledger("dam_energy_bid_awards", 2024)[7] == len(bad)


def test_tables_as_of_a_time_are_what_was_published_by_then(tmp_path):
    tree = [
        *(Posting("dam_spp", date(2024, 1, 1), version=version) for version in (0, 1, 2)),
        Posting("dam_spp_corrections", date(2024, 1, 1)),
        *(Posting("dam_mcpc", date(2024, 1, 2), version=version) for version in (0, 1)),
    ]
    run = run_pipeline(write_raw(tmp_path / "raw", files_of(tree)), tmp_path / "out", DATASETS)
    opinion = judge(str(tmp_path / "raw"), DATASETS)
    assert_as_judged(run, opinion)
    assert assert_as_of(run, opinion, tmp_path) == 8


@settings(max_examples=1, phases=[Phase.explicit, Phase.generate], **BOUNDED)  # quick to say no: nothing is reduced
@given(trees)
@example(EVERYTHING)
def test_a_few_trees_come_out_as_the_oracle_says(tree):
    check(tree)


@pytest.mark.slow
@settings(max_examples=40, **BOUNDED)
@given(trees)
def test_many_trees_come_out_as_the_oracle_says(tree):
    check(tree)
