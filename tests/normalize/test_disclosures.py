"""Oddities of the disclosures: spellings, names, containers, supplements, and members without a key."""

from collections import Counter
from datetime import date

from disclosed import column, quoted, run_of
from helpers import cdr, utc, zip_bytes

from ercot.raw.containers.reader import MemberReader

# --- headers ----------------------------------------------------------------------------------------------------------


def test_four_spellings_of_the_stamp_are_one_column(tmp_path):
    files = {}
    for day, stamp in enumerate(("SCED Time Stamp", "SCEDTimestamp", "SCEDTimeStamp", "SCED Timestamp"), start=1):
        rows = [quoted(stamp, "Repeated Hour Flag", "QSE Name", "Total Telemetered DSR Loads")]
        rows.append(quoted(f"02/0{day}/2025 00:00:12", "N", "QAEN", f"{day}.5"))
        files[f"60d_SCED_DSR_Load_Data-0{day + 1}-APR-25.csv"] = rows
    run = run_of(tmp_path, files, "sced_dsr_load")
    assert column(run, "sced_dsr_load", 2025, "sced_timestamp") == [utc(f"2025-02-0{d}T06:00:12") for d in range(1, 5)]
    assert column(run, "sced_dsr_load", 2025, "total_telemetered_dsr_loads") == [1.5, 2.5, 3.5, 4.5]
    assert run.ledger("sced_dsr_load", 2025) == (4, 4, 0, 4, 4, 0, 0, 0)


def test_net_output_has_one_name_with_and_without_its_trailing_space(tmp_path):
    names = ("SCED Time Stamp", "Repeated Hour Flag", "Resource Name", "Base Point")
    files = {
        "60d_SCED_Gen_Resource_Data-02-FEB-26.csv": [
            quoted(*names, "Telemetered Net Output "),
            quoted("12/04/2025 23:45:10", "N", "A_G1", "7", "-3.00999999046326"),
        ],
        "60d_SCED_Gen_Resource_Data-03-FEB-26.csv": [
            ",".join((*names, "Telemetered Net Output")),
            "12/05/2025 00:00:11,N,A_G1,,.5",
        ],
    }
    run = run_of(tmp_path, files, "sced_gen")
    assert column(run, "sced_gen", 2025, "telemetered_net_output") == [-3.00999999046326, 0.5]
    assert column(run, "sced_gen", 2025, "base_point") == [7.0, None]
    assert run.findings("drift") == []


def test_services_renamed_within_an_era_keep_their_column(tmp_path):
    run_labels = "SCED Time Stamp,Repeated Hour Flag,Resource Name"
    offer = "SCED Timestamp,Repeated Hour Flag,Resource Name"
    files = {
        "60d_SCED_Gen_Resource_Data-07-MAY-26.csv": [
            f"{run_labels},AS Capability RRSPF,AS Capability RRSFF,AS Awards RRSPFR",
            "03/08/2026 01:45:16,N,A_G1,1.5,2.5,3.5",
        ],
        "60d_SCED_Gen_Resource_Data-08-MAY-26.csv": [
            f"{run_labels},AS Capability RRSPFR,AS Capability RRSFFR,AS Awards RRSPFR",
            "03/09/2026 01:45:16,N,A_G1,4.5,5.5,6.5",
        ],
        "60d_SCED_Resource_AS_OFFERS-03-FEB-26.csv": [
            f"{offer},PRICE1_URS,PRICE1_DRS,PRICE1_RRSPF,PRICE1_RRSUF,PRICE1_RRSFF,PRICE1_NS,PRICE1_ECRS,QUANTITY_MW1",
            "12/05/2025 00:00:11,N,A_G1,1,2,3,4,5,6,7,8",
        ],
        "60d_SCED_Resource_AS_OFFERS-30-MAR-26.csv": [
            f"{offer},PRICE1_REGUP,PRICE1_REGDN,PRICE1_RRSPFR,PRICE1_RRSUFR,PRICE1_RRSFFR,PRICE1_NSPIN,PRICE1_ECRS,QUANTITY_MW1",
            "01/29/2026 00:00:11,N,A_G1,11,12,13,14,15,16,17,18",
        ],
    }
    run = run_of(tmp_path, files, "sced_gen", "sced_as_offers")
    capability = run.annual["sced_gen", 2026]
    assert capability["as_capability_rrspfr"].to_list() == [1.5, 4.5]
    assert capability["as_capability_rrsffr"].to_list() == [2.5, 5.5]
    assert capability["as_awards_rrspfr"].to_list() == [3.5, 6.5]
    services = [f"price1_{s}" for s in ("regup", "regdn", "rrspfr", "rrsufr", "rrsffr", "nspin", "ecrs")]
    for year, first in ((2025, 1.0), (2026, 11.0)):
        row = run.annual["sced_as_offers", year].select(*services, "quantity_mw1").row(0)
        assert row == tuple(first + i for i in range(8))
    assert run.findings("drift") == []


