"""The figures of the monitor, from records, ledgers and a plan written by hand."""

import csv
import json
import os
from dataclasses import asdict

import pytest

from ercot.core.files import write_gzip_if_changed
from ercot.core.wording import counted
from ercot.planning.plan import Plan, read_plan
from ercot.workflow import benchmarks as monitor

START = 1_700_000_000  # seconds since 1970
HEAD = {"s": 1.0, "cpu_time": 0.5, "max_rss": 100.0, "io_in": 0.0, "io_out": 0.0}


def record(results, place: str, ended: float, **facts) -> None:
    """Write one benchmark record of a job that ended some seconds after the start."""
    path = results / "benchmarks" / f"{place}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(HEAD | facts) + "\n")
    os.utime(path, (START + ended, START + ended))


def batch(results, dataset: str, name: str, files: int, mb: float, read: int, written: int) -> None:
    """Write the ledger of a batch, and enter the batch in the plan."""
    plan = read_plan(results / "interim") or Plan({}, {}, {}, None, [], [])
    plan.raw_mb.setdefault(dataset, {})[name] = mb
    write_gzip_if_changed(results / "interim/plan.json.gz", json.dumps(asdict(plan)).encode())
    ledger = {"files_found": files, "rows_read": read, "rows_written": written}
    path = results / f"interim/{dataset}/{name}.ledger.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(ledger))


@pytest.fixture
def results(tmp_path):
    """Two batches of one dataset and one of its corrections, rolled up, checked and reported."""
    batch(tmp_path, "rt_spp", "2024-q1", 2, 4.0, 900, 800)
    batch(tmp_path, "rt_spp", "2024-q2", 1, 2.0, 100, 100)
    batch(tmp_path, "rt_spp_corrections", "2024", 1, 0.001, 10, 10)
    record(tmp_path, "normalize/rt_spp/2024-q1", 4, s=4.0, cpu_time=1.0, threads=2)
    record(tmp_path, "normalize/rt_spp/2024-q2", 6, s=2.0, cpu_time=1.5, max_rss=400.0, io_in=2.0)
    record(tmp_path, "normalize/rt_spp_corrections/2024", 6, s=6.0)
    record(tmp_path, "rollup/rt_spp_corrections/2024", 7, s=1.0)
    record(tmp_path, "rollup/rt_spp/2024", 10, s=3.0, input_size_mb={"a": 6.0, "b": 3.0})
    record(tmp_path, "check/rt_spp_corrections/2024", 10, s=3.0)
    record(tmp_path, "check/rt_spp/2024", 11, s=1.0)
    record(tmp_path, "report", 16, s=5.0)
    return tmp_path


def job(results, name: str) -> monitor.Job:
    return {job.name: job for job in monitor.read_jobs(results)}[name]


def test_volume_comes_from_ledger_and_plan(results):
    normalized = job(results, "normalize rt_spp 2024-q1")
    assert (normalized.files, normalized.rows, normalized.mb, normalized.threads) == (2, 900, 4.0, 2)
    rolled = job(results, "rollup rt_spp 2024")
    assert (rolled.files, rolled.rows) == (3, 900)
    assert rolled.mb == pytest.approx(9 * 1.048576)


def test_a_batch_that_is_no_more_counts_for_nothing(results):
    plan = read_plan(results / "interim")
    del plan.raw_mb["rt_spp"]["2024-q2"]
    write_gzip_if_changed(results / "interim/plan.json.gz", json.dumps(asdict(plan)).encode())
    assert job(results, "rollup rt_spp 2024").rows == 800


def test_waiting_is_what_no_core_worked(results):
    assert job(results, "normalize rt_spp 2024-q1").waiting == 3.0
    record(results, "check/rt_spp/2024", 11, s=1.0, cpu_time=1.8)
    assert job(results, "check rt_spp 2024").waiting == 0.0


@pytest.mark.parametrize("missing", [None, "NA", "-"])
def test_figures_that_could_not_be_taken_are_none(results, missing):
    record(results, "report", 16, s=0.1, cpu_time=missing, max_rss=missing, io_in=missing, threads=missing)
    report = job(results, "report")
    assert (report.cpu_seconds, report.peak_mb, report.read_mb, report.threads) == (0.0, 0.0, 0.0, 1)


def test_a_record_that_is_being_written_or_removed_is_left_out(results):
    complete = len(monitor.read_jobs(results))
    folder = results / "benchmarks" / "header_registry"
    folder.mkdir(parents=True)
    for name, text in (("half", '{"s": 1.5, "cpu_t'), ("empty", ""), ("blank", "\n")):
        (folder / f"{name}.jsonl").write_text(text)
    (folder / "gone.jsonl").symlink_to(folder / "nowhere")
    assert len(monitor.read_jobs(results)) == complete


def test_time_between_two_runs_is_not_busy(results):
    assert monitor.busy_seconds(monitor.read_jobs(results)) == 16
    record(results, "report", 100_000, s=5.0)
    assert monitor.busy_seconds(monitor.read_jobs(results)) == 11 + 5


def test_overview(results):
    text = monitor.overview(monitor.read_jobs(results))
    lines = text.splitlines()
    assert lines[0] == "8 jobs, 25.0 s of jobs in 16.0 s: 1.6 at a time"
    by_rule = next(line for line in lines if line.startswith("normalize "))
    # 3 jobs of 12 s together: 4 files, 1,010 rows and 6.001 MB; 3 s of CPU, waiting 3 + 0.5 + 5.5 s; 400 MiB at most
    assert by_rule.split() == ["normalize", "3", "12.0", "6.0", "0", "84", "0.5", "25%", "9.0", "419", "2.1", "0.0"]
    assert all(len(line) < 140 for line in lines)


def test_a_long_table_is_cut_unless_all_is_wanted(results):
    for year in range(2010, 2024):
        record(results, f"check/dataset_{year}/{year}", 5)
    jobs = monitor.read_jobs(results)
    assert "and 8 more: --all shows them" in monitor.overview(jobs)
    assert "--all" not in monitor.overview(jobs, every=True)


def test_command_prints_the_tables(results, capsys):
    monitor.main([str(results)])
    assert "By rule" in capsys.readouterr().out


def test_every_job_is_a_line_of_the_table(results):
    path = results / "jobs.csv"
    monitor.write_csv(monitor.read_jobs(results), path)
    rows = list(csv.DictReader(path.open()))
    assert len(rows) == 8
    assert rows[0]["rule"] == "normalize"
    assert (rows[0]["period"], rows[0]["waiting"], rows[0]["rows"]) == ("2024-q1", "3.0", "900")


def test_no_records_is_said_in_one_line(tmp_path):
    with pytest.raises(SystemExit, match=r"ercot: no benchmark records in .*is that the results_dir of a run"):
        monitor.main([str(tmp_path)])


def test_one_of_a_thing_is_not_many():
    assert [counted(n, "batch", "es") for n in (0, 1, 2, 1000)] == [
        "0 batches",
        "1 batch",
        "2 batches",
        "1,000 batches",
    ]
