"""Every real file: its first and its last row stand in the rollup, value by value, as the raw text has them."""

import csv
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from helpers import run_pipeline

SHARED = Path(__file__).resolve().parents[3] / "shared"
RAW = SHARED / "samples" / "raw"
NAMES = SHARED / "formats" / "canonical_columns.json"
CENTRAL = ZoneInfo("America/Chicago")

pytestmark = pytest.mark.skipif(
    not (RAW.is_dir() and NAMES.exists()), reason="the real files of ../shared/samples/raw are not there"
)

# What a file's name says of its report, longest fragment first.
REPORTS = {
    "CompleteCOP_": "cop_snapshot",
    "60d_COP_Adjustment_Period_Snapshot-": "cop_snapshot",
    "60d_COP_All_Updates-": "cop_updates",
    "60d_Complete_COP-": "cop_updates",
    "60d_DAM_ESR_ASOffers-": "dam_esr_as_offers",
    "60d_DAM_ESR_Data-": "dam_esr",
    "60d_DAM_EnergyBidAwards-": "dam_energy_bid_awards",
    "60d_DAM_EnergyBids-": "dam_energy_bids",
    "60d_DAM_EnergyOnlyOffers-": "dam_energy_offers",
    "60d_DAM_Gen_Resource_Data-": "dam_gen",
    "60d_DAM_Generation_Resource_ASOffers-": "dam_gen_as_offers",
    "60d_DAM_Load_Resource_Data-": "dam_load",
    "60d_DAM_PTPObligationBidAwards-": "dam_ptp_bid_awards",
    "60d_ESR_Data_in_SCED-": "sced_esr",
    "60d_HDL_LDL_ManOverride-": "sced_hdl_ldl_overrides",
    "60d_Load Resource_Data_in_SCED-": "sced_load",
    "60d_Load_Resource_Data_in_SCED-": "sced_load",
    "60d_SCED_DSR_Load_Data-": "sced_dsr_load",
    "60d_SCED_EOC_Updates_in_OpHour-": "sced_eoc_updates",
    "60d_SCED_Gen_Resource_Data-": "sced_gen",
    "60d_SCED_SMNE_GEN_RES-": "sced_smne",
    "DAMCPCNP4188": "dam_mcpc",
    "DAMHRLMPNP4183": "dam_lmp_bus",
    "DAMSPNP4190": "dam_spp",
    "DASPBCNP4191": "dam_shadow_prices",
    "LMPBUSNP6787": "rt_lmp_bus",
    "LMPSROSNODENP6788": "rt_lmp",
    "MCPCNP6332": "rt_mcpc_sced",
    "PNMNP4790": "peaker_net_margin",
    "RTDMCPCNP6331": "rt_mcpc",
    "SCEDBTCNP686": "sced_shadow_prices",
    "SCEDSYSLAMBDANP6322": "sced_system_lambda",
    "SPPHLZNP6905": "rt_spp",
}
OTHER_SPELLINGS = {
    "SCEDTimestamp": "SCEDTimeStamp",
    "AS Capability RRSPF": "AS Capability RRSPFR",
    "AS Capability RRSFF": "AS Capability RRSFFR",
    "AS Capability RRSUF": "AS Capability RRSUFR",
}
PLAN_2014 = (
    "Delivery Date,QSE Name,Resource Name,Hour Ending,Status,High Sustained Limit,Low Sustained Limit,"
    "High Emergency Limit,Low Emergency Limit,Reg Up,Reg Down,RRS,NSPIN"
)
NOT_OURS = ("ACTUALSYSLOADWZNP6345",)


def raw_files() -> dict[str, str]:
    """Return the text of every CSV of ours, plain or in a zip, by label."""
    texts = {}
    for path in sorted(RAW.rglob("*")) if RAW.is_dir() else ():
        shown = path.relative_to(RAW).as_posix()
        if path.suffix == ".csv" and not any(name in path.name for name in NOT_OURS):
            texts[shown] = path.read_text()
        elif path.suffix == ".zip" and "_xml" not in path.name:
            with zipfile.ZipFile(path) as archive:
                texts |= {f"{shown}!{name}": archive.read(name).decode() for name in archive.namelist()}
    return texts


FILES = raw_files()


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return run_pipeline(RAW, tmp_path_factory.mktemp("results"))


def report_of(label: str, text: str) -> str:
    """Return the dataset of a file by its name, and of the peaker margin by its shape."""
    (dataset,) = {d for fragment, d in REPORTS.items() if fragment in label.rsplit("/", 1)[-1]}
    return "peaker_net_margin_interval" if dataset == "peaker_net_margin" and "DeliveryInterval" in text else dataset


