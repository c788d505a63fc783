"""What the page and jobs.csv tell of the run itself."""

import csv

from report_material import JOBS, a_job, facts_of, rich_tree, written

from ercot.report.html.page import page


def test_the_page_tells_how_the_run_went():
    years, windows, more = rich_tree()
    text = page(facts_of(years, windows, **more), JOBS)
    # of the material: a job of 2 s, and one of 3 s that is made from it
    assert "2 jobs, 5.0 s of jobs in" in text
    assert '<th scope="row">rollup dam_spp</th>' in text
    assert "There are no records of its jobs." in page(facts_of(years, windows, **more), [])


def test_long_tables_are_cut():
    jobs = [a_job("check", f"dataset_{i}", "2024") for i in range(800)]
    text = page(facts_of([]), jobs)
    assert "788 more in" in text
    assert len(text) < 100_000


def test_only_the_page_and_the_jobs_depend_on_the_run(tmp_path):
    years, windows, more = rich_tree()
    one, other = (written(tmp_path / n, years, windows, jobs=jobs, **more) for n, jobs in (("a", JOBS), ("b", [])))
    differing = {path.name for path in one.iterdir() if path.read_bytes() != (other / path.name).read_bytes()}
    assert differing == {"index.html", "jobs.csv"}
    rows = list(csv.DictReader((one / "jobs.csv").open()))
    assert [(row["rule"], row["seconds"], row["waiting"]) for row in rows] == [
        ("normalize", "2.0", "1.0"),
        ("rollup", "3.0", "2.0"),
    ]
