"""A year of documents from the simulator, under the names and posting times that ERCOT gives them."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

from ercot.catalog import DATASETS
from ercot.catalog.products import PRODUCTS
from ercot.simulate import Request, write_tree

from .standin import Doc

YEAR = 2023
NOT_POSTED = (date(2023, 3, 7), date(2023, 10, 14))  # operating days of day-ahead prices
DAY_AHEAD = ("dam_spp",)
DAM = ("dam_gen", "dam_energy_bids")
SCED = ("sced_gen", "sced_smne")
CORRECTIONS = ("rt_spp_corrections",)
DATASET_IDS = (*DAY_AHEAD, "rt_spp", *DAM, *SCED, *CORRECTIONS)

STAMPED = re.compile(r"cdr\.(\d{8})\.\d{16}\.(\d{8})\.(\d{6})\.")
DISCLOSED = re.compile(r"60_Day_(DAM|SCED)_Disclosure-(\d\d-[A-Z]{3}-\d\d)\.zip")


def write_year(root: Path) -> None:
    """Write a reduced year: day-ahead prices of every day, the other reports of some days a month, few points."""
    first, last = date(YEAR, 1, 1), date(YEAR, 12, 31)
    spans, begin = [], first
    for day in NOT_POSTED:
        spans.append((begin, day - timedelta(days=1)))
        begin = day + timedelta(days=1)
    requests = [Request("dam_spp", *span, points=3, zipped="each") for span in (*spans, (begin, last))]
    for month in range(1, 13):
        days = date(YEAR, month, 1), date(YEAR, month, 2)
        requests.append(Request("rt_spp", *days, points=2, zipped="each"))
        requests += [Request(name, *days, points=1, zipped="day") for name in (*DAM, *SCED)]
        requests += [Request(name, days[0], days[0], points=2, zipped="each") for name in CORRECTIONS]
    write_tree(root, requests, workers=2)


def read_documents(root: Path) -> list[Doc]:
    """Return the files of a simulated tree as documents that ERCOT posted."""
    emil_of = {product.report_type: product.emil for product in PRODUCTS.values()}
    docs = []
    for number, path in enumerate(sorted(root.rglob("*.zip"))):
        stamped, disclosed = STAMPED.match(path.name), DISCLOSED.match(path.name)
        if stamped:
            report, name = int(stamped[1]), path.name
            posted = datetime.strptime(stamped[2] + stamped[3], "%Y%m%d%H%M%S")
        else:
            report = PRODUCTS[DATASETS[{"DAM": "dam_gen", "SCED": "sced_gen"}[disclosed[1]]].emil].report_type
            posted = datetime.strptime(disclosed[2].title(), "%d-%b-%y") + timedelta(hours=5, minutes=12)
            name = f"ext.{report:08}.{0:016}.{posted:%Y%m%d.%H%M%S}658.60_Day_{disclosed[1]}_Disclosure.zip"
        docs.append(Doc(emil_of[report], report, 1_100_000_000 + number, name, posted, path.read_bytes()))
    return docs
