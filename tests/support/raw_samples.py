"""The real files read by the standard library alone: what each of their rows must be in a rollup.

Nothing of the reader is used here. Which dataset a file is of follows from its name, which column a header is from the
fact sheet ``canonical_columns.json``; the UTC times are worked out with zoneinfo, from labels that exist.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

SHARED = Path(__file__).resolve().parents[3] / "shared"
RAW = SHARED / "samples" / "raw"
MANIFEST = SHARED / "samples" / "MANIFEST.tsv"
NAMES = SHARED / "formats" / "canonical_columns.json"
CENTRAL = ZoneInfo("America/Chicago")

# What a file's name says of its report.
REPORTS = {
    "60d_AS_Capability_ManOverride-": "sced_as_capability_overrides",
    "60d_COP_Adjustment_Period_Snapshot-": "cop_snapshot",
    "60d_COP_All_Updates-": "cop_updates",
    "60d_Complete_COP-": "cop_updates",
    "60d_DAM_AS_Only_Offers-": "dam_as_only_offers",
    "60d_DAM_ESR_ASOffers-": "dam_esr_as_offers",
    "60d_DAM_ESR_Data-": "dam_esr",
    "60d_DAM_EnergyBidAwards-": "dam_energy_bid_awards",
    "60d_DAM_EnergyBids-": "dam_energy_bids",
    "60d_DAM_EnergyOnlyOfferAwards-": "dam_energy_offer_awards",
    "60d_DAM_EnergyOnlyOffers-": "dam_energy_offers",
    "60d_DAM_Gen_Resource_Data-": "dam_gen",
    "60d_DAM_Generation_Resource_ASOffers-": "dam_gen_as_offers",
    "60d_DAM_Load_Resource_ASOffers-": "dam_load_as_offers",
    "60d_DAM_Load_Resource_Data-": "dam_load",
    "60d_DAM_PTPObligationBidAwards-": "dam_ptp_bid_awards",
    "60d_DAM_PTP_Obligation_Option-": "dam_ptp_options",
    "60d_DAM_PTP_Obligation_OptionAwards-": "dam_ptp_option_awards",
    "60d_DAM_QSE_Self_Arranged_AS-": "dam_self_arranged_as",
    "60d_ESR_Data_in_SCED-": "sced_esr",
    "60d_HDL_LDL_ManOverride-": "sced_hdl_ldl_overrides",
    "60d_Load Resource_Data_in_SCED-": "sced_load",
    "60d_Load_Resource_Data_in_SCED-": "sced_load",
    "60d_SASM_Generation_Resource_AS_Offer_Awards-": "sasm_gen_as_awards",
    "60d_SASM_Generation_Resource_AS_Offers-": "sasm_gen_as_offers",
    "60d_SASM_Load_Resource_AS_Offer_Awards-": "sasm_load_as_awards",
    "60d_SCED_AS_Offer_Updates_in_OpPeriod-": "sced_as_offer_updates",
    "60d_SCED_DSR_Load_Data-": "sced_dsr_load",
    "60d_SCED_EOC_Updates_in_OpHour-": "sced_eoc_updates",
    "60d_SCED_Gen_Resource_Data-": "sced_gen",
    "60d_SCED_QSE_Self_Arranged_AS-": "sced_self_arranged_as",
    "60d_SCED_Resource_AS_OFFERS-": "sced_as_offers",
    "60d_SCED_SMNE_GEN_RES-": "sced_smne",
    "CompleteCOP_": "cop_snapshot",
    "DAMASMCPC_": "dam_mcpc_yearly",
    "DAMCPCNP4188": "dam_mcpc",
    "DAMHRLMPNP4183": "dam_lmp_bus",
    "DAMLZHBSPP_": "dam_spp_yearly",
    "DAMSPNP4190": "dam_spp",
    "DAMSYSLAMBDANP4523": "dam_system_lambda",
    "DASPBCNP4191": "dam_shadow_prices",
    "LMPBUSNP6787": "rt_lmp_bus",
    "LMPSROSNODENP6788": "rt_lmp",
    "MCPCNP6332": "rt_mcpc_sced",
    "PNMNP4790": "peaker_net_margin",
    "RTDMCPCNP6331": "rt_mcpc",
    "SCEDBTCNP686": "sced_shadow_prices",
    "SCEDSYSLAMBDANP6322": "sced_system_lambda",
    "SPPHLZNP6905": "rt_spp",
    "Settlement_Points_": "settlement_points",
    "pricecorrection_DAM_MCPC_": "dam_mcpc_corrections",
    "pricecorrection_DAM_SPP_": "dam_spp_corrections",
    "pricecorrection_RTM_EBLMP_": "rt_lmp_bus_corrections",
    "pricecorrection_RTM_MCPC_SPP_": "rt_mcpc_corrections",
    "pricecorrection_RTM_SPLMP_": "rt_lmp_corrections",
    "pricecorrection_RTM_SPP_": "rt_spp_corrections",
}
OTHER_SPELLINGS = {
    "SCEDTimestamp": "SCEDTimeStamp",
    "AS Capability RRSPF": "AS Capability RRSPFR",
    "AS Capability RRSFF": "AS Capability RRSFFR",
    "AS Capability RRSUF": "AS Capability RRSUFR",
}
HEADLESS = {  # the headers of files that have lost theirs, or never had one
    "cop_snapshot": "Delivery Date,QSE Name,Resource Name,Hour Ending,Status,High Sustained Limit,Low Sustained Limit,"
    "High Emergency Limit,Low Emergency Limit,Reg Up,Reg Down,RRS,NSPIN",
    "dam_spp": "DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag",
}
STAMPS = ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M")
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class Sample(NamedTuple):
    """One file of a report, plain or in zips, with its rows as printed: text by header, without padding."""

    label: str  # path, then the way through zips
    dataset: str
    header: list[str]
    rows: list[list[str]]
    parts: int = 1  # sheets of a workbook, each of which counts as a file

    @property
    def path(self) -> str:
        """The file on the disk."""
        return self.label.split("!")[0]


@cache
def labels() -> list[str]:
    """Return the labels of all files of known reports; no row of them is read."""
    return [label for label, (_, data) in _known() if not is_pointer(data)]


@cache
def samples() -> dict[str, Sample]:
    """Return every file of a known report by label."""
    return {label: read(label, dataset, data) for label, (dataset, data) in _known() if not is_pointer(data)}


@cache
def pointers() -> set[str]:
    """Return the labels of files that have the name of a known report, but hold what Git LFS puts in a file's place."""
    return {label for label, (_, data) in _known() if is_pointer(data)}