def read_rows(label: str, text: str) -> list[dict[str, str]]:
    """Return the rows of a file as text by header, stripped of padding."""
    lines = text.splitlines()
    if "CompleteCOP_" in label:
        lines = [PLAN_2014, *lines]
    elif "DeliveryDate" not in text and "DAMSPNP4190" in label:
        lines = ["DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag", *lines]
    header, *rows = csv.reader(line for line in lines if line.strip())
    return [{h.strip(): cell.strip() for h, cell in zip(header, row, strict=True)} for row in rows]


def canonical(dataset: str) -> dict[str, tuple[str, str]]:
    rows = json.loads(NAMES.read_text())
    return {row["header"].strip(): (row["name"], row["kind"]) for row in rows if row["dataset"] == dataset}


def typed(dataset: str, row: dict[str, str]) -> dict:
    """Return what a raw row must be in the rollup: typed values under canonical names, and UTC times."""
    names, values = canonical(dataset), {}
    for header, text in row.items():
        name, kind = names[header if header in names else OTHER_SPELLINGS[header]]
        values[name] = typed_cell(kind, text)
    return values | times_of(values)


def typed_cell(kind: str, text: str):
    if kind == "date":
        return datetime.strptime(text[:10], "%m/%d/%Y").date()
    if kind == "flag":
        return {"Y": True, "N": False}[text]
    if text == "":
        return None
    if kind == "float":
        return float(text)
    if kind == "integer":
        return int(text.split(":")[0])
    if kind == "text":
        return text
    stamp = datetime.strptime(text, "%m/%d/%Y %H:%M:%S" if text.count(":") == 2 else "%m/%d/%Y %H:%M")
    return stamp if kind == "naive stamp" else stamp.replace(tzinfo=CENTRAL).astimezone(UTC)  # no sample is ambiguous


def times_of(values: dict) -> dict:
    if "sced_timestamp" in values:
        return {"delivery_date": values["sced_timestamp"].astimezone(CENTRAL).date()}
    if "as_of" in values:
        return {"delivery_date": values["as_of"]}
    if "interval_number" in values:
        day = values["interval_time_cpt"].date()
        minutes, after = 15, 15 * (values["interval_number"] - 1)
    else:
        day, quarter = values["delivery_date"], values.get("delivery_interval")
        minutes, after = (15 if quarter else 60), 60 * (values["hour_ending"] - 1) + 15 * ((quarter or 1) - 1)
    naive = datetime(day.year, day.month, day.day) + timedelta(minutes=after)
    start = naive.replace(tzinfo=CENTRAL).astimezone(UTC)
    return {"delivery_date": day, "interval_start": start, "interval_end": start + timedelta(minutes=minutes)}


@pytest.mark.parametrize("label", FILES, ids=lambda label: label.rsplit("/", 1)[-1].rsplit("!", 1)[-1])
def test_first_and_last_row_are_in_the_rollup_as_the_raw_text_has_them(run, label):
    dataset = report_of(label, FILES[label])
    rows = read_rows(label, FILES[label])
    for row in (rows[0], rows[-1]) if rows else ():
        expected = typed(dataset, row)
        frame = run.annual[dataset, expected["delivery_date"].year]
        same = [pl.col(name).eq_missing(pl.lit(value, dtype=frame.schema[name])) for name, value in expected.items()]
        (found,) = frame.filter(same).rows(named=True)
        assert [name for name, value in found.items() if value is not None and name not in expected] == []


@pytest.mark.parametrize("label", [label for label, text in FILES.items() if not read_rows(label, text)])
def test_a_file_with_a_header_only_is_valid_and_empty(run, label):
    dataset = report_of(label, FILES[label])
    assert dataset in ("sced_hdl_ldl_overrides", "sced_eoc_updates")
    assert run.annual[dataset, 2025].height == 0
    assert run.ledger(dataset, 2025) == (1, 1, 0, 0, 0, 0, 0, 0)
    assert not [
        f for f in run.report["findings"] if (f["dataset"], f["year"]) == (dataset, 2025) and f["check"] != "gap"
    ]


def test_no_file_is_unaccounted_for(run):
    ledger = run.report["ledger"]
    assert sum(row["files_read"] for row in ledger) == len(FILES)
    assert run.report["files"]["rejected"] == []
    everything = {path.relative_to(RAW).as_posix() for path in RAW.rglob("*") if path.is_file()}
    ours = {label.split("!")[0] for label in FILES}
    assert set(run.report["files"]["ignored"]) == everything - ours
    assert run.critical() == []


def test_all_rows_are_written(run):
    """No sample repeats a key, so what is written is what the raw texts hold."""
    held: dict[str, int] = {}
    for label, text in FILES.items():
        dataset = report_of(label, text)
        held[dataset] = held.get(dataset, 0) + len(read_rows(label, text))
    written: dict[str, int] = {}
    for row in run.report["ledger"]:
        written[row["dataset"]] = written.get(row["dataset"], 0) + row["rows_written"]
    assert written == held
