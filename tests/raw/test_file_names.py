"""What a file name says of report, operating day, publication and precedence."""

from datetime import date

import pytest
from helpers import cdr

from ercot.catalog import DATASETS
from ercot.raw.file_names import NameReader, precedence

READER = NameReader(DATASETS)
CDR0 = "0000000000000000"

# base name -> dataset, operating day that the name tells (or guesses), publication
NAMES = {
    f"446428299.cdr.00012301.{CDR0}.20250730.084702.SPPHLZNP6905_20250730_0845.csv": (
        "rt_spp",
        "2025-07-30",
        "20250730084702000",
    ),
    f"446428299.cdr.00012331.{CDR0}.20241231.123000001.DAMSPNP4190_csv.zip": (
        "dam_spp",
        "2025-01-01",
        "20241231123000001",
    ),
    f"ext.00012331.{CDR0}.20241231.123000.DAMSPNP4190.csv": ("dam_spp", "2025-01-01", "20241231123000000"),
    f"rpt.00012331.{CDR0}.20241231123000.DAMSPNP4190.csv": ("dam_spp", "2025-01-01", "20241231123000000"),
    f"446395379.rpt.00010038.{CDR0}.20140501.051707072.CompleteCOP_03022014.zip": (
        "cop_snapshot",
        "2014-03-02",
        "20140501051707072",
    ),
    f"698699627.ext.00013052.{CDR0}.20260706.051231658.60d_SCED_Gen_Resource_Data-06-JUL-26.csv": (
        "sced_gen",
        "2026-05-07",
        "20260706051231658",
    ),
    "698699627.60d_SCED_Gen_Resource_Data-06-JUL-26.csv": ("sced_gen", "2026-05-07", "20260706000000000"),
    f"cdr.00013045.{CDR0}.20160708.191842.pricecorrection_RTM_SPLMP_NP4197_retry_20160708_191842_csv.zip": (
        "rt_lmp_corrections",
        "2016-07-08",
        "20160708191842000",
    ),
    f"cdr.00012301.{CDR0}.20250730.084702.SPPHLZNP6905_20250730_0845.csv": (
        "rt_spp",
        "2025-07-30",
        "20250730084702000",
    ),
    f"cdr.00012301.{CDR0}.20260928.000002.SPPHLZNP6905_20260928_0000.csv": (
        "rt_spp",
        "2026-09-27",
        "20260928000002000",
    ),
    f"cdr.00012301.{CDR0}.20250101.000212345.SPPHLZNP6905_20250101_0000_csv.zip": (
        "rt_spp",
        "2024-12-31",
        "20250101000212345",
    ),
    f"cdr.00012301.{CDR0}.20230608.161500.SPPHLZNP6905_retry_20230608_1545_csv.zip": (
        "rt_spp",
        "2023-06-08",
        "20230608161500000",
    ),
    f"cdr.00012301.{CDR0}.20241103.011702.SPPHLZNP6905_xhr_20241103_0115.csv": (
        "rt_spp",
        "2024-11-03",
        "20241103011702000",
    ),
    f"cdr.00012301.{CDR0}.20241103.011702.SPPHLZNP6905_20241103_0115xhr.csv": (
        "rt_spp",
        "2024-11-03",
        "20241103011702000",
    ),
    f"CDR.00012301.{CDR0}.20250730.084702.SPPHLZNP6905_20250730_0845.CSV": (
        "rt_spp",
        "2025-07-30",
        "20250730084702000",
    ),
    f"cdr.00012300.{CDR0}.20250101.000021.LMPSROSNODENP6788_20250101_000019.csv": (
        "rt_lmp",
        "2025-01-01",
        "20250101000021000",
    ),
    f"cdr.00012300.{CDR0}.20250101.000002.LMPSROSNODENP6788_20241231_235959.csv": (
        "rt_lmp",
        "2024-12-31",
        "20250101000002000",
    ),
    f"cdr.00012331.{CDR0}.20241231.123000.DAMSPNP4190.csv": ("dam_spp", "2025-01-01", "20241231123000000"),
    f"cdr.00012329.{CDR0}.20240228.123000001.DAMCPCNP4188_csv.zip": ("dam_mcpc", "2024-02-29", "20240228123000001"),
    f"cdr.00012328.{CDR0}.20240228.123000.DAMHRLMPNP4183.csv.gz": ("dam_lmp_bus", "2024-02-29", "20240228123000000"),
    f"cdr.00012332.{CDR0}.20240228.123000.DASPBCNP4191.csv": ("dam_shadow_prices", "2024-02-29", "20240228123000000"),
    f"cdr.00012302.{CDR0}.20240228.123000.SCEDBTCNP686.csv": ("sced_shadow_prices", "2024-02-28", "20240228123000000"),
    f"cdr.00013113.{CDR0}.20240228.123000.DAMSYSLAMBDANP4523.csv": (
        "dam_system_lambda",
        "2024-02-29",
        "20240228123000000",
    ),
    f"cdr.00013114.{CDR0}.20261003.224521.SCEDSYSLAMBDANP6322_20261003_224520.csv": (
        "sced_system_lambda",
        "2026-10-03",
        "20261003224521000",
    ),
    f"cdr.00011485.{CDR0}.20140501.000016.LMPBUSNP6787_20140501_000014.csv": (
        "rt_lmp_bus",
        "2014-05-01",
        "20140501000016000",
    ),
    f"cdr.00024898.{CDR0}.20260930.000001.RTDMCPCNP6331_20260930_0000.csv": (
        "rt_mcpc",
        "2026-09-29",
        "20260930000001000",
    ),
    f"cdr.00024891.{CDR0}.20261003.224523.MCPCNP6332_20261003_224520.csv": (
        "rt_mcpc_sced",
        "2026-10-03",
        "20261003224523000",
    ),
    f"cdr.00013044.{CDR0}.20240522.090000.pricecorrection_DAM_SPP_20240522.csv": (
        "dam_spp_corrections",
        "2024-05-22",
        "20240522090000000",
    ),
    f"cdr.00013044.{CDR0}.20240522.090000.pricecorrection_DAM_MCPC_csv.zip": (
        "dam_mcpc_corrections",
        "2024-05-22",
        "20240522090000000",
    ),
    f"cdr.00013045.{CDR0}.20240522.090000.pricecorrection_RTM_SPP_csv.zip": (
        "rt_spp_corrections",
        "2024-05-22",
        "20240522090000000",
    ),
    f"cdr.00013045.{CDR0}.20240522.090000.pricecorrection_RTM_SPLMP_csv.zip": (
        "rt_lmp_corrections",
        "2024-05-22",
        "20240522090000000",
    ),
    "60d_DAM_Gen_Resource_Data-01-JUL-25.csv": ("dam_gen", "2025-05-02", "20250701000000000"),
    "60d_DAM_Gen_Resource_Data-28-FEB-25.csv": ("dam_gen", "2024-12-30", "20250228000000000"),
    "60d_DAM_ESR_Data-04-FEB-26.csv": ("dam_esr", "2025-12-06", "20260204000000000"),
    "60d_DAM_Load_Resource_Data-17-JUN-21.csv": ("dam_load", "2021-04-18", "20210617000000000"),
    "60d DAM Load Resource Data-17-JUN-21.csv": ("dam_load", "2021-04-18", "20210617000000000"),
    "60d_Load Resource_Data_in_SCED-01-MAY-14.csv": ("sced_load", "2014-03-02", "20140501000000000"),
    "60d_Load_Resource_Data_in_SCED-01-may-14.csv": ("sced_load", "2014-03-02", "20140501000000000"),
    "60d_SCED_Gen_Resource_Data-04-OCT-26.csv": ("sced_gen", "2026-08-05", "20261004000000000"),
    "60d_Gen_Resource_Data_in_SCED-04-OCT-26.csv": ("sced_gen", "2026-08-05", "20261004000000000"),
    "60d_ESR_Data_in_SCED-03-FEB-26_SUPPLEMENTAL_CORRECTION.csv": ("sced_esr", "2025-12-05", "20260203000000000"),
    "60d_DAM_PTP_Obligation_Option-01-JUL-25.csv": ("dam_ptp_options", "2025-05-02", "20250701000000000"),
    "60d_DAM_PTP_Obligation_OptionAwards-01-JUL-25.csv": ("dam_ptp_option_awards", "2025-05-02", "20250701000000000"),
    "60d_DAM_PTPObligationBids-01-JUL-25.csv": ("dam_ptp_bids", "2025-05-02", "20250701000000000"),
    "60d_DAM_PTPObligationBidAwards-01-JUL-25.csv": ("dam_ptp_bid_awards", "2025-05-02", "20250701000000000"),
    "60d_DAM_EnergyBids-01-JUL-25.csv": ("dam_energy_bids", "2025-05-02", "20250701000000000"),
    "60d_DAM_EnergyBidAwards-01-JUL-25.csv": ("dam_energy_bid_awards", "2025-05-02", "20250701000000000"),
    "60d_DAM_EnergyOnlyOffers-01-JUL-25.csv": ("dam_energy_offers", "2025-05-02", "20250701000000000"),
    "60d_DAM_EnergyOnlyOfferAwards-01-JUL-25.csv": ("dam_energy_offer_awards", "2025-05-02", "20250701000000000"),
    "60d_SASM_Load_Resource_AS_Offers-01-JUL-25.csv": ("sasm_load_as_offers", "2025-05-02", "20250701000000000"),
    "60d_SASM_Load_Resource_AS_Offer_Awards-01-JUL-25.csv": ("sasm_load_as_awards", "2025-05-02", "20250701000000000"),
    "60d_COP_Adjustment_Period_Snapshot-01-JUL-25.csv": ("cop_snapshot", "2025-05-02", "20250701000000000"),
    "60d_COP_All_Updates-06-SEP-26.csv": ("cop_updates", "2026-07-08", "20260906000000000"),
    "60d_Complete_COP-08-FEB-19.csv": ("cop_updates", "2018-12-10", "20190208000000000"),
}


