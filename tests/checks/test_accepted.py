"""Findings that a user accepts: what the file may say, what an entry hides and what it never hides."""

import copy
from datetime import date

import pytest
import yaml
from archives import dam, note
from helpers import dam_spp_name, run_pipeline, write_raw

from ercot.checks.accepted import accept, from_plain, read_entries, to_plain
from ercot.core.severity import at_or_above
from ercot.report.verification import not_accepted


def entries(text: str):
    return read_entries(yaml.safe_load(text))


def build(tmp_path, files, accepted: str):
    accepted = entries(accepted)
    return run_pipeline(write_raw(tmp_path / "raw", files), tmp_path / "out", ["dam_spp"], accepted=accepted)


TWO_GAPS = dam("2024-05-01", "2024-05-03") | note("20240505.000000")  # lacks 2, 4 and 5 May
MAY_2 = "[{dataset: dam_spp, check: gap, days: 2024-05-02, reason: not posted}]"


def test_an_accepted_day_is_shown_and_hides_no_other_day(tmp_path):
    run = build(tmp_path, TWO_GAPS, MAY_2)
    (gap,), (accepted,) = run.findings("gap"), run.findings("accepted")
    assert (gap["count"], gap["examples"]) == (2, ["2024-05-04 to 2024-05-05"])
    assert (accepted["count"], accepted["examples"], accepted["severity"]) == (1, ["2024-05-02"], "info")
    assert accepted["message"].startswith("gap, accepted (not posted): 1 operating day missing")
    assert [w.missing for w in not_accepted(run.due, entries(MAY_2))] == [[date(2024, 5, 4), date(2024, 5, 5)]]


def test_accepted_findings_fail_no_run(tmp_path):
    both = "[{dataset: dam_spp, check: gap, days: [2024-05-02, 2024-05-04 to 2024-05-05], reason: not posted}]"
    run = build(tmp_path, TWO_GAPS, both)
    assert run.findings("gap") == []
    assert at_or_above(run.report["findings"], "warning") == []
    assert [f["count"] for f in run.findings("accepted")] == [3]


def test_intervals_of_an_accepted_day_are_accepted(tmp_path):
    files = dam("2024-05-01", hours=range(2, 25)) | dam("2024-05-02", hours=range(3, 25)) | dam("2024-05-03")
    run = build(tmp_path, files, MAY_2)
    (gap,), (accepted,) = run.findings("gap"), run.findings("accepted")
    assert (gap["count"], gap["examples"]) == (1, ["2024-05-01: 1 from 2024-05-01 05:00Z"])
    assert (accepted["count"], accepted["examples"]) == (2, ["2024-05-02: 2 from 2024-05-02 05:00Z"])


def test_a_year_is_accepted_as_a_whole_and_no_other(tmp_path):
    files = dam("2023-12-29", "2024-01-02")
    run = build(tmp_path, files, "[{dataset: dam_spp, check: gap, years: 2023, reason: before my time}]")
    assert [(f["year"], f["count"]) for f in run.findings("gap")] == [(2024, 1)]
    assert [(f["year"], f["count"]) for f in run.findings("accepted")] == [(2023, 2)]
    entry = entries("[{dataset: dam_spp, check: gap, years: 2023, reason: before my time}]")
    assert [w.missing for w in not_accepted(run.due, entry)] == [[], [date(2024, 1, 1)]]


def test_an_entry_that_matches_nothing_is_named(tmp_path):
    text = """
    - {dataset: dam_spp, check: range, years: [2024], reason: a}
    - {dataset: rt_lmp, check: loss, years: 2024, reason: held against what changed}
    """
    (idle,) = build(tmp_path, dam("2024-05-01"), text).findings("accepted")
    assert idle["message"] == "entry 1 of accepted_findings matches nothing any more: range of dam_spp"
    assert idle["severity"] == "info"


def test_other_checks_and_those_of_the_whole_tree_are_accepted(tmp_path):
    lines = dam("2024-05-01")[dam_spp_name("2024-05-01")]
    files = {dam_spp_name("2024-05-01"): [*lines, "05/01/2024,01:00,HB_EAST,word,N"]}
    files |= {f"Copy of {dam_spp_name('2024-05-02')}": lines}
    text = """
    - {dataset: dam_spp, check: rejected_rows, years: [2024], reason: known}
    - {dataset: null, check: unclaimed_file, reason: mine}
    """
    run = build(tmp_path, files, text)
    assert sorted((f["dataset"] or "", f["count"]) for f in run.findings("accepted")) == [("", 1), ("dam_spp", 1)]
    assert at_or_above(run.report["findings"], "warning") == []


def test_findings_stay_as_they_are_where_nothing_is_accepted():
    finding = {"dataset": "a", "year": 2024, "check": "gap", "severity": "warning", "count": 1, "message": "m"}
    findings = [finding | {"examples": []}]
    assert accept(copy.deepcopy(findings), ()) == (findings, set())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: b", "must be a list"),
        ("[a]", "entry 1: no mapping"),
        ("[{dataset: a, check: gap, day: 1, reason: r}]", "entry 1: there is no key day"),
        ("[{dataset: a, check: gap, days: 2024-01-01}]", "entry 1: reason is missing"),
        ("[{check: gap, days: 2024-01-01, reason: r}]", "entry 1: dataset is missing"),
        ("[{dataset: a, check: gap, reason: r}]", "entry 1: years or days are missing"),
        ("[{dataset: a, check: gaps, years: 2024, reason: r}]", "entry 1: gaps is no check"),
        ("[{dataset: a, check: stale, years: 2024, reason: r}]", "stale says that our own output is wrong"),
        ("[{dataset: a, check: revision, years: 2024, reason: r}]", "revision never fails a run"),
        ("[{dataset: a, check: range, days: 2024-01-01, reason: r}]", "days go with check gap or loss"),
        ("[{dataset: a, check: gap, days: '2024-13-01', reason: r}]", "2024-13-01 is no day"),
        ("[{dataset: a, check: gap, days: 2024-02-02 to 2024-02-01, reason: r}]", "ends before it begins"),
        ("[{dataset: a, check: gap, years: all, reason: r}]", "entry 1: all is no year"),
    ],
)
def test_a_wrong_entry_is_refused_by_name(text, message):
    with pytest.raises(ValueError, match=r".") as refused:
        entries(text)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_entries_survive_the_way_to_a_job():
    text = "[{dataset: a, check: gap, days: [2024-01-01, 2024-02-01 to 2024-03-01], reason: r}]"
    both = (*entries(text), *entries("[{dataset: null, check: ignored_x, reason: r}]".replace("ignored_x", "drift")))
    assert from_plain(to_plain(both)) == both