def test_the_offers_of_a_resource_are_told_apart_and_sorted_by_their_type(tmp_path):
    """Without the type the rows of one resource and run are alike: none is lost, and none is taken for another."""
    types = ("REGDN", "ONRES", "OFFNS", "ONRES")
    resources = ("B", "B", "A", "A")
    rows = [f"07/08/2026 00:00:21,N,{r},,0,{t}" for r, t in zip(resources, types, strict=True)]
    files = {
        "60d_SCED_Resource_AS_OFFERS-06-SEP-26.csv": [
            "SCED Timestamp,Repeated Hour Flag,Resource Name,PRICE1_REGUP,QUANTITY_MW1,Offer Type",
            *rows,
        ]
    }
    run = run_of(tmp_path, files, "sced_as_offers")
    frame = run.annual["sced_as_offers", 2026]
    assert frame.select("resource_name", "offer_type", "quantity_mw1").rows() == [
        ("A", "OFFNS", 0.0),
        ("A", "ONRES", 0.0),
        ("B", "ONRES", 0.0),
        ("B", "REGDN", 0.0),
    ]
    assert run.ledger("sced_as_offers", 2026) == (1, 1, 0, 4, 4, 0, 0, 0)
    assert run.findings("drift") == []


def test_a_blank_at_the_end_of_a_header_and_negative_own_supply_raise_no_alarm(tmp_path):
    files = {
        "60d_SCED_QSE_Self_Arranged_AS-31-AUG-23.csv": [
            "SCED Time Stamp,Repeated Hour Flag,QSE,REGUP,NSPNM,ECRSS,ECRSM ",
            "07/02/2023 00:00:13,N,QAEN,-49,-12.5,,3.5",
        ]
    }
    run = run_of(tmp_path, files, "sced_self_arranged_as")
    assert run.annual["sced_self_arranged_as", 2023].select("regup", "nspnm", "ecrss", "ecrsm").rows() == [
        (-49.0, -12.5, None, 3.5)
    ]
    assert [f for f in run.report["findings"] if f["check"] in ("drift", "range")] == []


def test_two_maps_of_one_day_have_one_row_a_bus(tmp_path):
    header = "ELECTRICAL_BUS,NODE_NAME,SUBSTATION,SETTLEMENT_LOAD_ZONE"
    files = {
        "Settlement_Points_11112024_101112.csv": [header, "B2,N,S,LZ_WEST", "B1,N,S,LZ_NORTH"],
        "Settlement_Points_11112024_174625.csv": [header, "B1,N,S,LZ_SOUTH", "B2,N,S,LZ_WEST"],
    }
    run = run_of(tmp_path, files, "settlement_points")
    frame = run.annual["settlement_points", 2024]
    assert frame.select("electrical_bus", "settlement_load_zone").rows() == [("B1", "LZ_SOUTH"), ("B2", "LZ_WEST")]
    assert run.ledger("settlement_points", 2024) == (2, 2, 0, 4, 2, 1, 1, 0)


def test_underscores_of_the_first_award_files_are_spaces(tmp_path):
    header = "Delivery Date,Hour Ending,QSE Name,AS Type,Offer ID"
    files = {
        "60d_DAM_AS_Only_Awards-04-FEB-26.csv": [
            f"{header},Quantity1_Award,Quantity2_Award,Total_Award,MCPC",
            "12/06/2025,1,QAAA,REGUP,007,1.5,2.5,4,.38",
        ],
        "60d_DAM_AS_Only_Awards-05-FEB-26.csv": [
            f"{header},Quantity1 Award,Quantity2 Award,Total Award,MCPC",
            "12/07/2025,1,QAAA,REGUP,007,3.5,4.5,8,.39",
        ],
    }
    run = run_of(tmp_path, files, "dam_as_only_awards")
    frame = run.annual["dam_as_only_awards", 2025]
    wanted = frame.select("offer_id", "quantity1_award", "quantity2_award", "quantity3_award", "total_award", "mcpc")
    assert wanted.rows() == [("007", 1.5, 2.5, None, 4.0, 0.38), ("007", 3.5, 4.5, None, 8.0, 0.39)]


