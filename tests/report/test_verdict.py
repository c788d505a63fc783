"""The facts of a report: verdict, coverage and price caps."""

from datetime import date

import pytest
from report_material import (
    days_of,
    facts_of,
    finding,
    verified_year,
    window,
)

from ercot.catalog import DATASETS
from ercot.catalog.price_caps import ERAS, cap_era, has_floor, is_capped
from ercot.report.gaps import gaps, percent
from ercot.report.html.page import cell

# --- the facts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "verdict"),
    [
        ("duplicate", "wrong"),
        ("stale", "stale"),
        ("range", "findings"),
        ("loss", "findings"),
        ("revision", "clean"),
        (None, "clean"),
    ],
)
def test_the_verdict_follows_from_the_worst_finding(check, verdict):
    findings = [finding("dam_spp", 2024, check)] if check else []
    assert facts_of([verified_year(findings=findings)], [window()]).verdict == verdict


def test_what_is_missing_makes_a_tree_incomplete_and_the_verdict_tells_how_much():
    absent = [date(2024, 5, 1)]
    facts = facts_of([verified_year(absent=absent, holes=[(date(2024, 6, 1), 3)])], [window(missing=absent)])
    assert facts.verdict == "incomplete"
    assert facts.verdict_text == "Incomplete: 1 day and 1 interval missing of what was due"


@pytest.mark.parametrize("check", ["duplicate", "stale"])
def test_wrong_and_stale_come_before_incomplete(check):
    absent = [date(2024, 5, 1)]
    years = [verified_year(absent=absent, findings=[finding("dam_spp", 2024, check)])]
    assert facts_of(years, [window(missing=absent)]).verdict == {"duplicate": "wrong"}.get(check, check)


def test_a_tree_without_files_has_a_verdict_of_its_own():
    assert facts_of([]).verdict == "nothing"


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (1, "100"),
        (0, "0"),
        (0.99999, "99.9"),
        (0.0001, "0.1"),
        (0.985, "98"),
        (0.8999, "89"),
        (0.0312, "3.1"),
        (0.5, "50"),
    ],
)
def test_only_all_is_a_hundred_percent_and_only_nothing_is_zero(share, text):
    assert percent(share) == text


def test_coverage_counts_days_and_times():
    years = [verified_year(absent=[date(2024, 5, 1)], holes=[(date(2024, 6, 1), h) for h in range(12)])]
    subject = facts_of(years, [window(missing=[date(2024, 5, 1)])]).subjects[0]
    assert subject.covered == pytest.approx((366 - 1 - 0.5) / 366)


def test_a_report_of_events_promises_nothing():
    subject = facts_of([verified_year("sced_eoc_updates")], [window("sced_eoc_updates")]).subjects[0]
    assert subject.covered is None
    assert cell(subject, 2024)["level"] == "some"


def test_years_without_files_share_one_finding_and_one_gap():
    years = [verified_year(year=2015), verified_year(year=2020)]
    windows = [window(year=y, missing=[] if y in (2015, 2020) else days_of(y)) for y in range(2015, 2021)]
    facts = facts_of(years, windows)
    (found,) = facts.findings
    assert (found["first"], found["last"], found["count"]) == (2016, 2019, 1461)
    (gap,) = gaps(facts.subjects[0])
    assert (gap.years, gap.days, gap.where) == ("2016 to 2019", 1461, ["every day"])


def test_missing_days_are_told_as_ranges_and_missing_times_by_day():
    absent = [date(2024, 3, 1), date(2024, 3, 2), date(2024, 4, 1)]
    years = [verified_year(absent=absent, holes=[(date(2024, 11, 3), 24)])]
    (gap,) = gaps(facts_of(years, [window(missing=absent)]).subjects[0])
    assert gap.where == ["2024-03-01 to 2024-03-02", "2024-04-01", "2024-11-03 (1 time)"]


def test_what_was_asked_for_and_is_not_there_is_named():
    facts = facts_of([verified_year()], [window()], selected=["dam_spp", "rt_spp"])
    assert facts.absent == ["rt_spp"]


# --- caps ------------------------------------------------------------------------------------------------------------


def test_cap_eras_follow_each_other():
    assert [era.since for era in ERAS] == sorted(era.since for era in ERAS)
    assert cap_era(date(2010, 11, 30)) is None
    assert [cap_era(date(y, 7, 1)).cap for y in (2011, 2013, 2014, 2020, 2021, 2022)] == [
        3000,
        5000,
        7000,
        9000,
        2000,
        5000,
    ]


def test_the_cap_is_a_yardstick_for_cleared_prices_only():
    def columns(dataset):
        return {c.name: (is_capped(c), has_floor(c)) for c in DATASETS[dataset].columns}

    assert columns("rt_spp")["settlement_point_price"] == (True, True)
    assert columns("dam_mcpc")["mcpc"] == (True, False)
    assert columns("rt_lmp_bus")["uncapped_lmp"] == (True, True)
    assert columns("dam_shadow_prices")["shadow_price"] == (False, False)
    assert columns("peaker_net_margin")["peaker_net_margin"] == (False, False)
    assert columns("dam_ptp_bids")["ptp_bid_price"] == (False, False)
