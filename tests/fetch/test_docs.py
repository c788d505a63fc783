"""The commands and figures of the documentation are those of the program."""

import re
from pathlib import Path

import yaml

from ercot.catalog.products import PRODUCTS
from ercot.fetch.history import history_table
from ercot.fetch.settings import KEY, PASSWORD, REGISTRATION, USERNAME

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/fetch.md").read_text()
README = (ROOT / "README.md").read_text()


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_the_table_of_a_history_is_the_computed_one():
    """Bar the megabytes and the datasets, which change with every dataset that is declared."""
    fixed = (0, 2, 3, 5, 6)
    computed = {row[0]: [row[i] for i in fixed] for row in map(cells, history_table().splitlines()[2:])}
    page = {row[0]: [row[i] for i in fixed] for row in map(cells, PAGE.splitlines()) if row[0] in PRODUCTS}
    assert page == computed


def test_every_key_of_the_configuration_is_explained():
    keys = yaml.safe_load((ROOT / "config/fetch.yaml").read_text())
    schema = yaml.safe_load((ROOT / "config/fetch_schema.yaml").read_text())
    assert set(keys) == set(schema["properties"])
    for key in keys:
        assert f"`{key}`" in PAGE


def test_the_names_of_the_secrets_and_the_registration_page_are_told():
    for text in (PAGE, README):
        assert all(name in text for name in (USERNAME, PASSWORD, KEY))
    assert REGISTRATION in PAGE


def test_four_commands_lead_to_a_verified_year():
    section = README.split("## No files yet?")[1].split("## ")[0]
    (block,) = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    commands = block.strip().splitlines()
    assert len(commands) == 4
    assert "--snakefile workflows/fetch.smk" in commands[2]
