"""Raw files of any report and header, written by hand: no word of the catalog goes into them or into what is expected.

Kinds and names of the columns are handed in; the values tell row and column, and the UTC times that they must become
are worked out with the standard library.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

CENTRAL = ZoneInfo("America/Chicago")
HOURS = (1, 12, 24)  # of the three rows; they lie apart, so that no two rows have a key in common

CDR = "cdr.{report:08d}.0000000000000000.{day:%Y%m%d}.{time}.{name}.csv"
PRICE_FILES = {
    "rt_spp": (12301, 0, "SPPHLZNP6905_{day:%Y%m%d}_1200"),
    "rt_lmp": (12300, 0, "LMPSROSNODENP6788_{day:%Y%m%d}_120011"),
    "rt_mcpc": (24898, 0, "RTDMCPCNP6331_{day:%Y%m%d}_1200"),
    "rt_mcpc_sced": (24891, 0, "MCPCNP6332_{day:%Y%m%d}_120011"),
    "rt_lmp_bus": (11485, 0, "LMPBUSNP6787_{day:%Y%m%d}_120011"),
    "sced_system_lambda": (13114, 0, "SCEDSYSLAMBDANP6322_{day:%Y%m%d}_120011"),
    "sced_shadow_prices": (12302, 0, "SCEDBTCNP686"),
    "dam_spp": (12331, -1, "DAMSPNP4190"),
    "dam_mcpc": (12329, -1, "DAMCPCNP4188"),
    "dam_lmp_bus": (12328, -1, "DAMHRLMPNP4183"),
    "dam_shadow_prices": (12332, -1, "DASPBCNP4191"),
    "dam_system_lambda": (13113, -1, "DAMSYSLAMBDANP4523"),
    "peaker_net_margin": (12348, 0, "PNMNP4790"),
    "peaker_net_margin_interval": (12348, 1, "PNMNP4790"),
    "dam_spp_corrections": (13044, 9, "pricecorrection_DAM_SPP"),
    "dam_mcpc_corrections": (13044, 9, "pricecorrection_DAM_MCPC"),
    "rt_spp_corrections": (13045, 9, "pricecorrection_RTM_SPP"),
    "rt_lmp_corrections": (13045, 9, "pricecorrection_RTM_SPLMP"),
    "rt_mcpc_corrections": (13045, 9, "pricecorrection_RTM_MCPC_SPP"),
    "rt_lmp_bus_corrections": (13045, 9, "pricecorrection_RTM_EBLMP"),
    "dam_spp_yearly": (13060, 1, "DAMLZHBSPP_{day:%Y}"),
    "rt_spp_yearly": (13061, 1, "RTMLZHBSPP_{day:%Y}"),
    "dam_mcpc_yearly": (13091, 1, "DAMASMCPC_{day:%Y}"),
}  # report type, days from operating day to publication, name
DISCLOSED = {
    "cop_snapshot": "60d_COP_Adjustment_Period_Snapshot",
    "cop_updates": "60d_COP_All_Updates",
    "dam_gen": "60d_DAM_Gen_Resource_Data",
    "dam_esr": "60d_DAM_ESR_Data",
    "dam_load": "60d_DAM_Load_Resource_Data",
    "dam_gen_as_offers": "60d_DAM_Generation_Resource_ASOffers",
    "dam_load_as_offers": "60d_DAM_Load_Resource_ASOffers",
    "dam_esr_as_offers": "60d_DAM_ESR_ASOffers",
    "dam_as_only_offers": "60d_DAM_AS_Only_Offers",
    "dam_as_only_awards": "60d_DAM_AS_Only_Awards",
    "dam_self_arranged_as": "60d_DAM_QSE_Self_Arranged_AS",
    "dam_energy_offers": "60d_DAM_EnergyOnlyOffers",
    "dam_energy_offer_awards": "60d_DAM_EnergyOnlyOfferAwards",
    "dam_energy_bids": "60d_DAM_EnergyBids",
    "dam_energy_bid_awards": "60d_DAM_EnergyBidAwards",
    "dam_ptp_bids": "60d_DAM_PTPObligationBids",
    "dam_ptp_bid_awards": "60d_DAM_PTPObligationBidAwards",
    "dam_ptp_options": "60d_DAM_PTP_Obligation_Option",
    "dam_ptp_option_awards": "60d_DAM_PTP_Obligation_OptionAwards",
    "sasm_gen_as_offers": "60d_SASM_Generation_Resource_AS_Offers",
    "sasm_gen_as_awards": "60d_SASM_Generation_Resource_AS_Offer_Awards",
    "sasm_load_as_offers": "60d_SASM_Load_Resource_AS_Offers",
    "sasm_load_as_awards": "60d_SASM_Load_Resource_AS_Offer_Awards",
    "sced_gen": "60d_SCED_Gen_Resource_Data",
    "sced_load": "60d_Load_Resource_Data_in_SCED",
    "sced_esr": "60d_ESR_Data_in_SCED",
    "sced_smne": "60d_SCED_SMNE_GEN_RES",
    "sced_self_arranged_as": "60d_SCED_QSE_Self_Arranged_AS",
    "sced_dsr_load": "60d_SCED_DSR_Load_Data",
    "sced_hdl_ldl_overrides": "60d_HDL_LDL_ManOverride",
    "sced_as_capability_overrides": "60d_AS_Capability_ManOverride",
    "sced_eoc_updates": "60d_SCED_EOC_Updates_in_OpHour",
    "sced_as_offer_updates": "60d_SCED_AS_Offer_Updates_in_OpPeriod",
    "sced_as_offers": "60d_SCED_Resource_AS_OFFERS",
}
YEARLY = "rpt.00013091.0000000000000000.{day:%Y%m%d}080005.DAMASMCPC_{day:%Y}.csv"
WORKBOOKS = ("dam_spp_yearly", "rt_spp_yearly")  # reports that are no text

PADDED_HOURS = {
    "dam_spp_yearly",
    "dam_mcpc_yearly",
    "dam_spp",
    "dam_mcpc",
    "dam_lmp_bus",
    "dam_shadow_prices",
    "cop_snapshot",
    "peaker_net_margin_interval",
}
BARE_COLON_HOURS = {"dam_system_lambda", "cop_updates"}
TWO_DIGIT_HOURS = {"sasm_gen_as_offers", "sasm_gen_as_awards", "sasm_load_as_offers", "sasm_load_as_awards"}

DTYPES = {
    "date": pl.Date,
    "integer": pl.Int32,
    "float": pl.Float64,
    "text": pl.String,
    "flag": pl.Boolean,
    "utc stamp": pl.Datetime("us", "UTC"),
    "naive stamp": pl.Datetime("us"),
}
LABELS = {"hour_ending": pl.Int8, "delivery_interval": pl.Int8, "interval_number": pl.Int8}
INTERVAL = ("interval_start", "interval_end")


@dataclass(frozen=True)
class Field:
    """One column of a header: as printed, and what it is here."""

    header: str
    name: str
    kind: str


def file_name(dataset: str, day: date) -> str:
    """Return the name that ERCOT gives to the file of an operating day."""
    if dataset == "dam_mcpc_yearly":
        return YEARLY.format(day=day)
    if dataset == "settlement_points":
        return f"Settlement_Points_{day:%m%d%Y}_101112.csv"
    if dataset == "cop_snapshot" and day < date(2022, 10, 14):
        return f"CompleteCOP_{day:%m%d%Y}.csv"
    if dataset in DISCLOSED:
        return f"{DISCLOSED[dataset]}-{f'{day + timedelta(days=60):%d-%b-%y}'.upper()}.csv"
    report, lag, name = PRICE_FILES[dataset]
    published = day + timedelta(days=lag)
    return CDR.format(report=report, day=published, time="160001", name=name.format(day=day))


def write_rows(dataset: str, day: date, fields: list[Field]) -> tuple[list[str], list[dict]]:
    """Return the lines of a file, header first, and the rows that the rollup must hold."""
    quote = '"{}"' if dataset in DISCLOSED and dataset != "cop_updates" else "{}"
    count = 1 if dataset == "peaker_net_margin" else len(HOURS)
    lines, expected = [",".join(quote.format(f.header) for f in fields)], []
    for row in range(count):
        cells = [_cell(dataset, day, field, row, place) for place, field in enumerate(fields)]
        lines.append(",".join(quote.format(text) for text, _ in cells))
        values = {f.name: value for f, (_, value) in zip(fields, cells, strict=True)}
        expected.append(values | _times(day, values, row))
    return lines, expected


def dtypes_of(columns: dict[str, str]) -> dict[str, pl.DataType]:
    """Return the types that a rollup must have for a report's columns, given by name and kind."""
    types = {name: LABELS.get(name, DTYPES[kind]) for name, kind in columns.items()}
    if set(LABELS) & set(columns):
        types |= dict.fromkeys(INTERVAL, pl.Datetime("us", "UTC"))
    return types | {"delivery_date": pl.Date}


