"""What the report tells of derived rollups: they have findings, but neither files nor a part of the page."""

import re

from report_material import facts_of, finding, verified_year, window

from ercot.report.html.page import page
from ercot.report.text.markdown import markdown

MESSAGE = "3 monthly summaries lack hours of their month"
DERIVED = [finding("dam_spp_monthly", year, "gap", 3, MESSAGE) for year in (2023, 2024)]


def told():
    return facts_of([verified_year(year=2024)], [window(year=2024)], findings=DERIVED)


def test_their_gaps_are_not_years_without_files():
    assert [(f["first"], f["last"], f["count"], f["message"]) for f in told().findings] == [
        (2024, 2024, 3, MESSAGE),
        (2023, 2023, 3, MESSAGE),
    ]


def test_markdown_tells_them():
    assert f"- dam_spp_monthly 2023-2024: gap: {MESSAGE} in 2024, 6 in all" in markdown(told())


def test_the_page_tells_them_without_a_link_to_nowhere():
    text = page(told(), [])
    table = text[text.index('id="findings-table"') :]
    assert table.count(MESSAGE) == 1, "both years are one line"
    assert set(re.findall(r'href="#(dam_\w+)"', text)) == {"dam_spp"}
