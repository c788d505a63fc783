"""Which months follow from operating days, against windows computed by hand; what a day's absence means."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
import yaml

from ercot.catalog import DATASETS
from ercot.catalog.model import Cdr
from ercot.catalog.products import PRODUCTS, Source
from ercot.fetch.months import describe_plan, plan_months, reach
from ercot.fetch.run import closing_line
from ercot.fetch.settings import FetchSettings, check_config, read_credentials, read_fetch_settings
from ercot.raw.inventory import take_inventory
from ercot.raw.receipts import Document, Receipt, classify, is_companion, read_receipt, read_receipts, write_receipt
from ercot.workflow.settings import UserError

from .conftest import ACCOUNT

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 1, 10, 9)
DEFAULTS = yaml.safe_load((ROOT / "config/fetch.yaml").read_text())
SCHEMA = yaml.safe_load((ROOT / "config/fetch_schema.yaml").read_text())


def settings(datasets, since, until, source="auto") -> FetchSettings:
    return read_settings(DEFAULTS | {"datasets": datasets, "since": since, "until": until, "source": source})


def read_settings(config: dict) -> FetchSettings:
    check_config(config, SCHEMA)
    return read_fetch_settings(config, DATASETS, NOW.date())


def months(datasets, since, until, source="auto", receipts=None, now=NOW):
    return plan_months(settings(datasets, since, until, source), DATASETS, receipts or {}, now)


# dataset, operating days, first and last posting month, how many
WINDOWS = [
    ("dam_spp", "2024-01-01", "2024-12-31", "2023-12", "2024-12", 13),  # posted the day before
    ("dam_spp", "2024-01-02", "2024-01-31", "2024-01", "2024-01", 1),
    ("rt_spp", "2024-01-01", "2024-12-31", "2024-01", "2025-01", 13),  # the last interval comes after midnight
    ("sced_gen", "2024-01-01", "2024-01-31", "2024-03", "2024-06", 4),  # +60 to +130 days: 1 March to 9 June
    ("rt_spp_corrections", "2024-07-10", "2024-07-10", "2024-07", "2025-01", 7),  # to 6 January
    ("rt_spp", "2025-12-20", "2026-12-31", "2025-12", "2026-01", 2),  # no further than today
    ("rt_mcpc", "2025-01-01", "2025-12-31", "2025-12", "2026-01", 2),  # published since 2025-12-05
    ("dam_spp", "2012-01-01", "2014-06-30", "2014-05", "2014-06", 2),  # the archive begins with May 2014
]


@pytest.mark.parametrize(("dataset", "since", "until", "first", "last", "count"), WINDOWS)
def test_posting_months_of_operating_days(dataset, since, until, first, last, count):
    (found,) = months(dataset, since, until).values()
    assert (found[0], found[-1], len(found)) == (first, last, count)


def test_a_product_is_fetched_once_for_all_its_datasets():
    assert list(months("[sced_gen,sced_load,dam_gen,dam_load]", "2024-01-01", "2024-01-01")) == [
        "NP3-965-ER",
        "NP3-966-ER",
    ]


def test_the_mis_reaches_back_as_long_as_it_shows_a_posting():
    assert months("rt_spp", 2025, 2025, source="mis") == {"NP6-905-CD": ["2026-01"]}  # 7 days before 10 January
    assert months("dam_spp", 2025, 2025, source="mis") == {"NP4-190-CD": ["2025-12"]}
    assert months("rt_spp", 2024, 2024, source="mis") == {}
    assert reach(PRODUCTS["NP4-160-SG"], "auto", NOW) == date(2010, 12, 1)


def test_complete_months_are_left_out_and_open_ones_are_not():
    span, winter = ("2024-01-01T00:00:00", "2024-02-01T00:00:00"), ("2023-12", "2024-01", "2024-02", "2024-03")
    done = [Receipt("NP4-190-CD", month, month != "2024-02", *span, ()) for month in winter]
    assert months("dam_spp", "2024-01-01", "2024-04-30", receipts={"NP4-190-CD": done}) == {
        "NP4-190-CD": ["2024-02", "2024-04"]
    }


def test_the_plan_says_how_long_it_takes():
    # 2024 and January 2025 have 397 days of 96 intervals; each month takes three pages and a bundle.
    line = describe_plan(months("rt_spp", 2024, 2024), DATASETS, 25)
    assert line.startswith("13 months of 1 product: at most about 38,112 documents, ")
    assert line.endswith(" 52 calls, 2 minutes at 25 calls a minute")


def test_every_dataset_has_a_product_of_its_report_type():
    for dataset in DATASETS.values():
        assert dataset.emil in PRODUCTS, f"{dataset.id}: declare {dataset.emil} in catalog/products.py"
        for source in dataset.sources:
            if isinstance(source, Cdr):
                assert source.report_type == PRODUCTS[dataset.emil].report_type, dataset.id


def test_the_products_are_those_of_the_list_of_the_api():
    listed = ROOT.parent / "shared/fetch/products.json"
    if not listed.exists():
        pytest.skip(f"{listed} is not there")
    facts = {p["emilId"]: p for p in json.loads(listed.read_text())["_embedded"]["products"]}
    for product in PRODUCTS.values():
        known = facts.get(product.emil)
        if known is None:
            assert product.source is Source.MIS or product.emil in ("NP4-790-CD", "NP3-990-EX")
        else:
            assert product.source is Source.API
            assert (known["reportTypeId"], known["downloadLimit"]) == (product.report_type, product.limit)
            assert known["misDisplayDuration"] == product.mis_days


# the configuration

WRONG = {
    "no dataset": ({"since": 2024}, "datasets: is not given"),
    "no day": ({"datasets": "dam_spp"}, "since: is not given"),
    "unknown dataset": ({"datasets": "dam_sp", "since": 2024}, "(did you mean 'dam_spp'?)"),
    "unknown key": ({"datasets": "dam_spp", "since": 2024, "util": 2024}, "(did you mean 'until'?)"),
    "bad day": ({"datasets": "dam_spp", "since": "2024-13-01"}, "'2024-13-01' is no day such as"),
    "order": ({"datasets": "dam_spp", "since": 2024, "until": "2023-01-01"}, "is before since"),
    "source": ({"datasets": "dam_spp", "since": 2024, "source": "ftp"}, "source: 'ftp' is not one of"),
    "pace": ({"datasets": "dam_spp", "since": 2024, "calls_per_minute": 0}, "calls_per_minute: 0 is less than"),
    "open line": (
        {"datasets": "dam_spp", "since": 2024, "api_url": "http://api.ercot.com/x"},
        "must be an address",
    ),
    "password in it": (
        {"datasets": "dam_spp", "since": 2024, "mis_url": "https://a:pa55@b"},
        "must be an address",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_one_line(name):
    given, message = WRONG[name]
    with pytest.raises(UserError) as told:
        read_settings(DEFAULTS | given)
    assert message in str(told.value)
    assert "\n" not in str(told.value)
    assert "pa55" not in str(told.value)


def test_a_year_stands_for_its_days():
    found = settings("[dam_spp, rt_spp]", 2024, "2024")
    assert (found.since, found.until) == (date(2024, 1, 1), date(2024, 12, 31))
    assert found.datasets == ("dam_spp", "rt_spp")


def test_without_an_account_a_line_says_how_to_get_one():
    with pytest.raises(UserError) as told:
        read_credentials({})
    for word in (*ACCOUNT, "https://apiexplorer.ercot.com", "source=mis"):
        assert word in str(told.value)


def test_credentials_do_not_show_when_printed():
    shown = repr(read_credentials(ACCOUNT))
    assert not any(secret in shown for secret in ACCOUNT.values())


def test_a_key_with_a_line_end_is_taken_without_it():
    assert read_credentials({name: f"{value}\n" for name, value in ACCOUNT.items()}) == read_credentials(ACCOUNT)


def test_the_last_line_names_the_days_without_a_posting_and_no_late_one(tmp_path):
    """Posted in March: for the 2nd to the 10th but the 5th; that of the 8th came a day late, with the 9th's."""
    docs = [(day, "12:30") for day in (1, 2, 3, 5, 6, 8, 9)] + [(8, "16:00")]
    documents = [Document(n, f"{n}.zip", f"2024-03-{day:02}T{at}:00", 1, "x") for n, (day, at) in enumerate(docs)]
    write_receipt(tmp_path / "NP4-190-CD/2024-03/receipt.json", receipt(documents=documents))
    chosen = replace(settings("dam_spp", "2024-03-02", "2024-03-10"), raw_dir=tmp_path)
    assert closing_line(chosen, DATASETS, {}, NOW) == (
        "ercot: nothing to fetch: all months asked for are complete; not posted: NP4-190-CD of 2024-03-05"
    )


