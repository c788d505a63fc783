"""The report in its forms, made from hand-made years."""

import csv
import re
from datetime import date

import duckdb
import polars as pl
import pytest
from html_reader import Reader
from report_material import (
    CHANGES,
    JOBS,
    NASTY,
    RUN,
    days_of,
    empty_year,
    facts_of,
    finding,
    full_tree,
    rich_tree,
    verified_year,
    window,
    written,
)

from ercot.catalog import DATASETS
from ercot.catalog.products import PRODUCTS
from ercot.core.findings import OF_ENTITIES
from ercot.report.groups import grouped
from ercot.report.html.page import page
from ercot.report.html.queries import queries
from ercot.report.sentences import sentence, to_do
from ercot.report.text.markdown import markdown
from ercot.tables.schema import annual_types

# --- the page --------------------------------------------------------------------------------------------------------


def test_the_page_is_well_formed_and_its_links_lead_somewhere(rich_page):
    found = Reader(rich_page)
    assert found.open == []
    assert len(found.ids) == len(set(found.ids))
    inner = {link[1:] for link in found.links if link.startswith("#")}
    assert inner <= set(found.ids)
    pages = {product.page for product in PRODUCTS.values()}
    beside = {link for link in found.links if not link.startswith(("#", "data:"))} - pages
    tables = {"gaps.csv", "wanted.csv", "findings.parquet", "jobs.csv"}
    assert beside == tables | {"verification.json", "verification.md", "changes.json", "changes.md", "run.json"}


def test_the_page_asks_nothing_of_a_network(rich_page):
    links = r'<a href="https://www\.ercot\.com/mp/data-products/data-product-details\?id=NP[\w-]+">'  # load nothing
    assert re.search(links, rich_page)
    addresses = set(re.findall(r"https?://[^\"' <]+", re.sub(links, "", rich_page)))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "default-src 'none'" in rich_page
    assert not re.search(r"@import|url\(|<(img|iframe|object|script src)", rich_page)


def test_the_first_screen_tells_verdict_provenance_changes_and_what_to_do(rich_page):
    top = rich_page[: rich_page.index('id="datasets"')]
    assert "Wrong: do not use" in top
    assert (
        "Made 2025-01-02 03:04 UTC by workflow 1.2.3 from /data/ercot (1,074 files, 12 MB, digest 0123456789ab)" in top
    )
    assert "1,074 files on the disk = 1,067 read + 1 rejected + 4 ignored + 2 not selected" in top
    assert "1,067 CSV files and sheets, members of zips included = 1,067 read + 0 rejected" in top
    assert "Last change, 2025-01-02 03:04 UTC: 1 rollup rebuilt.<" in top
    assert "24 rows lost (dam_spp 2023)" in top
    assert "<li>393 days of dam_spp: never in the raw folder (not downloaded here, or never published: " in top
    assert "<li>2 intervals of dam_spp: not in the file of the day, which was read (damaged here, or " in top
    assert (
        "393 days missing, never in the raw folder: 2023-02-01 to 2023-02-28, 2022-01-01 to 2022-12-31. <b>To do" in top
    )
    todo = top[top.index('id="todo"') :]
    places = re.findall(r'data-dataset="(\w*)" data-check="(\w+)"', todo)
    assert places == [
        ("rt_spp", "duplicate"),
        ("dam_spp", "loss"),
        ("dam_spp", "gap"),  # never here
        ("dam_spp", "gap"),  # not in the file of the day
        ("dam_spp", "rejected_rows"),
    ]


def test_one_card_a_dataset_and_year_the_newest_first(rich_page):
    cards = re.findall(r'<details class="card" id="([\w-]+)">', rich_page)
    assert cards == ["rt_spp-2023", "dam_spp-2023", "dam_spp-2021", "sced_eoc_updates-2023"]
    cells = re.findall(r'class="cell (\w+)" href="#([\w-]+)"', rich_page)
    assert ("all", "dam_spp-2021") in cells
    assert ("none", "dam_spp-2022") in cells
    assert ("much", "dam_spp-2023") in cells


