"""What each job has to be made from: what changes its origin, and what does not."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from helpers import DAM_SPP_HEADER, cdr, dam_spp_name, write_raw

from ercot.catalog import DATASETS
from ercot.core.paths import ResultPaths
from ercot.planning import origins, plan
from ercot.planning.origins import Origins, ask
from ercot.planning.plan import make_plan

SPP_2023, SPP_2024, MCPC_2024 = (
    ("rollup", "dam_spp", "2023"),
    ("rollup", "dam_spp", "2024"),
    ("rollup", "dam_mcpc", "2024"),
)
CORRECTIONS = ("rollup", "dam_spp_corrections", "2024")
ALWAYS = {("report",), ("product",), ("verdict",)}
CORRECTION = cdr(13044, "20240105.120000", "pricecorrection_DAM_SPP_20240101_to_20240101_NP4196.csv")
FILES = {
    dam_spp_name("2023-06-01"): [DAM_SPP_HEADER, "06/01/2023,01:00,HB_NORTH,10,N"],
    dam_spp_name("2023-12-31"): [DAM_SPP_HEADER, "12/31/2023,01:00,HB_NORTH,10,N"],
    dam_spp_name("2024-01-01"): [DAM_SPP_HEADER, "01/01/2024,01:00,HB_NORTH,10,N"],
    cdr(12329, "20231231.123000", "DAMCPCNP4188.csv"): [
        "DeliveryDate,HourEnding,AncillaryType,MCPC,DSTFlag",
        "01/01/2024,01:00,RRS,1.5,N",
    ],
    CORRECTION: [
        "DeliveryDate,DeliveryHour,SettlementPoint,SPPOriginal,SPPCorrected,PriceCorrectionTime,DSTFlag",
        "01/01/2024,1,HB_NORTH,10.00,61.50,01/05/2024 11:00:00,N",
    ],
}
SETTINGS = {"report": "all", "verdict": "critical", "derived_verdict": "critical"}


class Tree:
    """A raw tree, and what planning wants of it."""

    def __init__(self, path: Path):
        self.raw, self.results, self.catalog = write_raw(path / "raw", FILES), path / "results", dict(DATASETS)
        self.settings, self.batch_mb = dict(SETTINGS), 100

    def wanted(self) -> dict[tuple, str]:
        """Return the origin of each job."""
        made = make_plan(
            self.raw, self.results / "interim", self.catalog, list(self.catalog), years=None, batch_mb=self.batch_mb
        )
        found = Origins(made, self.catalog, self.settings)
        found.add_tables()
        found.add_derived({("dam_spp_monthly", "2023"): [SPP_2023], ("dam_spp_monthly", "2024"): [SPP_2024]})
        found.add_report()
        self.facts = found.wanted
        return {job: wanted.origin for job, wanted in found.wanted.items()}

    def changed(self, change) -> set[tuple]:
        """Return the jobs whose origin a change makes another one; headers, the report and the verdicts aside."""
        before = self.wanted()
        change()
        after = self.wanted()
        found = {job for job in before.keys() | after.keys() if before.get(job) != after.get(job)}
        assert {("report",), ("verdict",)} <= found
        return {job for job in found if len(job) > 1 and job[0] != "normalize"}


@pytest.fixture
def tree(tmp_path) -> Tree:
    return Tree(tmp_path)


def derived(*rollups: tuple) -> set[tuple]:
    return {("derive", "dam_spp_monthly", year) for _, name, year in rollups if name == "dam_spp"} | set(rollups)


def test_equal_trees_have_equal_origins_wherever_they_lie(tree, tmp_path):
    other = Tree(tmp_path / "elsewhere")
    for path in tree.raw.rglob("*.csv"):
        shutil.copystat(path, other.raw / path.relative_to(tree.raw))
    assert other.wanted() == tree.wanted() == tree.wanted()


def test_a_removed_batch_changes_its_year_and_what_is_made_of_it(tree):
    assert tree.changed((tree.raw / dam_spp_name("2023-06-01")).unlink) == derived(SPP_2023)


def test_a_changed_file_changes_its_year(tree):
    path = tree.raw / dam_spp_name("2024-01-01")
    assert tree.changed(lambda: path.write_text(path.read_text() + "\n")) == derived(SPP_2024)


@pytest.mark.parametrize("change", [Path.unlink, lambda path: path.write_text(path.read_text() + "\n")])
def test_a_correction_that_goes_or_changes_changes_the_prices(tree, change):
    assert tree.changed(lambda: change(tree.raw / CORRECTION)) == derived(CORRECTIONS, SPP_2024)


def test_other_batches_are_other_origins(tree):
    def smaller():
        tree.batch_mb = 0.3

    assert tree.changed(smaller) == derived(SPP_2023, SPP_2024)  # the others fit into one row group a year


def test_a_changed_declaration_changes_its_rollups(tree):
    def reword():
        tree.catalog["dam_mcpc"] = replace(tree.catalog["dam_mcpc"], title="Other words")

    assert tree.changed(reword) == {MCPC_2024}


def test_settings_change_what_shows_them(tree):
    for rule, expected in (("report", ALWAYS), ("verdict", {("verdict",)})):
        before = tree.wanted()
        tree.settings[rule] = "other"
        after = tree.wanted()
        assert {job for job in before if before[job] != after[job]} == expected


def test_each_rule_has_a_script(tree):
    assert {job[0] for job in tree.wanted()} == {
        *("normalize", "rollup", "derive", "derived_verdict", "header_registry", "report", "product", "verdict")
    }


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("rollup", derived(SPP_2023, SPP_2024, MCPC_2024, CORRECTIONS) | ALWAYS | {("derived_verdict",)}),
        ("derive", derived(SPP_2023, SPP_2024) - {SPP_2023, SPP_2024} | {("derived_verdict",)}),
        ("header_registry", {("header_registry",), ("product",), ("verdict",)}),
        ("report", ALWAYS),
        ("verdict", {("verdict",)}),
    ],
)
def test_changed_code_changes_what_its_rule_makes_and_what_is_made_of_that(tree, monkeypatch, rule, expected):
    before, of = tree.wanted(), origins._code_of
    monkeypatch.setattr(origins, "_code_of", lambda name: "other" if name == rule else of(name))
    after = tree.wanted()
    assert {job for job in before if before[job] != after[job]} == expected


def test_changed_code_of_reading_changes_everything_but_the_verdict_of_nothing(tree, monkeypatch):
    before = tree.wanted()
    monkeypatch.setattr(plan, "code_digest", lambda entry: "other")
    after = tree.wanted()
    assert {job for job in before if before[job] == after[job]} == set()


def test_the_code_is_that_of_the_script(monkeypatch):
    asked = []
    monkeypatch.setattr(origins, "code_digest", lambda entry: asked.append(entry) or "digest")
    assert origins._code_of("rollup") == "digest"
    assert [path.name for path in asked] == ["rollup.py"]
    assert asked[0].is_file()


def test_each_job_comes_after_those_that_it_needs(tree):
    tree.wanted()
    order = list(tree.facts)
    for job, wanted in tree.facts.items():
        assert all(order.index(needed) < order.index(job) for needed in wanted.needs)
    assert set(tree.facts["verdict",].needs) == {("report",), ("product",)}


def test_nothing_counts_before_it_was_made(tree):
    tree.wanted()
    assert ask(ResultPaths(tree.results), tree.facts) == set(tree.facts)