def test_receipts_and_plans_need_no_http_library():
    code = "import sys, ercot.fetch.run, ercot.raw.inventory; print({'requests', 'tenacity'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT / "scripts")}, capture_output=True)
    assert done.stdout.decode().strip() == "set()"


# receipts

DAM, MCPC, SCED = DATASETS["dam_spp"], DATASETS["dam_mcpc"], DATASETS["sced_gen"]


def receipt(month="2024-03", complete=True, until="2024-04-01T00:00:00", documents=(), emil="NP4-190-CD"):
    return Receipt(emil, month, complete, f"{month}-01T00:00:00", until, tuple(documents))


HERE = Document(1, "a.zip", "2024-03-05T12:30:00", 3, "ab", "archive", here=True)
LOST = Document(2, "b", "2024-03-06T12:30:00", reason="status 404")
BEFORE = receipt("2024-02", until="2024-03-01T00:00:00")
GONE = replace(HERE, here=False)


def listed_to(day: str) -> Receipt:
    return receipt(complete=False, until=f"{day}T08:00:00")


# receipts, operating day, what its absence means; the day is posted the day before or on the day itself
ABSENT = {
    "no receipt": ((), "2024-03-07", "not_here"),
    "listed to the end, nothing for the day": ((receipt(),), "2024-03-07", "not_posted"),
    "listed to its last second": ((receipt(until="2024-03-31T23:59:59"),), "2024-03-31", "not_posted"),
    "other documents are here": ((receipt(documents=(HERE,)),), "2024-03-07", "not_posted"),
    "listed, could not be had": ((receipt(complete=False, documents=(LOST,)),), "2024-03-07", "not_here"),
    "listed, was had, was deleted": ((receipt(documents=(GONE,)),), "2024-03-06", "not_here"),
    "what is lost is of another day": (
        (receipt(complete=False, documents=(LOST,)),), "2024-03-12", "not_posted"),
    "the list ends before the day": ((listed_to("2024-03-05"),), "2024-03-07", "not_here"),
    "the list ends too soon after it": ((listed_to("2024-03-09"),), "2024-03-07", "not_here"),
    "the list goes well beyond it": ((listed_to("2024-03-11"),), "2024-03-07", "not_posted"),
    "the month before was not listed": ((receipt(),), "2024-03-01", "not_here"),
    "both months were listed": ((receipt(), BEFORE), "2024-03-01", "not_posted"),
    "before the archive begins": ((receipt("2014-04", until="2014-05-01T00:00:00"),), "2014-04-10", "not_here"),
}  # fmt: skip


