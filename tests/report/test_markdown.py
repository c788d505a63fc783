"""The report as text for a terminal."""

import re

from report_material import (
    NASTY,
    facts_of,
    finding,
    verified_year,
    window,
)

from ercot.catalog import DATASETS
from ercot.catalog.clocks import Clock
from ercot.report.text.markdown import markdown

# --- Markdown --------------------------------------------------------------------------------------------------------


def test_markdown_begins_with_the_verdict_and_has_one_line_a_dataset(rich):
    text = markdown(rich)
    assert text.splitlines()[2].startswith("**Wrong: do not use")
    assert "- rt_spp 2023: 2 rows repeat a key. To do: " in text
    assert len(re.findall(r"^\| dam_spp .*\| 2021, 2023 ", text, re.M)) == 1
    assert "- dam_spp 2022: 365 days: every day" in text
    assert (
        "- dam_spp 2023: 28 days and 2 intervals: 2023-02-01 to 2023-02-28, 2023-07-01 (1 time), 2023-11-05 (1 time)"
        in text
    )


def test_markdown_tables_line_up(rich):
    tables = re.findall(r"(?:^\|.*\n)+", markdown(rich), re.M)
    assert len(tables) == 2
    for table in tables:
        assert len({len(line) for line in table.splitlines()}) == 1


def test_markdown_shows_names_as_they_are(rich):
    text = markdown(rich)
    line = next(line for line in text.splitlines() if "not a zip file" in line)
    assert re.sub(r"\\(.)", r"\1", line).startswith(f"- {NASTY} (dataset unknown)")
    assert not re.search(r"(?<!\\)[<`]", text)


def test_markdown_hides_what_a_terminal_would_obey():
    bad = finding("dam_spp", 2024, "drift", message="name \x1b[31m\x07 red")
    assert "\x1b" not in markdown(facts_of([verified_year(findings=[bad])], [window()]))


def test_markdown_cuts_long_lists_and_says_where_the_rest_is():
    names = [name for name, dataset in DATASETS.items() if dataset.clock is Clock.HOUR][:15]
    years = [
        verified_year(name, year, findings=[finding(name, year, "drift", message=f"unknown column {'abcd'[year % 4]}")])
        for name in names
        for year in range(2021, 2025)
    ]
    text = markdown(facts_of(years, [window(y["dataset"], y["year"]) for y in years]))
    assert "- and 20 more: see findings.parquet" in text


def test_markdown_puts_alike_findings_of_several_years_in_one_line():
    counts = {2021: 5, 2022: 1200, 2024: 7}
    years = [
        verified_year(year=y, findings=[finding("dam_spp", y, "rejected_rows", n, f"{n} rows rejected: bad_number")])
        for y, n in counts.items()
    ]
    text = markdown(facts_of(years, [window(year=y) for y in counts]))
    assert "- dam_spp 2021-2022, 2024: rejected_rows: 1200 rows rejected: bad_number in 2022, 1,212 in all" in text
