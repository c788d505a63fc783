"""The data dictionary says of every column of every rollup what it is, and is in step with the catalog."""

import re
from functools import cache
from pathlib import Path

import pytest

from ercot.catalog import DATASETS
from ercot.product.dictionary import render
from ercot.tables.schema import annual_types

PAGE = Path(__file__).resolve().parents[2] / "docs" / "data_dictionary.md"


@cache
def sections() -> dict[str, str]:
    """Return the sections of the page by dataset."""
    parts = re.split(r"^## (\w+)$", render(DATASETS), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_table_of_reports_says_where_and_when():
    """Checked by hand against the product page and the catalog: day-ahead prices are out at 13:30 of the day before."""
    page = "https://www.ercot.com/mp/data-products/data-product-details?id="
    lines = {line.split("](#")[0].removeprefix("| ["): line for line in PAGE.read_text().splitlines() if "](#" in line}
    assert set(lines) >= set(DATASETS)
    assert f"| [NP4-190-CD]({page}NP4-190-CD) (12331) | 2010-12-01 | 14:30 of the day before | " in lines["dam_spp"]
    assert lines["dam_spp"].endswith("| API: from 2014-05-01; MIS: 31 days |")
    assert "(13052) | 2010-12-01 | 12:00 of day + 60 | " in lines["sced_gen"]
    assert "(13061) | 2010-12-01 | 31 days after the year | MIS: no limit known |" in lines["rt_spp_yearly"]
    assert "| 5 minutes after the interval | " in lines["rt_lmp"]


def rows_of(dataset: str) -> list[list[str]]:
    lines = [line for line in sections()[dataset].splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def columns_of(dataset: str) -> list[str]:
    """Return the names of the table, runs of numbered columns spelled out."""
    names = []
    for first, *_ in rows_of(dataset):
        name = re.match(r"`([^`]+)`", first)[1]
        span = re.search(r"n = (\d+)\.\.(\d+)", first)
        numbers = range(int(span[1]), int(span[2]) + 1) if span else [None]
        names += [name.replace("{n}", str(number)) for number in numbers]
    return names


def test_the_page_is_in_step_with_the_catalog():
    assert PAGE.read_text(encoding="utf-8") == render(DATASETS), "run `make docs`"


def test_every_dataset_has_a_section():
    assert list(sections()) == sorted(DATASETS)


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_column_has_a_line_with_type_and_meaning(dataset):
    assert sorted(columns_of(dataset)) == sorted(annual_types(DATASETS[dataset]))
    for name, dtype, unit, meaning, _ in rows_of(dataset):
        assert dtype, name
        assert meaning, name
        assert unit or dtype != "Float64", name


@pytest.mark.parametrize("dataset", DATASETS)
def test_a_section_names_the_report_its_files_key_eras_and_quirks(dataset):
    text, declared = sections()[dataset], DATASETS[dataset]
    assert declared.emil in text
    assert all(quirk in text for quirk in declared.quirks)
    rests = re.search(r"^- Rests on: (.+)$", text, flags=re.M)[1].split("; ")
    assert rests == [f"from {since} {evidence.value}" for since, evidence in declared.evidence]
    assert all(f"Header from {day}: {len(declared.header_on(day))} columns" in text for day in declared.eras())
    keyed = [re.match(r"`([^`]+)`", row[0])[1] for row in rows_of(dataset) if "key" in re.sub(r"`.*`", "", row[0])]
    assert sorted(keyed) == sorted(declared.key)


def test_curves_take_a_line_each_for_quantity_and_price():
    rows = {row[0]: row for row in rows_of("sced_gen")}
    assert rows["`sced1_curve_mw{n}` *n = 1..35*"][4] == "`SCED1 Curve-MW{n}`"
    assert rows["`sced1_curve_mw{n}` *n = 1..35*"][3].endswith("point {n}")
    assert rows["`submitted_tpo_price{n}` *n = 1..10*"][2] == "$/MWh"
    bids = [row[0] for row in rows_of("sced_load") if "bid_to_buy_curve_mw" in row[0]]
    assert bids == ["`sced_bid_to_buy_curve_mw{n}` *n = 1..10*", "`sced_bid_to_buy_curve_mw{n}` *n = 11..35*"]


def test_headers_come_with_their_days():
    rows = {row[0]: row for row in rows_of("sced_gen")}
    net_output = rows["`telemetered_net_output`"][4]
    assert net_output == "`Telemetered Net Output ` to 2025-12-04; `Telemetered Net Output` from 2025-12-05"
    offers = {row[0]: row for row in rows_of("sced_as_offers")}
    assert "`PRICE{n}_URS` to" in offers["`price{n}_regup` *n = 1..6*"][4]
    assert "before a price correction" in next(row[3] for row in rows_of("dam_spp") if "_original" in row[0])