def test_the_sentence_of_a_year_answers_what_a_reader_asks(rich):
    years = {(year.dataset, year.year): year for year in rich.all_years}
    told = sentence(DATASETS["dam_spp"], years["dam_spp", 2023], True, "2025-01-02T03:04:05+00:00")
    assert told == (
        "80,860 rows, 337 of 365 days due (2023-01-01 to 2023-12-31); nothing rejected; "
        "28 days and 2 intervals missing (2 intervals not in the file of the day, which was read; "
        "28 days never in the raw folder); rows last changed on 2025-01-02 03:04 UTC. "
        "Hourly averages are safe on all days that are there but 2023-07-01, 2023-11-05."
    )
    assert to_do(DATASETS["dam_spp"], years["dam_spp", 2023]) == [
        "2 intervals not in the file of the day, which was read: download it again; where ERCOT's copy is the same, "
        "the fault is ERCOT's (NP4-190-CD Day-ahead settlement point prices, such as "
        "cdr.00012331.*.20230630.*.DAMSPNP4190*; all are in wanted.csv).",
        "28 days never in the raw folder: download it from ERCOT's page of the report, or with workflows/fetch.smk, "
        "which notes what ERCOT never published (NP4-190-CD Day-ahead settlement point prices, such as "
        "cdr.00012331.*.20230131.*.DAMSPNP4190*; all are in wanted.csv).",
    ]
    assert sentence(DATASETS["dam_spp"], years["dam_spp", 2021], True, None).endswith("Hourly averages are safe.")
    assert sentence(DATASETS["rt_spp"], years["rt_spp", 2023], True, None).endswith("Do not use it.")


def test_findings_of_several_years_are_one_line_and_examples_left_out_are_counted():
    years = [
        verified_year(
            year=year,
            findings=[
                finding("dam_spp", year, "rejected_rows", n, f"{n} rows rejected: bad_flag", [f"{year}:1"] * 5)
                | {"about": "bad_flag"}
            ],
        )
        for year, n in ((2022, 12), (2023, 40), (2024, 5))
    ]
    (group,) = grouped(facts_of(years, [window(year=y) for y in (2022, 2023, 2024)]).findings)
    assert (group.message, group.count, group.span) == ("bad_flag", 57, "2022 to 2024")
    assert (len(group.examples), group.more) == (3, 54)


def test_of_findings_whose_examples_are_no_units_no_number_of_more_is_made_up():
    told = finding("dam_spp", 2024, "drift", 12, "unknown column X", ["a.csv"])
    (group,) = grouped(facts_of([verified_year(findings=[told])], [window()]).findings)
    assert group.more in (0, None)


def test_names_are_text_wherever_they_stand(rich_page):
    found = Reader(rich_page)
    assert "<script>alert" not in rich_page
    assert sum(tag == "script" for tag, _ in found.tags) == 1
    assert any(NASTY in text for text in found.texts)
    assert "49.csv" not in rich_page


def test_every_control_and_drawing_has_a_name(rich_page):
    tags = Reader(rich_page).tags
    for tag, attributes in tags:
        if tag == "svg":
            assert "aria-label" in attributes or attributes.get("aria-hidden") == "true"
        if tag == "button":
            assert attributes.get("aria-label") or attributes["type"] == "reset"
        if tag == "th":
            assert attributes["scope"] in ("row", "col")
    labels = rich_page.count("<label>")
    assert labels == sum(tag in ("input", "select") for tag, _ in tags) == 5


def test_the_page_tells_prices_revisions_and_headers(rich_page):
    assert "9,000 → 2,000" in rich_page
    assert "9,100.00" in rich_page
    assert "HB_WEST" in rich_page
    assert "rows replaced by a later publication" in rich_page
    assert "2021-01-01 to 2023-12-31: 5 columns, 702 files" in rich_page


@pytest.mark.parametrize(
    "years",
    [[], [verified_year()], [empty_year()], [empty_year("sced_eoc_updates")], [empty_year("settlement_points")]],
    ids=["nothing", "clean", "empty", "empty events", "empty posting"],
)
def test_the_report_stands_without_findings_and_without_rows(years, tmp_path):
    windows = [window(y["dataset"], missing=[] if y["days"] else days_of(2024)) for y in years]
    windows = [w if w.dataset == "dam_spp" else window(w.dataset) for w in windows]
    folder = written(tmp_path, years, windows)
    assert Reader((folder / "index.html").read_text()).open == []
    assert (folder / "verification.md").read_text().startswith("# Verification")
    assert pl.read_parquet(folder / "findings.parquet").columns[0] == "dataset"


