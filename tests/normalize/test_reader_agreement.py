"""Parsing has a fast way and a careful one: both must give the same rows, rejects and counts, whatever the file holds.

A line with a NUL byte sends a file the careful way, so each file is read as it is and with such a line at its end.
"""

import polars as pl
import pytest
from helpers import RT_LMP_HEADER, RT_SPP_HEADER
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ercot.catalog import DATASETS
from ercot.normalize.parse import Parsed, Sheets, parse
from ercot.raw.csv_file import open_sheet

pytestmark = pytest.mark.slow

SHADOW_HEADER = (
    "SCEDTimeStamp,RepeatedHourFlag,ConstraintID,ConstraintName,ContingencyName,ShadowPrice,MaxShadowPrice,Limit,Value,"
    "ViolatedMW,FromStation,ToStation,FromStationkV,ToStationkV,CCTStatus"
)
EOC_HEADER = "Delivery Date,Delivery Hour,Resource Name,Reason,Count of Updates During Operating Hour"
# Dataset, header, a good row, and the columns to try every value in: reports with whole numbers, with decimals, and
# with an unknown column at either end.
LAYOUTS = {
    "rt_spp": ("rt_spp", RT_SPP_HEADER, "05/02/2024,1,1,HB_NORTH,HU,20.5,N", (3, 5, 6)),
    "rt_lmp": ("rt_lmp", RT_LMP_HEADER, "05/02/2024 00:05:19,N,A,       30.95", (2, 3)),
    "sced_shadow_prices": (
        "sced_shadow_prices",
        SHADOW_HEADER,
        "04/30/2014 23:55:08,N,1,G,S,0,3500,254.7,239.4,-15.3,A,B,138,138,C",
        (5, 14),
    ),
    "sced_eoc_updates": ("sced_eoc_updates", EOC_HEADER, "02/09/2025,1,A,Some reason,3", (3, 4)),
    "unknown first": ("rt_lmp", f"New,{RT_LMP_HEADER}", "x,05/02/2024 00:05:19,N,A,30.95", (0,)),
    "unknown last": ("rt_lmp", f"{RT_LMP_HEADER},New", "05/02/2024 00:05:19,N,A,30.95,x", (4,)),
}
WEIRD = [
    *(
        "",
        " ",
        "  ",
        "\t",
        '""',
        '" "',
        '"7"',
        '" 7 "',
        '"7,5"',
        '"a,b"',
        '"a""b"',
        '"a"b',
        'a"b',
        '"a',
        '"',
        '"""',
        "'7'",
    ),
    *("5", "+5", "-5", "5.", ".5", "-.5", "+.5", ".", "-", "+", "--5", "+-5", "5-", "007", "-0", "0.0", "-0.0"),
    *(
        " 7",
        "7 ",
        " 7 ",
        "\t7",
        "7\t",
        "7 8",
        "1_0",
        "1,0",
        "1;0",
        "0x1",
        "0b1",
        "1e3",
        "1E3",
        "1e+3",
        "1e-3",
        "1e",
        "e3",
    ),
    *("1e400", "1e-400", "1.7976931348623157e308", "4.9e-324", "NaN", "nan", "-NaN", "inf", "-inf", "Inf", "infinity"),
    *(
        "-Infinity",
        "null",
        "None",
        "NA",
        "n/a",
        "true",
        "1.2.3",
        "1f",
        "1d",
        "1l",
        "$5",
        "5%",
        "\u0661",
        "\u00bd",
        "\u22125",
    ),
    *("7\u00a0", "\ufeff7", "7\x0b", "7\x0c", "7\x1c", "\x85", "0.1", "33.3174743652344", "-3.00999999046326"),
    *("0.30000000000000004", "9007199254740993", "123456789012345678901234567890", "2147483647", "2147483648"),
    *("-2147483648", "-2147483649", "5.0", "5e0", "#", "#5", "N", "Y", "LMP", "SettlementPoint", "1,2,3", "\r", "a\rb"),
]


