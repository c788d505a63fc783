"""The documentation as a website: every page is in it, no link and no anchor is dead."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = re.search(r"^PAGES := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1].split()


def build(folder: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(folder / "mkdocs.yml")]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder)


@pytest.fixture
def pages(tmp_path) -> Path:
    """The pages laid out as `make site` does it."""
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    for page in PAGES:
        target = tmp_path / "build/pages" / page
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / page).is_dir() else shutil.copy)(ROOT / page, target)
    return tmp_path


def test_every_page_is_on_the_site_and_every_link_leads_somewhere(pages):
    done = build(pages)
    assert done.returncode == 0, done.stderr
    written = {
        path.relative_to(pages / "build/site").with_suffix("") for path in (pages / "build/site").rglob("*.html")
    }
    assert written >= {Path("docs") / page.stem for page in (ROOT / "docs").glob("*.md")} | {Path("config/index")}


@pytest.mark.parametrize("link", ["[x](docs/no_such.md)", "[x](docs/fetch.md#no-such-part)"])
def test_a_dead_link_fails_the_build(pages, link):
    with (pages / "build/pages/README.md").open("a") as page:
        page.write(f"\n{link}\n")
    assert build(pages).returncode != 0