def _cell(dataset: str, day: date, field: Field, row: int, place: int) -> tuple[str, object]:
    """Return a cell as printed, and the value that it must become."""
    hour = HOURS[row]
    if field.name in ("delivery_date", "as_of"):
        return f"{day:%m/%d/%Y}", day
    if field.name == "hour_ending":
        return _hour(dataset, hour), hour
    if field.name == "delivery_interval":
        return str(row + 1), row + 1
    if field.name == "interval_number":
        return str(4 * hour), 4 * hour
    if field.name == "interval_time_cpt":
        stamp = datetime(day.year, day.month, day.day) + timedelta(hours=hour, seconds=-1)
        return f"{stamp:%m/%d/%Y %H:%M:%S}", stamp
    if field.kind == "utc stamp":
        local = datetime(day.year, day.month, day.day, hour - 1, 0, 11, tzinfo=CENTRAL)
        return f"{local:%m/%d/%Y %H:%M:%S}", local.astimezone(UTC)
    if field.kind == "naive stamp":
        stamp = datetime(2021, 3, 4, 5, 6, place)
        return f"{stamp:%m/%d/%Y %H:%M:%S}", stamp
    if field.kind == "flag":
        return "N", False
    if field.kind == "integer":
        return str(place + row), place + row
    if field.kind == "float":
        return f"{place}.{row}25", place + row / 10 + 0.025
    return f"{dataset} {place} {row}", f"{dataset} {place} {row}"


def _hour(dataset: str, hour: int) -> str:
    if dataset in PADDED_HOURS:
        return f"{hour:02d}:00"
    if dataset in BARE_COLON_HOURS:
        return f"{hour}:00"
    return f"{hour:02d}" if dataset in TWO_DIGIT_HOURS else str(hour)


def _times(day: date, values: dict, row: int) -> dict:
    """Return the time columns that ERCOT does not print."""
    if "interval_number" in values:
        minutes = 15
        after = timedelta(minutes=15 * (values["interval_number"] - 1))
    elif "hour_ending" in values:
        quarter = values.get("delivery_interval")
        minutes = 15 if quarter else 60
        after = timedelta(hours=values["hour_ending"] - 1, minutes=15 * ((quarter or 1) - 1))
    else:
        return {"delivery_date": day}
    start = (datetime(day.year, day.month, day.day) + after).replace(tzinfo=CENTRAL).astimezone(UTC)
    return {"delivery_date": day, "interval_start": start, "interval_end": start + timedelta(minutes=minutes)}
