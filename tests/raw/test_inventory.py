"""What file names say, what the raw tree holds, and which batches follow from it."""

from datetime import date, timedelta

import pytest
from helpers import DAM_SPP_HEADER, cdr, dam_spp_name, rt_spp_name, write_raw, zip_bytes

from ercot.catalog import DATASETS
from ercot.planning.batches import batch_name, group, period, row_group_period, span
from ercot.planning.plan import make_plan
from ercot.raw.file_names import NameReader, precedence
from ercot.raw.inventory import Entry, take_inventory
from ercot.raw.tree import walk

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


def test_batches_of_every_length_cover_a_year_once():
    """Whatever the length: each day is in the batch whose span holds it, and spans do not overlap."""
    for year in (2023, 2024):
        days = [date(year, 1, 1) + timedelta(days=i) for i in range(366 if year == 2024 else 365)]
        for length, count in (("year", 1), ("quarter", 4), ("month", 12), ("week", 48), ("day", len(days))):
            names = [batch_name(day, length) for day in days]
            spans = [span(name) for name in dict.fromkeys(names)]
            assert all(first <= day <= last for day, (first, last) in zip(days, map(span, names), strict=True))
            assert len(spans) == count
            assert sum((last - first).days + 1 for first, last in spans) == len(days)


@pytest.mark.parametrize(
    ("day", "length", "name", "first", "last"),
    [
        ("2024-02-29", "year", "2024", "2024-01-01", "2024-12-31"),
        ("2024-02-29", "quarter", "2024-q1", "2024-01-01", "2024-03-31"),
        ("2024-12-31", "quarter", "2024-q4", "2024-10-01", "2024-12-31"),
        ("2024-02-29", "month", "2024-02", "2024-02-01", "2024-02-29"),
        ("2023-02-08", "week", "2023-02-w1", "2023-02-01", "2023-02-08"),
        ("2023-02-28", "week", "2023-02-w4", "2023-02-25", "2023-02-28"),
        ("2024-12-31", "day", "2024-12-31", "2024-12-31", "2024-12-31"),
    ],
)
def test_batch_names_and_spans(day, length, name, first, last):
    assert batch_name(date.fromisoformat(day), length) == name
    assert span(name) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("batch_mb", "length"),
    [
        (1000, "year"),
        (330, "year"),
        (329, "quarter"),
        (82.8, "quarter"),
        (82, "month"),
        (28, "month"),
        (27, "month"),  # a row group's period: a batch is never shorter
        (0.1, "month"),
    ],
)
def test_the_period_follows_from_megabytes_a_day_alone(batch_mb, length):
    """Day-ahead prices of 2024 are declared as 0.9 MB a day: 366 of them make 329.4."""
    assert DATASETS["dam_spp"].mb_on(date(2024, 6, 1)) == 0.9
    assert period(DATASETS["dam_spp"], 2024, batch_mb) == length


@pytest.mark.parametrize(
    ("dataset", "year", "length"),
    [
        ("rt_spp", 2026, "week"),  # 4.1 MB a day, 32.8 in eight days
        ("rt_lmp", 2026, "day"),
        ("dam_mcpc", 2026, "year"),
        ("sced_gen", 2014, "day"),  # 38 MB a day
    ],
)
def test_a_row_group_is_the_longest_period_of_some_thirty_megabytes(dataset, year, length):
    assert row_group_period(DATASETS[dataset], year) == length
    assert period(DATASETS[dataset], year, 0.001) == length


def test_a_file_of_several_days_goes_into_each_batch_it_touches():
    days = (date(2023, 12, 31), date(2024, 1, 1), date(2024, 1, 2))
    entries = [Entry("a.csv", (), 1, 1, days, ""), Entry("b.csv", (), 9_000_000_000, 2, days[:1], "")]
    found = group(DATASETS["dam_spp"], entries, 329)
    assert {name: [entry.path for entry in part] for name, part in found.items()} == {
        "2023-q4": ["a.csv", "b.csv"],
        "2024-q1": ["a.csv"],
    }


