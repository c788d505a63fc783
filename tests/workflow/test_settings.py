"""The configuration: the forms that the command line allows, and the page that explains the keys."""

import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from ercot.catalog import DATASETS
from ercot.workflow.settings import KEYS, UserError, read_settings

ROOT = Path(__file__).resolve().parents[2]
DEFAULTS = yaml.safe_load((ROOT / "config/config.yaml").read_text())


def read(**config):
    return read_settings(DEFAULTS | config, DATASETS)


def test_defaults_are_valid_and_mean_everything():
    settings = read()
    assert settings.datasets == tuple(DATASETS)
    assert settings.years is None
    assert settings.paths.interim == settings.results_dir / "interim"


@pytest.mark.parametrize("form", [2024, "2024", [2024], ["2024"], "[2024]", (2024,)])
def test_one_year_in_every_form(form):
    assert read(years=form).years == {2024}


@pytest.mark.parametrize("form", ["[2023, 2024]", ["2023", 2024], "2023,2024"])
def test_two_years_in_every_form(form):
    assert read(years=form).years == {2023, 2024}


@pytest.mark.parametrize("form", ["dam_mcpc", ["dam_mcpc"], "[dam_mcpc]"])
def test_a_price_brings_its_corrections(form):
    assert set(read(datasets=form).datasets) == {"dam_mcpc", "dam_mcpc_corrections"}


@pytest.mark.parametrize("price", ["dam_spp", "dam_mcpc", "rt_spp", "rt_lmp", "rt_mcpc", "rt_lmp_bus"])
def test_every_price_that_is_corrected_brings_its_corrections(price):
    assert set(read(datasets=[price]).datasets) == {price, f"{price}_corrections"}


@pytest.mark.parametrize("form", ["2024-05-01", date(2024, 5, 1)])  # YAML makes a date of it
def test_a_day_in_every_form(form):
    settings = read(expect_from=form, expect_until=form)
    assert (settings.expect_from, settings.expect_until) == (date(2024, 5, 1), date(2024, 5, 1))


@pytest.mark.parametrize("form", [None, "null"])
def test_no_day_in_every_form(form):
    assert read(expect_from=form).expect_from is None


@pytest.mark.parametrize("form", ["2014-2017", ["2014-2017"], "[2014-2017]", "2014 - 2017", "[2014-2015, 2016,2017]"])
def test_years_from_to(form):
    assert read(years=form).years == {2014, 2015, 2016, 2017}


@pytest.mark.parametrize("form", ["dam_*", ["dam_*"], "[dam_*]"])
def test_datasets_by_a_pattern(form):
    assert read(datasets=form).datasets == tuple(name for name in DATASETS if name.startswith("dam_"))


def test_a_pattern_and_a_name():
    found = read(datasets="[rt_mcpc*, cop_snapshot]").datasets
    assert {"rt_mcpc", "rt_mcpc_sced", "rt_mcpc_corrections", "cop_snapshot"} <= set(found)
    assert not [name for name in found if name.startswith("dam")]


@pytest.mark.parametrize(
    "name", ["a b", "it's", 'so "called"', "a]b", "half{", "}half", "x~y", "ünï°漢", "/x/a:b", "$A;&|`"]
)
def test_folders_of_plain_names_are_taken_as_they_are(name):
    assert read(results_dir=name).results_dir == Path(name)


def test_home_folders(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    assert (read(raw_dir="~/raw").raw_dir, read(results_dir="~/r").results_dir) == (
        Path("/home/me/raw"),
        Path("/home/me/r"),
    )


def test_raw_files_may_lie_in_any_folder():
    assert read(raw_dir="/a[1]{b}*?").raw_dir == Path("/a[1]{b}*?")


def test_the_order_of_datasets_is_that_of_the_catalog():
    assert read(datasets=["rt_mcpc", "dam_gen"]).datasets == read(datasets=["dam_gen", "rt_mcpc"]).datasets


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"dataset": "x"}, "there is no key 'dataset' (did you mean 'datasets'?)"),
        ({"datasets": ["dam_sp"]}, "there is no dataset 'dam_sp' (did you mean 'dam_spp'?)"),
        ({"datasets": []}, "datasets: [] should be non-empty"),
        ({"years": 2024.5}, "years: 2024.5 is not of type 'integer'"),
        ({"years": [1990]}, "years: 1990 is less than the minimum of 2010"),
        ({"batch_mb": "many"}, "batch_mb: 'many' is not of type 'number'"),
        ({"expect_from": "May"}, "expect_from: May is no day; write it as 2024-01-01, or null"),
        ({"expect_until": 2024}, "expect_until: 2024 is no day"),
        ({"expect_from": "2024-02-01", "expect_until": "2024-01-31"}, "expect_until: 2024-01-31 is before expect_from"),
        ({"accepted_findings": "nowhere.yaml"}, "accepted_findings: cannot read nowhere.yaml: No such file"),
        ({"fail_on": "info"}, "fail_on: 'info' is not one of ['critical', 'warning', 'never']"),
        ({"raw_dir": ""}, "raw_dir: '' should be non-empty"),
        ({"raw_dir": None}, "raw_dir: None is not of type 'string'"),
        ({"raw_dir": "~nobody such/raw"}, "raw_dir: there is no home folder ~nobody such"),
        ({"batch_mb": float("nan")}, "batch_mb: nan is no number"),
        ({"batch_mb": float("inf")}, "batch_mb: inf is no number"),
        ({"batch_mb": "nan"}, "batch_mb: 'nan' is not of type 'number'"),
        ({"batch_mb": -1}, "batch_mb: -1 is less than or equal to the minimum of 0"),
        ({"years": "2014-2009"}, "years: '2014-2009' is not of type 'integer'"),
        ({"years": "2014-"}, "years: '2014-' is not of type 'integer'"),
        ({"years": "2009-2014"}, "years: 2009 is less than the minimum of 2010"),
        ({"datasets": "dam_x*"}, "there is no dataset 'dam_x*'"),
        ({"results_dir": "a[1]"}, "results_dir: 'a[1]' holds '['"),
        ({"results_dir": "/x/a*"}, "results_dir: '/x/a*' holds '*'"),
        ({"results_dir": "what?"}, "results_dir: 'what?' holds '?'"),
        ({"results_dir": "a{b}c"}, "results_dir: 'a{b}c' holds '{b}'"),
        ({"results_dir": "s3://bucket"}, "results_dir: 's3://bucket' holds 's3:'"),
        ({"results_dir": "a\nb"}, "results_dir: 'a\\nb' holds '\\n'"),
    ],
)
def test_mistakes_say_what_to_write_instead(config, message):
    with pytest.raises(UserError) as caught:
        read(**config)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_key_is_named():
    with pytest.raises(UserError, match="the key 'raw_dir' is missing"):
        read_settings({k: v for k, v in DEFAULTS.items() if k != "raw_dir"}, DATASETS)


def test_each_key_has_a_default_and_the_comment_above_it_says_what_its_rule_says():
    file = (ROOT / "config/config.yaml").read_text()
    assert list(DEFAULTS) == list(KEYS)
    for name, declared in KEYS.items():
        (comment,) = re.findall(rf"((?:^# .*\n)+)^{name}:", file, re.MULTILINE)
        assert " ".join(comment.replace("# ", "").split()) == declared["description"]
