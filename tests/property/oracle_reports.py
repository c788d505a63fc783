"""What the oracle knows of the reports it judges: names, headers, keys. By the contract and ERCOT's own headers."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Report:
    """What the oracle knows of a report: ``columns`` are ERCOT's header -> (our name, what it holds), in its order."""

    name: re.Pattern
    columns: dict[str, tuple[str, str]]
    key: tuple[str, ...]
    needed: tuple[str, ...]  # a row that lacks one of these is rejected; all but `optional` must be in the header
    days: str = "first"  # where the operating day of a file comes from: its name, its first good row, all its rows
    ahead: int = 0  # operating day less the day in the name
    order: tuple[str, ...] = ()


HOURLY = {"DeliveryDate": ("delivery_date", "date"), "HourEnding": ("hour_ending", "hour")}
SPACED = {"Delivery Date": ("delivery_date", "date"), "Hour Ending": ("hour_ending", "hour")}
FLAG = {"DSTFlag": ("dst_flag", "flag")}
POINT = ("settlement_point", "text")


def _cdr(number: int, rest: str) -> re.Pattern:
    return re.compile(rf"(?:\d+\.)?(?:cdr|ext|rpt)\.{number:08d}\.\d{{16}}\.(\d{{8}})\.(\d{{6,9}})\.{rest}", re.I)


REPORTS = {
    "dam_spp_corrections": Report(
        _cdr(13044, r".*DAM_SPP"),
        {"DeliveryDate": ("delivery_date", "date"), "DeliveryHour": ("hour_ending", "hour"), "SettlementPoint": POINT,
         "SPPOriginal": ("original", "number"), "SPPCorrected": ("corrected", "number"),
         "PriceCorrectionTime": ("price_correction_time_cpt", "stamp"), **FLAG},
        ("interval_start", "settlement_point", "price_correction_time_cpt"),
        ("settlement_point", "corrected", "price_correction_time_cpt"), days="all",
    ),
    "dam_spp": Report(
        _cdr(12331, ""),
        {**HOURLY, "SettlementPoint": POINT, "SettlementPointPrice": ("settlement_point_price", "number"), **FLAG},
        ("interval_start", "settlement_point"), ("settlement_point", "settlement_point_price"), ahead=1,
    ),
    "dam_mcpc": Report(
        _cdr(12329, ""), {**HOURLY, "AncillaryType": ("ancillary_type", "text"), "MCPC": ("mcpc", "number"), **FLAG},
        ("interval_start", "ancillary_type"), ("ancillary_type", "mcpc"), ahead=1,
    ),
    "rt_spp": Report(
        _cdr(12301, r"\D*\d{4}_(\d{8})_(\d{4})"),
        {"DeliveryDate": ("delivery_date", "date"), "DeliveryHour": ("hour_ending", "hour"),
         "DeliveryInterval": ("delivery_interval", "quarter"), "SettlementPointName": POINT,
         "SettlementPointType": ("settlement_point_type", "text"),
         "SettlementPointPrice": ("settlement_point_price", "number"), **FLAG},
        ("interval_start", "settlement_point", "settlement_point_type"),
        ("settlement_point", "settlement_point_type", "settlement_point_price"), days="name",
    ),
    "rt_lmp": Report(
        _cdr(12300, r"\D*\d{4}_(\d{8})_(\d{6})"),
        {"SCEDTimestamp": ("sced_timestamp", "run"), "RepeatedHourFlag": ("repeated_hour_flag", "flag"),
         "SettlementPoint": POINT, "LMP": ("lmp", "number")},
        ("sced_timestamp", "settlement_point"), ("settlement_point", "lmp"), days="name",
    ),
    "dam_energy_bid_awards": Report(
        re.compile(r"60d_DAM_EnergyBidAwards-(\d\d)-([A-Z]{3})-(\d\d)(?!\d)", re.I),
        {**SPACED, "Settlement Point": POINT, "QSE Name": ("qse", "text"),
         "Energy Only Bid Award in MW": ("energy_only_bid_award_in_mw", "number"),
         "Settlement Point Price": ("settlement_point_price", "number"), "Bid ID": ("bid_id", "text")},
        ("interval_start", "settlement_point", "qse", "bid_id"), ("settlement_point", "qse", "bid_id"),
    ),
    "dam_gen_as_offers": Report(
        re.compile(r"60d_DAM_Generation_Resource_ASOffers-(\d\d)-([A-Z]{3})-(\d\d)(?!\d)", re.I),
        {**SPACED, "QSE": ("qse", "text"), "Generation Resource Name": ("resource_name", "text"),
         "BLOCK INDICATOR1": ("block_indicator1", "text"), "PRICE1 REGUP": ("price1_regup", "number"),
         "QUANTITY MW1": ("quantity_mw1", "number")},
        (), ("resource_name",), order=("interval_start", "resource_name"),
    ),
    "sced_smne": Report(
        re.compile(r"60d_SCED_SMNE_GEN_RES-(\d\d)-([A-Z]{3})-(\d\d)(?!\d)", re.I),
        {"Interval Time": ("interval_time_cpt", "numbered"), "Interval Number": ("interval_number", "number label"),
         "Resource Code": ("resource_code", "text"), "Interval Value": ("interval_value", "number")},
        ("interval_start", "resource_code"), ("resource_code",),
    ),
    "peaker_net_margin": Report(
        _cdr(12348, ""),
        {"AsOfDate": ("as_of", "day"), "PeakerNetMargin": ("peaker_net_margin", "number")},
        ("as_of",), ("peaker_net_margin",),
    ),
    "settlement_points": Report(
        re.compile(r"Settlement_Points_(\d{8})_(\d{6})", re.I),
        {"ELECTRICAL_BUS": ("electrical_bus", "text"), "NODE_NAME": ("node_name", "text"),
         "VOLTAGE_LEVEL": ("voltage_level", "number"), "HUB": ("hub", "text"),
         "RESOURCE_NODE": ("resource_node", "text")},
        ("delivery_date", "electrical_bus"), ("electrical_bus",), days="name",
    ),
}  # fmt: skip
OPTIONAL = {"original", "dst_flag", "repeated_hour_flag", "energy_only_bid_award_in_mw", "qse", "block_indicator1",
            "price1_regup", "quantity_mw1", "interval_value", "node_name", "voltage_level", "hub",
            "resource_node"}  # fmt: skip