@pytest.mark.parametrize("base", NAMES)
def test_a_name_tells_its_report_its_day_and_its_publication(base):
    dataset, day, published = NAMES[base]
    found = READER.read(base)
    assert [known.id for known, _ in found.candidates] == [dataset]
    assert found.day == date.fromisoformat(day)
    assert READER.publication([base]) == published


@pytest.mark.parametrize(
    ("base", "dataset", "published"),
    [
        ("CompleteCOP_11242014.csv", "cop_snapshot", ""),
        ("Settlement_Points_06282024_101500.csv", "settlement_points", "20240628101500000"),
    ],
)
def test_american_dates(base, dataset, published):
    assert [known.id for known, _ in READER.read(base).candidates] == [dataset]
    assert READER.publication([base]) == published


def test_the_peaker_net_margin_has_two_shapes_that_only_the_header_tells_apart():
    found = READER.read(f"cdr.00012348.{CDR0}.20101221.160000.PNMNP4790_csv.zip")
    assert sorted(known.id for known, _ in found.candidates) == ["peaker_net_margin", "peaker_net_margin_interval"]
    assert not found.sure


@pytest.mark.parametrize(
    "base",
    [
        "readme.txt",
        "prices.csv",
        "SPPHLZNP6905_20250730_0845.csv",
        f"xcdr.00012301.{CDR0}.20250730.084702.SPPHLZNP6905_20250730_0845.csv",
        "cdr.00012301.20250730.084702.SPPHLZNP6905_20250730_0845.csv",
        f"cdr.00099999.{CDR0}.20250730.084702.X.csv",
        f"cdr.00012331.{CDR0}.20241301.123000.DAMSPNP4190.csv",
        f"cdr.00012331.{CDR0}.00010101.123000.DAMSPNP4190.csv",
        f"cdr.00012331.{CDR0}.99991231.123000.DAMSPNP4190.csv",
        f"cdr.00013044.{CDR0}.20240522.090000.pricecorrection_DAM_EBLMP_csv.zip",
        *(
            f"cdr.00013045.{CDR0}.20240522.090000.pricecorrection_{part}_csv.zip"
            for part in ("RTM_ShadowPrice", "RTM_SOGLMP", "RTM_SOGPRICE", "RTM_MCPC_SCED")
        ),
        "60d_DAM_PTP_Obligation-01-JUL-25.csv",
        "60d_DAM_PTP_Obligation_OptionAwardsX-01-JUL-25.csv",
        "60d_DAM_Gen_Resource_Data-01-XXX-25.csv",
        "60d_DAM_Gen_Resource_Data-31-FEB-25.csv",
        "x60d_DAM_Gen_Resource_Data-01-JUL-25.csv",
        f"ext.00013052.{CDR0}.20261306.051231658.60d_SCED_Gen_Resource_Data-06-JUL-26.csv",
        f"ext.00013052.{CDR0}.20260706.051231658.60_Day_SCED_Disclosure.zip",
        "2d_Agg_AS_Offers_ECRSM-01-JUL-25.csv",
        "48h_Agg_Load-01-JUL-25.csv",
        "60d_dam_gen_resources_20241129_20241201.csv",
        "CompleteCOP_13242014.csv",
    ],
)
def test_other_names_are_those_of_no_report(base):
    assert READER.read(base).candidates == ()


def test_publication_is_the_latest_stamp_of_a_member_and_its_containers():
    inner, outer = cdr(12331, "20240501.123000", "A.csv"), cdr(12331, "20240501.123000001", "B.zip")
    assert (
        READER.publication([outer, "x.zip", inner])
        == READER.publication([inner, "x.zip", outer])
        == "20240501123000001"
    )
    assert (
        READER.publication([cdr(13052, "20250702.080000", "X.zip"), "60d_DAM_ESR_Data-01-JUL-25.csv"])
        == "20250702080000000"
    )
    assert READER.publication(["archive.zip", "whatever.csv"]) == ""


def test_precedence_comes_from_base_names():
    assert precedence(["60_Day_SCED_ESR_SUPPLEMENTAL_CORRECTION.zip", "a.csv"]) == 2
    assert precedence(["x.zip", "60d_ESR_Data_in_SCED-03-FEB-26_supplemental.csv"]) == 2
    assert precedence(["60_Day_SCED_Disclosure_CORRECTION.zip", "a.csv"]) == 1
    assert precedence(["60_Day_SCED_Disclosure.zip", "a.csv"]) == 0
