"""Every block of code of README.md and docs/ runs in a test, or is named here with the reason why it does not."""

import re
import shutil

import pytest
import yaml

from ercot.checks.accepted import read_entries

from .conftest import DAYS, ROOT, write_tree
from .test_tutorial import Reader, reader_in

ANY_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HERE = "here"
PICTURE = "a picture, or what a terminal shows"
INSTALLS = "installs into the environment that runs the tests; .ci/run does it"
NETWORK = "asks ERCOT's servers with an account; tests/fetch runs the same against a server of its own"
CLUSTER = "tests/slurm/test_slurm.py"
NOT_LOCKED = "tools that are not in the lock"
# What tests each block, in the order of the page: a file of tests, HERE, or the reason why nothing does.
BLOCKS = {
    "README.md": [INSTALLS, HERE, NETWORK, *["tests/product/test_snippets.py"] * 2, HERE],
    "config/README.md": [HERE, HERE],
    "docs/architecture.md": [PICTURE],
    "docs/cluster.md": [
        INSTALLS,
        HERE,
        *[CLUSTER] * 2,
        *[PICTURE] * 2,
        HERE,
        CLUSTER,
        *["tests/storage/test_publish.py"] * 2,
    ],
    "docs/derived.md": [HERE],
    "docs/fetch.md": [NETWORK, NETWORK, NETWORK],
    "docs/gridstatus.md": ["tests/rollup/test_interop.py"],
    "docs/product.md": [*["tests/product/test_snippets.py"] * 3, HERE],
    "docs/profiling.md": [HERE, PICTURE, HERE, HERE, NOT_LOCKED, NOT_LOCKED],
    "docs/recipes.md": ["tests/workflow/test_tutorial.py"] * 7,
    "docs/settlement_points.md": ["tests/rollup/test_settlement_points.py"],
    "docs/snakemake.md": ["tests/workflow/test_module.py", PICTURE, HERE],
    "docs/tutorial.md": ["tests/workflow/test_tutorial.py"] * 9,
}
TOO_MUCH = re.compile(r"^(make (setup|clean)|snakemake --workflow-profile profiles/slurm)\b.*\n", re.MULTILINE)


def blocks_of(page: str) -> list[tuple[str, str]]:
    return ANY_BLOCK.findall((ROOT / page).read_text())


def run_here(page: str) -> list[str]:
    """The blocks of a page that are run here."""
    pairs = zip(blocks_of(page), BLOCKS[page], strict=True)
    return [text for (language, text), tested in pairs if tested == HERE and language == "sh"]


def test_every_block_is_listed():
    pages = [ROOT / "README.md", ROOT / "config/README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    found = {str(page.relative_to(ROOT)): len(ANY_BLOCK.findall(page.read_text())) for page in pages}
    assert {page: number for page, number in found.items() if number} == {p: len(b) for p, b in BLOCKS.items()}


def test_the_tests_that_are_named_are_there():
    named = {tested for blocks in BLOCKS.values() for tested in blocks if tested.startswith("tests/")}
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []


def test_the_accepted_findings_of_the_page_are_understood():
    ((language, text), _) = blocks_of("config/README.md")
    assert language == "yaml"
    assert [(entry.dataset, entry.check) for entry in read_entries(yaml.safe_load(text))] == [
        ("rt_mcpc", "gap"),
        ("dam_spp", "range"),
        (None, "unclaimed_file"),
    ]


@pytest.fixture(scope="module")
def reader(tmp_path_factory) -> Reader:
    """A clone with the demo's raw tree built, and a small tree of two years in the place of /data/ercot."""
    found = reader_in(tmp_path_factory.mktemp("commands"))
    found.environment["PATH"] = f"{found.folder / '.venv/bin'}:{found.environment['PATH']}"
    found.run(".venv/bin/ercot simulate --demo data/raw && .venv/bin/snakemake --cores 2")
    write_tree(found.folder / "archive", DAYS)
    return found


def follow(reader: Reader, text: str) -> str:
    """Run a block with the folders of this machine; what is built from the small tree lies apart from the demo's."""
    text = text.replace("results_dir=/data/rollups", "").replace("/data/ercot", "archive results_dir=rollups")
    return reader.run(TOO_MUCH.sub("", text).replace("[dam_spp,rt_spp]", "[dam_spp,dam_mcpc]"))


@pytest.mark.slow
class TestTheCommandsOfEachPage:
    def test_lineage_of_the_readme(self, reader):
        printed = follow(reader, run_here("README.md")[-1])
        assert re.search(r"DAMSPNP4190\.csv\tline 117\t.*11/03/2024,02:00,HB_HOUSTON", printed), printed

    def test_profiling(self, reader):
        monitored, alone, batch = run_here("docs/profiling.md")
        assert "The slowest jobs" in follow(reader, monitored)
        assert "1 of 1 steps (100%) done" in follow(reader, alone)
        printed = follow(reader, batch.replace("/usr/bin/time -v", "" if not shutil.which("time") else "time -v"))
        assert re.search(r"^[\d,]+ rows$", printed, re.MULTILINE)

    def test_cluster(self, reader):
        planned, used = run_here("docs/cluster.md")
        assert "This was a dry-run" in follow(reader, planned)
        assert "MB used" in follow(reader, used)

    def test_derived_and_audit_and_the_report_of_snakemake(self, reader):
        follow(reader, run_here("docs/derived.md")[0])
        assert list((reader.folder / "results/derived").glob("*/*.parquet"))
        audited = follow(reader, run_here("docs/product.md")[0])
        assert re.search(r"audit: \d+ files as written", audited)
        follow(reader, run_here("docs/snakemake.md")[0])
        assert (reader.folder / "report.zip").is_file()

    def test_configuration(self, reader):
        follow(reader, run_here("config/README.md")[0])
        assert list((reader.folder / "rollups/annual/dam_spp").glob("*.parquet"))

    def test_the_main_commands(self, reader):
        printed = follow(reader, run_here("README.md")[0])
        assert "ercot: " in printed