def is_pointer(data: bytes) -> bool:
    return data.startswith(b"version https://git-lfs.github.com/")


def _known() -> Iterator[tuple[str, tuple[str, bytes]]]:
    for path in sorted(RAW.rglob("*")) if RAW.is_dir() else ():
        if path.is_file() and "_xml" not in path.name:
            for label, data in members(path.relative_to(RAW).as_posix(), path.read_bytes()):
                datasets = {d for fragment, d in REPORTS.items() if fragment in re.split("[/!]", label)[-1]}
                if datasets:
                    (dataset,) = datasets
                    yield label, (dataset, data)


def members(label: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield a file, or whatever lies in a zip of zips."""
    if not label.endswith(".zip"):
        yield label, data
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            yield from members(f"{label}!{name}", archive.read(name))


def read(label: str, dataset: str, data: bytes) -> Sample:
    """Split a file into fields."""
    sheets = sheets_of(data) if label.endswith(".xlsx") else [list(csv.reader(io.StringIO(data.decode("utf-8"))))]
    lines = [line for number, sheet in enumerate(sheets) for line in (sheet[1:] if number else sheet)]
    lines = [[cell.strip() for cell in line] for line in lines if any(cell.strip() for cell in line)]
    if re.fullmatch(r"\d\d/\d\d/\d{4}", lines[0][0]):
        lines.insert(0, HEADLESS[dataset].split(","))
    if dataset == "peaker_net_margin" and "DeliveryInterval" in lines[0]:
        dataset = "peaker_net_margin_interval"
    return Sample(label, dataset, lines[0], lines[1:], len(sheets))


def sheets_of(data: bytes) -> list[list[list[str]]]:
    """Return the sheets of a workbook in their order, each with its header and rows."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        shared = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        texts = ["".join(t.text or "" for t in item.iter(f"{SHEET}t")) for item in shared.iter(f"{SHEET}si")]
        names = [name for name in book.namelist() if re.fullmatch(r"xl/worksheets/Sheet\d+\.xml", name)]
        names.sort(key=lambda name: int(re.search(r"\d+", name)[0]))
        sheets = [ElementTree.fromstring(book.read(name)) for name in names]
    return [
        [[cell_text(cell, texts) for cell in row.iter(f"{SHEET}c")] for row in sheet.iter(f"{SHEET}row")]
        for sheet in sheets
    ]


def cell_text(cell: ElementTree.Element, texts: list[str]) -> str:
    value = cell.find(f"{SHEET}v")
    text = "" if value is None else value.text or ""
    return texts[int(text)] if cell.get("t") == "s" else text


@cache
def canonical(dataset: str) -> dict[str, tuple[str, str]]:
    """Return name and kind of each header of a dataset."""
    rows = json.loads(NAMES.read_text())
    return {row["header"].strip(): (row["name"], row["kind"]) for row in rows if row["dataset"] == dataset}


def typed_rows(sample: Sample) -> Iterator[dict]:
    """Yield what each raw row must be in the rollup: typed values under canonical names, and UTC times."""
    names = canonical(sample.dataset)
    columns = [names[h if h in names else OTHER_SPELLINGS[h]] for h in sample.header]
    for row in sample.rows:
        values = {name: typed(kind, text) for (name, kind), text in zip(columns, row, strict=True)}
        yield with_times(sample, values)


def typed(kind: str, text: str):
    if kind == "flag":
        return {"Y": True, "N": False}[text]
    if text == "":
        return None
    if kind == "date":
        return stamp_of(f"{text} 00:00" if len(text) == 10 else text).date()
    if kind == "float":
        return float(text)
    if kind == "integer":
        return int(text.removesuffix(":00"))
    return text if kind == "text" else stamp_of(text)


@lru_cache(1 << 16)  # strptime is slow, and most rows of a file share their times
def stamp_of(text: str) -> datetime:
    text = re.sub(r"\s*:\s*", ":", text)
    for form in STAMPS:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    raise AssertionError(f"no clock prints {text}")


def with_times(sample: Sample, values: dict) -> dict:
    """Add operating day and UTC times to the values of a row."""
    if "sced_timestamp" in values:
        moment = utc(values["sced_timestamp"], values["repeated_hour_flag"])
        return values | {"sced_timestamp": moment, "delivery_date": moment.astimezone(CENTRAL).date()}
    if "as_of" in values:
        return values | {"delivery_date": values["as_of"]}
    if sample.dataset == "settlement_points":
        return values | {"delivery_date": datetime.strptime(re.search(r"_(\d{8})_", sample.label)[1], "%m%d%Y").date()}
    if "interval_number" in values:
        day = values["interval_time_cpt"].date()
        minutes, after = 15, 15 * (values["interval_number"] - 1)
    else:
        day, quarter = values["delivery_date"], values.get("delivery_interval")
        minutes, after = (15 if quarter else 60), 60 * (values["hour_ending"] - 1) + 15 * ((quarter or 1) - 1)
    naive = datetime(day.year, day.month, day.day) + timedelta(minutes=after)
    start = utc(naive, values.get("dst_flag"))
    return values | {"delivery_date": day, "interval_start": start, "interval_end": start + timedelta(minutes=minutes)}


@lru_cache(1 << 16)
def utc(naive: datetime, second_pass: bool | None) -> datetime:
    """Return the moment of a local time; no sample has one that does not exist, or an ambiguous one without a flag."""
    moment = naive.replace(tzinfo=CENTRAL, fold=bool(second_pass)).astimezone(UTC)
    assert moment.astimezone(CENTRAL).replace(tzinfo=None) == naive, f"{naive} does not exist"
    ambiguous = naive.replace(tzinfo=CENTRAL).utcoffset() != naive.replace(tzinfo=CENTRAL, fold=1).utcoffset()
    assert second_pass is not None or not ambiguous, f"{naive} is ambiguous"
    return moment


def trust() -> dict[str, str]:
    """Return how far each file on the disk can be trusted: whole, rows or altered."""
    lines = [line.split("\t") for line in MANIFEST.read_text().splitlines()[1:]]
    return {path.removeprefix("raw/"): kind for path, kind, _ in lines}


def operating_days(sample: Sample) -> set[date]:
    """Return the operating days of a file, from its rows; of one with a header only, from its name."""
    days = {row["delivery_date"] for row in typed_rows(sample)}
    if days:
        return days
    disclosed = re.search(r"-(\d\d-[A-Z]{3}-\d\d)\.", sample.label)[1]
    return {datetime.strptime(disclosed, "%d-%b-%y").date() - timedelta(days=60)}