WEIRD += [
    *(
        ' "7"',
        '  "a,b"',
        '\t"7"',
        '"7" ',
        '" ",',
        ' "',
        '"a\nb"',
        '"a\r\nb"',
        '"a\rb"',
        '"\n7"',
        "a\nb",
        '"a\n',
        '"a\n"b"',
    )
]
WEIRD += [*('"a\n,\nb"', '"a\n\n\nb"', '"a\n""b"', ' "a\nb"')]


def read(layout: str, files: list[str]) -> Parsed:
    """Parse the lines of some files of one layout, header excluded, together."""
    name, header = LAYOUTS[layout][:2]
    dataset = DATASETS[name]
    opened = [open_sheet(dataset, i, f"{header}\n{lines}\n".encode()) for i, lines in enumerate(files)]
    return parse(dataset, [Sheets(opened[0][1], [body for _, _, body in opened])])


def shown(parsed: Parsed) -> tuple:
    """Return all that parsing says, in a form that compares: text for categories, rejects in order.

    Labels are compared without their padding, which the careful way strips and else the clock.
    """
    frame = parsed.frame.with_columns(pl.selectors.string().str.strip_chars().replace("", None))
    frame = frame.with_columns(pl.selectors.categorical().cast(pl.String)).sort("_file", "_line")
    bits = frame.with_columns(pl.selectors.float().map_batches(lambda s: s.reinterpret(signed=True)))
    return bits.rows(), sorted(parsed.rejects.rows()), parsed.rows


def assert_agreement(layout: str, lines: str) -> None:
    """Read lines as they are, and again the careful way."""
    as_is, careful = read(layout, [lines]), read(layout, [f"{lines}\n\0"])
    rows, rejects, count = shown(careful)
    marks = [reject for reject in rejects if reject[2] == "nul_byte"]
    assert shown(as_is) == (rows, [reject for reject in rejects if reject not in marks[-1:]], count - 1)


def with_field(layout: str, place: int, text: str) -> str:
    """Return the good row with one field replaced."""
    fields = LAYOUTS[layout][2].split(",")
    fields[place] = text
    return ",".join(fields)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_both_ways_agree_on_every_weird_value(layout):
    for place in LAYOUTS[layout][3]:
        for text in WEIRD:
            assert_agreement(layout, with_field(layout, place, text))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5.0),
        ("       27.04", 27.04),
        (" 23.94", 23.94),
        (".1", 0.1),
        ("-.5", -0.5),
        ("-3.00999999046326", -3.00999999046326),
        ("33.3174743652344", 33.3174743652344),
        ('"7.25"', 7.25),
        ('" 7.25 "', 7.25),
        ("1e3", 1000.0),
        ("0.30000000000000004", 0.30000000000000004),
    ],
)
def test_the_spellings_that_ercot_uses_are_read_to_the_last_bit(text, value):
    parsed = read("rt_lmp", [with_field("rt_lmp", 3, text)])
    assert parsed.frame["lmp"].to_list() == [value]
    assert parsed.rejects.height == 0


@pytest.mark.parametrize(
    "text", ["n/a", "NaN", "inf", "1e400", "1_0", "0x1", "1,5", "5-", "\u0661", "1.2.3", "7 8", "null", "-"]
)
def test_what_is_no_number_is_never_a_price(text):
    parsed = read("rt_lmp", [with_field("rt_lmp", 3, f'"{text}"')])
    assert parsed.frame.height == 0
    assert parsed.rejects.rows() == [(0, 2, "bad_number: lmp")]