def test_years_of_an_older_version_lack_summaries_and_are_shown_all_the_same():
    year = verified_year()
    for name in ("hours", "rows", "corrected", "prices", "revised", "headers"):
        del year[name]
    assert "complete and clean" in page(facts_of([year], [window()]), [])


def test_the_same_facts_give_the_same_bytes(tmp_path):
    years, windows, more = rich_tree()
    for name in ("a", "b"):
        written(tmp_path / name, years, windows, **more)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


# --- tables and queries ----------------------------------------------------------------------------------------------


def test_gaps_hold_whole_days_and_single_times(tmp_path):
    absent = [date(2024, 3, 1)]
    folder = written(tmp_path, [verified_year(absent=absent, holes=[(date(2024, 1, 5), 7)])], [window(missing=absent)])
    with open(folder / "gaps.csv", newline="") as lines:
        assert list(csv.DictReader(lines)) == [
            {
                "dataset": "dam_spp",
                "year": "2024",
                "delivery_date": "2024-01-05",
                "missing": "2024-01-05T13:00:00+00:00",
            },
            {"dataset": "dam_spp", "year": "2024", "delivery_date": "2024-03-01", "missing": "day"},
        ]


@pytest.mark.parametrize("dataset", ["rt_spp", "rt_lmp", "dam_gen_as_offers", "peaker_net_margin", "settlement_points"])
def test_the_lines_to_copy_run_as_they_stand(dataset, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    types = annual_types(DATASETS[dataset])
    row = pl.DataFrame({name: [None] for name in types}).cast(types)
    row = row.with_columns(delivery_date=pl.date(2024, 3, 1))
    times = [n for n, t in types.items() if isinstance(t, pl.Datetime) and t.time_zone]
    row = row.with_columns(pl.datetime(2024, 3, 1, 12, time_unit="us", time_zone="UTC").alias(n) for n in times)
    folder = tmp_path / "annual" / dataset
    folder.mkdir(parents=True)
    row.select(list(types)).write_parquet(folder / "2024.parquet")
    lines = dict(queries(DATASETS[dataset], [2023, 2024]))
    for name in ("polars", "pandas"):
        exec(compile(lines[name], name, "exec"), {})
    assert capsys.readouterr().out
    assert duckdb.sql(lines["DuckDB"]).to_arrow_table().num_rows == 1


def test_what_to_download_stands_on_the_page_and_in_markdown():
    facts = facts_of([verified_year()], [window(year=2023, missing=[date(2023, 1, 3), date(2023, 1, 4)])])
    told = page(facts, JOBS)
    part = told.partition('id="download"')[2].partition("</section>")[0]
    assert "2023-01-03 to 2023-01-04" in part
    assert "cdr.00012331.*.20230102.*" in part
    assert "datasets=dam_spp since=2023-01-03 until=2023-01-04" in part
    lines = markdown(facts).partition("## What to download")[2]
    assert "Download: dam_spp NP4-190-CD: 2 files; 2023-01-03 to 2023-01-04; published 2023-01-02 to" in lines


@pytest.mark.slow
@pytest.mark.parametrize("ragged", [False, True], ids=["as it should be", "full of holes"])
def test_fifteen_years_of_everything_stay_under_three_megabytes(ragged):
    """In the worst case every hour of every day differs from its neighbour; then only days are drawn."""
    years, windows = full_tree(ragged)
    text = page(facts_of(years, windows, run=RUN, changes=CHANGES), JOBS)
    assert len(text.encode()) < 3e6
    assert Reader(text).open == []


def test_what_single_points_lack_stands_among_the_findings():
    told = finding("dam_spp", 2023, "gap", 5, f"5 values missing of 1 settlement point {OF_ENTITIES}")
    text = markdown(facts_of([verified_year(findings=[told])], [window()]))
    assert "missing of 1 settlement point" in text.partition("## Findings")[2]