def load_run(day: str, name: str = "ACRLY_LD1") -> list[str]:
    header = quoted("SCED Time Stamp", "Repeated Hour Flag", "Resource Name", "Real Power Consumption")
    return [header, quoted(f"{day} 00:00:14", "N", name, ".5")]


def test_a_member_with_spaces_for_underscores_is_known(tmp_path):
    files = {
        "60d_Load Resource_Data_in_SCED-01-MAY-14.csv": load_run("03/02/2014"),
        "day.zip": zip_bytes({"60d Load Resource Data in SCED-02-MAY-14.csv": load_run("03/03/2014")}),
    }
    run = run_of(tmp_path, files, "sced_load")
    assert column(run, "sced_load", 2014, "real_power_consumption") == [0.5, 0.5]
    assert run.ledger("sced_load", 2014) == (2, 2, 0, 2, 2, 0, 0, 0)
    assert run.report["files"]["ignored"] == []


PATH = "Delivery Date,Hour Ending,QSE Name,Settlement Point Source,Settlement Point Sink"
TRADE = "Delivery Date,Hour Ending,Settlement Point,QSE Name"
ALIKE = {
    "dam_ptp_options": (
        "60d_DAM_PTP_Obligation_Option",
        f"{PATH},MW,Price,Offer ID,Multi-Hour Block Indicator,CRR ID",
        "07/09/2026,1,QAEN,A,B,1.5,2.5,X1,N,C1",
    ),
    "dam_ptp_option_awards": (
        "60d_DAM_PTP_Obligation_OptionAwards",
        f"{PATH},MW,Price,Offer ID,CRR ID",
        "07/09/2026,1,QAEN,A,B,2.5,2.5,X1,C1",
    ),
    "dam_ptp_bids": (
        "60d_DAM_PTPObligationBids",
        f"{PATH},PtP Bid - MW,PtP Bid - Price,Bid ID,Multi-Hour Block Indicator",
        "07/09/2026,1,QAEN,A,B,3.5,2.5,X1,N",
    ),
    "dam_ptp_bid_awards": (
        "60d_DAM_PTPObligationBidAwards",
        f"{PATH},PtP Bid Award - MW,PtP Bid - Price,Bid ID",
        "07/09/2026,1,QAEN,A,B,4.5,2.5,X1",
    ),
    "dam_energy_bid_awards": (
        "60d_DAM_EnergyBidAwards",
        f"{TRADE},Energy Only Bid Award in MW,Settlement Point Price,Bid ID",
        "07/09/2026,1,A,QAEN,-24,14.93,X1",
    ),
    "dam_energy_bids": (
        "60d_DAM_EnergyBids",
        f"{TRADE},Energy Only Bid MW1,Energy Only Bid Price1,Energy Only Bid ID",
        "07/09/2026,1,A,QAEN,24,81,X1",
    ),
}


def test_names_that_begin_other_names_never_mix(tmp_path):
    files = {f"{stem}-07-SEP-26.csv": [header, row] for stem, header, row in ALIKE.values()}
    aggregates = {"2d_Agg_DAM_EnergyBids-11-JUL-26.csv": "a\n1\n", "48h_Agg_AS_Offers_ECRS-11-JUL-26.csv": "a\n1\n"}
    run = run_of(tmp_path, files | aggregates, *ALIKE)
    for dataset in ALIKE:
        assert run.ledger(dataset, 2026) == (1, 1, 0, 1, 1, 0, 0, 0)
    assert run.findings("drift") == []
    assert run.report["files"]["ignored"] == sorted(aggregates)
    mw = {"dam_ptp_options": "mw", "dam_ptp_option_awards": "mw", "dam_ptp_bids": "ptp_bid_mw"}
    mw |= {"dam_ptp_bid_awards": "ptp_bid_award_mw", "dam_energy_bid_awards": "energy_only_bid_award_in_mw"}
    assert {d: column(run, d, 2026, name)[0] for d, name in mw.items()} == {
        "dam_ptp_options": 1.5,
        "dam_ptp_option_awards": 2.5,
        "dam_ptp_bids": 3.5,
        "dam_ptp_bid_awards": 4.5,
        "dam_energy_bid_awards": -24.0,
    }