@pytest.mark.parametrize("name", ABSENT)
def test_why_a_day_is_absent(name):
    receipts, day, expected = ABSENT[name]
    assert classify({"NP4-190-CD": receipts}, DAM, date.fromisoformat(day)) == expected


def test_a_receipt_speaks_for_its_product_alone():
    assert classify({"NP4-190-CD": [receipt()]}, MCPC, date(2024, 3, 7)) == "not_here"


def test_a_sixty_day_report_must_be_listed_to_its_last_supplement():
    spring = [receipt(f"2024-0{m}", until=f"2024-0{m + 1}-01T00:00:00", emil="NP3-965-ER") for m in (3, 4, 5)]
    assert classify({"NP3-965-ER": spring}, SCED, date(2024, 1, 20)) == "not_posted"  # to 29 May
    assert classify({"NP3-965-ER": spring}, SCED, date(2024, 1, 25)) == "not_here"  # to 3 June


def test_receipts_are_read_back_and_know_their_files(tmp_path):
    folder = tmp_path / "NP4-190-CD/2024-03"
    written = receipt(complete=False, documents=(replace(HERE, bytes=3), LOST))
    write_receipt(folder / "receipt.json", written)
    assert "here" not in (folder / "receipt.json").read_text()
    assert read_receipts(tmp_path)["NP4-190-CD"][0].documents[0].here is False
    (folder / "a.zip").write_bytes(b"abc")
    assert read_receipts(tmp_path) == {"NP4-190-CD": [written]}


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"emil": "NP4-190-CD", "month": "2024-03", "documents": [1]}'])
def test_a_broken_receipt_counts_as_none(tmp_path, text):
    (tmp_path / "receipt.json").write_text(text)
    assert read_receipt(tmp_path / "receipt.json") is None


def test_a_receipt_with_the_keys_of_the_contract_alone_is_enough(tmp_path):
    content = {"emil": "NP4-190-CD", "month": "2024-03", "complete": True, "listed_until": "2024-04-01T00:00:00"}
    folder = tmp_path / "NP4-190-CD/2024-03"
    folder.mkdir(parents=True)
    (folder / "receipt.json").write_text(json.dumps(content | {"documents": []}))
    assert classify(read_receipts(tmp_path), DAM, date(2024, 3, 7)) == "not_posted"


COMPANIONS = (
    "NP4-190-CD/2024-03/receipt.json",
    "deep/NP3-965-ER/2024-03/receipt.json",
    ".fetch/NP4-190-CD/2024-03/x.part",
)
OTHERS = ("receipt.json", "NP4-190-CD/receipt.json", "NP4-190-CD/2024/receipt.json", "mine/2024-03/receipt.json",
          "NP4-190-CD/2024-03/receipt.txt")  # fmt: skip


def test_the_inventory_passes_over_companions_alone(tmp_path):
    for path in (*COMPANIONS, *OTHERS):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("{}")
    inventory = take_inventory(tmp_path, DATASETS, {})
    assert sorted(inventory.ignored) == sorted(OTHERS)
    assert not inventory.unreadable
    assert [is_companion(path) for path in (*COMPANIONS, *OTHERS)] == [True] * 3 + [False] * 5
