"""A report with something in each of its parts."""

import pytest
from report_material import (
    CHANGES,
    JOBS,
    RUN,
    facts_of,
    rich_tree,
)

from ercot.report.html.page import page


@pytest.fixture(scope="module")
def rich():
    years, windows, more = rich_tree()
    return facts_of(years, windows, run=RUN, changes=CHANGES, **more)


@pytest.fixture(scope="module")
def rich_page(rich):
    return page(rich, JOBS)