def test_plain_files_go_the_fast_way(monkeypatch):
    """Otherwise the agreement would be one of the careful way with itself."""

    def refuse(*_):
        raise AssertionError("a plain file went the careful way")

    monkeypatch.setattr("ercot.normalize.parse._read_carefully", refuse)
    for layout, (_, _, good, _) in LAYOUTS.items():
        assert read(layout, [f"{good}\n{good}", good]).frame.height == 3
        quoted = ",".join(f'"{field}"' for field in good.split(","))
        assert read(layout, [quoted]).frame.height == 1
    assert read("rt_lmp", [with_field("rt_lmp", 3, "  .5")]).frame["lmp"].to_list() == [0.5]
    with pytest.raises(AssertionError, match="careful way"):
        read("rt_lmp", [with_field("rt_lmp", 3, "x")])


VALUES = st.one_of(
    st.sampled_from(WEIRD),
    st.text(alphabet='0123456789+-.eE_x ",\t\n\r\u0661aN', max_size=6),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
)


@st.composite
def line(draw, layout: str) -> str:
    """Draw a line: a good one with some fields replaced, dropped or added."""
    fields = LAYOUTS[layout][2].split(",")
    for _ in range(draw(st.integers(0, 2))):
        fields[draw(st.integers(0, len(fields) - 1))] = draw(VALUES)
    fields = fields[: len(fields) - draw(st.sampled_from([0, 0, 0, 0, 1, 2]))]
    fields += draw(st.sampled_from([[], [], [], [], [""], ["x"]]))
    return ",".join(fields)


def bodies(layout: str):
    """Draw the lines of a small file."""
    return st.lists(
        st.one_of(line(layout), st.just(LAYOUTS[layout][2]), st.sampled_from(["", " ", LAYOUTS[layout][1]])), max_size=4
    )


@settings(max_examples=150, deadline=None, derandomize=True)
@given(data=st.data(), layout=st.sampled_from(sorted(LAYOUTS)))
def test_both_ways_agree_on_any_small_file(data, layout):
    assert_agreement(layout, "\n".join(data.draw(bodies(layout))))


@settings(max_examples=50, deadline=None, derandomize=True)
@given(files=st.lists(bodies("rt_spp"), min_size=2, max_size=4))
@example(files=[["05/02/2024,1,1,A,HU,1,N"], ["05/02/2024,1,1,A,HU,x,N"], ["05/02/2024,1,1,A,HU,2,N"]])
def test_files_read_together_give_what_they_give_alone(files):
    texts = ["\n".join(lines) for lines in files]
    together = shown(read("rt_spp", texts))
    alone = [shown(read("rt_spp", [text])) for text in texts]
    rows = [(i, *row[1:]) for i, (found, _, _) in enumerate(alone) for row in found]
    rejects = [(i, *reject[1:]) for i, (_, found, _) in enumerate(alone) for reject in found]
    assert together == (rows, rejects, sum(count for _, _, count in alone))


@pytest.mark.parametrize("size", [1, 40, 41, 60, 99, 150])
def test_a_large_file_is_cut_between_records(monkeypatch, size):
    """Wherever a cut would fall: no record of several lines is torn, and a quote that stays open costs one row."""
    row = LAYOUTS["sced_eoc_updates"][2]
    long = row.replace("Some reason", '"a\n\nb, c\nd"')
    lines = "\n".join([row, long, row, row.replace("A", '"A'), row, long, long, row + ",x", row])
    whole = shown(read("sced_eoc_updates", [lines]))
    assert [(line, reason[:11]) for _, line, reason in whole[1]] == [(8, "bad_quotes"), (18, "ragged_line")]
    assert (len(whole[0]), whole[2]) == (7, 9)
    monkeypatch.setattr("ercot.normalize.parse.CHUNK_BYTES", size)
    assert shown(read("sced_eoc_updates", [lines])) == whole


def test_a_short_line_is_found_beside_a_quoted_comma():
    """The commas of the file add up to those of a whole one."""
    assert_agreement("rt_lmp", '05/02/2024 00:05:19,N,"A,B",1\n05/02/2024 00:05:19,N,A')
    assert_agreement("unknown last", '05/02/2024 00:05:19,N,"A,B",1,x\n05/02/2024 00:05:19,N,A,1')