def test_the_rows_give_the_operating_day_where_the_name_only_guesses(tmp_path):
    """A day-ahead file that was published after midnight, one whose first row is unusable, and one without any row."""
    files = {
        cdr(12331, "20240502.001500", "DAMSPNP4190.csv"): [DAM_SPP_HEADER, "05/02/2024,01:00,A,1,N"],
        cdr(12331, "20240509.123000", "DAMSPNP4190.csv"): [
            DAM_SPP_HEADER,
            "garbage",
            "13/13/2024,1,A,1,N",
            "05/20/2024,01:00,A,1,N",
        ],
        cdr(12331, "20240531.123000", "DAMSPNP4190.csv"): [DAM_SPP_HEADER],
        cdr(13044, "20240522.090000", "pricecorrection_DAM_SPP.csv"): [
            "DeliveryDate,DeliveryHour,SettlementPoint,SPPOriginal,SPPCorrected,PriceCorrectionTime,DSTFlag",
            "05/03/2024,1,A,1,2,05/20/2024 10:00:00,N",
            "12/31/2023,1,A,1,2,05/20/2024 10:00:00,N",
            "05/03/2024,2,A,1,2,05/20/2024 10:00:00,N",
        ],
    }
    entries = take_inventory(write_raw(tmp_path, files), DATASETS, {}).entries
    days = [entry.days for entry in entries["dam_spp"]]
    assert days == [(date(2024, 5, 2),), (date(2024, 5, 20),), (date(2024, 6, 1),)]
    assert [entry.days for entry in entries["dam_spp_corrections"]] == [(date(2023, 12, 31), date(2024, 5, 3))]


def test_a_tree_of_any_shape_is_listed_whole(tmp_path):
    """Depth and names of folders say nothing; broken and unknown files are named; links are followed once."""
    rt, dam = rt_spp_name("20240502_0015"), dam_spp_name("2024-05-02")
    files = {
        rt: "x",
        f"a b,c/'d'/é/{rt_spp_name('20240502_0030')}": "x",
        f"60d_DAM_Gen_Resource_Data-01-JUL-25.csv/{rt_spp_name('20240502_0045')}": "x",
        "deep.zip": zip_bytes({f"in/{dam}": [DAM_SPP_HEADER, "05/02/2024,01:00,A,1,N"], "in/notes.txt": "x"}),
        "broken.zip": b"x",
        "other.csv": "x",
    }
    write_raw(tmp_path, files)
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "dangling.csv").symlink_to(tmp_path / "nowhere")
    found = take_inventory(tmp_path, DATASETS, {})
    assert sorted(entry.path for entry in found.entries["rt_spp"]) == sorted(path for path in files if "SPPHLZ" in path)
    assert [(entry.path, entry.member_path, entry.days) for entry in found.entries["dam_spp"]] == [
        ("deep.zip", (f"in/{dam}",), (date(2024, 5, 2),))
    ]
    assert found.ignored == ["dangling.csv", "deep.zip!in/notes.txt", "other.csv"]
    assert found.unreadable == [("broken.zip", "unreadable: File is not a zip file")]
    assert found.newest_publication == "20240502004502000"
    assert len(list(walk(tmp_path))) == len(files) + 1, "a link to nowhere is named too"


def test_planning_twice_changes_nothing_and_a_new_file_only_its_batch(tmp_path):
    raw, interim = tmp_path / "raw", tmp_path / "interim"
    row = "{}/15/2024,01:00,A,1,N"
    write_raw(raw, {dam_spp_name(f"2024-{m}-15"): [DAM_SPP_HEADER, row.format(m)] for m in ("01", "02", "03")})

    def plan():
        made = make_plan(raw, interim, DATASETS, ["dam_spp"], None, 30)
        return made, {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in (interim / "dam_spp").iterdir()}

    first, before = plan()
    assert first.batches == {"dam_spp": {"2024": ["2024-01", "2024-02", "2024-03"]}}
    assert plan() == (first, before)
    write_raw(raw, {f"new/{dam_spp_name('2024-02-20')}": [DAM_SPP_HEADER, "02/20/2024,01:00,A,1,N"]})
    _, after = plan()
    assert [name for name in after if after[name] != before[name]] == ["2024-02.manifest.gz"]


def test_a_container_counts_once_however_many_members_it_has(tmp_path):
    days = ("2024-03-01", "2024-03-02")
    members = {dam_spp_name(day): [DAM_SPP_HEADER, f"{day[5:7]}/{day[8:]}/2024,01:00,A,1,N"] for day in days}
    packed = zip_bytes(members)
    raw = write_raw(tmp_path / "raw", {"DAM_Settlement_Point_Prices_2024.zip": packed})
    made = make_plan(raw, tmp_path / "interim", DATASETS, ["dam_spp"], None, 500)
    assert made.raw_files == {"dam_spp": {"2024": 2}}
    assert made.raw_mb == {"dam_spp": {"2024": round(len(packed) / 1e6, 3)}}