def test_one_zip_feeds_many_reports_and_each_member_is_read_once(tmp_path, monkeypatch):
    members = {f"{stem}-07-SEP-26.csv": [header, row] for stem, header, row in ALIKE.values()}
    notes = {"readme.txt": "hello", "60d_DAM_EnergyBids-07-SEP-26.xml": "<a/>"}
    outer = cdr(13051, "20260907.031500", "60_Day_DAM_Disclosure.zip")
    whole_reads = Counter()
    read = MemberReader.read

    def counted(self, path, member_path=(), limit=None):
        whole_reads[member_path] += limit is None
        return read(self, path, member_path, limit)

    monkeypatch.setattr(MemberReader, "read", counted)
    run = run_of(tmp_path, {outer: zip_bytes(members | notes)})
    assert whole_reads == Counter({(name,): 1 for name in members} | {(name,): 0 for name in notes})
    assert set(run.plan.batches) == set(ALIKE)
    for dataset in ALIKE:
        assert run.ledger(dataset, 2026) == (1, 1, 0, 1, 1, 0, 0, 0)
    assert run.report["files"]["ignored"] == [f"{outer}!{name}" for name in sorted(notes)]


POINTS = (
    "ELECTRICAL_BUS,NODE_NAME,PSSE_BUS_NAME,VOLTAGE_LEVEL,SUBSTATION,SETTLEMENT_LOAD_ZONE,"
    "RESOURCE_NODE,HUB_BUS_NAME,HUB,PSSE_BUS_NUMBER"
)


def test_the_map_of_points_is_one_list_of_several_in_its_zip(tmp_path):
    members = {
        "Settlement_Points_08052025_101112.csv": [
            POINTS,
            "0001,N1,P1,138,SUB,LZ_NORTH,,,,0042",
            "BUS2,N2,P2,34.5,SUB,LZ_WEST,RN_A,HBUS,HB_WEST,7",
        ],
        "Resource_Node_to_Unit_08052025_101112.csv": ["RESOURCE_NODE,UNIT_SUBSTATION,UNIT_NAME", "RN_A,SUB,U1"],
        "Hub_Name_AND_DC_Ties_08052025_101112.csv": ["NAME", "HB_WEST"],
        "NOIE_Mapping_08052025_101112.csv": ["A,B", "1,2"],
    }
    run = run_of(tmp_path, {cdr(10008, "20250805.101500", "SPLISTNP4160.zip"): zip_bytes(members)}, "settlement_points")
    frame = run.annual["settlement_points", 2025]
    assert frame["delivery_date"].to_list() == [date(2025, 8, 5)] * 2
    assert frame.drop("delivery_date").rows() == [
        ("0001", "N1", "P1", 138.0, "SUB", "LZ_NORTH", None, None, None, "0042"),
        ("BUS2", "N2", "P2", 34.5, "SUB", "LZ_WEST", "RN_A", "HBUS", "HB_WEST", "7"),
    ]
    assert run.ledger("settlement_points", 2025) == (1, 1, 0, 2, 2, 0, 0, 0)
    assert len(run.report["files"]["ignored"]) == 3


# --- days without a row -----------------------------------------------------------------------------------------------


def test_a_margin_is_as_of_its_day_and_a_retry_replaces_it(tmp_path):
    files = {
        cdr(12348, "20180819.160000", "PNMNP4790.csv"): [
            "AsOfDate,PeakerNetMargin",
            "08/19/2018 16:00:00,    43710.29",
        ],
        cdr(12348, "20180820.090000", "PNMNP4790_retry_20180819_1600.csv"): [
            "AsOfDate,PeakerNetMargin",
            "08/19/2018 16:00:00,    43711.5",
        ],
        cdr(12348, "20101130.160000", "PNMNP4790.csv"): [
            "DeliveryDate,HourEnding,DeliveryInterval,PeakerNetMargin",
            "11/29/2010,24:00,4,1.5",
        ],
    }
    run = run_of(tmp_path, files, "peaker_net_margin", "peaker_net_margin_interval")
    total = run.annual["peaker_net_margin", 2018]
    assert total.rows() == [(date(2018, 8, 19), date(2018, 8, 19), 43711.5)]
    assert run.ledger("peaker_net_margin", 2018) == (2, 2, 0, 2, 1, 0, 1, 0)
    assert column(run, "peaker_net_margin_interval", 2010, "interval_start") == [utc("2010-11-30T05:45:00")]
