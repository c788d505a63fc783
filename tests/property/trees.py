"""Random raw trees: a few files of ten reports, on odd days, in every wrapping, with revisions and faults.

Reports of every clock are among them, and pairs of files of a day on which the clock is set, each with its numbering.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from helpers import cdr, gzip_bytes, zip_bytes
from hypothesis import strategies as st

DATASETS = [
    "dam_spp_corrections",
    "dam_spp",
    "dam_mcpc",
    "rt_spp",
    "rt_lmp",
    "dam_energy_bid_awards",
    "dam_gen_as_offers",
    "sced_smne",
    "peaker_net_margin",
    "settlement_points",
]
DAYS = [date(2023, 12, 31), date(2024, 1, 1), date(2024, 3, 10), date(2024, 7, 4), date(2024, 11, 3), date(2025, 3, 9)]
SPRING, FALL = (date(2024, 3, 10), date(2025, 3, 9)), (date(2024, 11, 3),)
HEADERS = {
    "dam_spp": "DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag",
    "dam_mcpc": "DeliveryDate,HourEnding,AncillaryType,MCPC,DSTFlag",
    "rt_spp": "DeliveryDate,DeliveryHour,DeliveryInterval,"
    "SettlementPointName,SettlementPointType,SettlementPointPrice,DSTFlag",
    "rt_lmp": "SCEDTimestamp,RepeatedHourFlag,SettlementPoint,LMP",
    "dam_spp_corrections": "DeliveryDate,DeliveryHour,SettlementPoint,"
    "SPPOriginal,SPPCorrected,PriceCorrectionTime,DSTFlag",
    "dam_energy_bid_awards": "Delivery Date,Hour Ending,Settlement Point,"
    "QSE Name,Energy Only Bid Award in MW,Settlement Point Price,Bid ID",
    "dam_gen_as_offers": "Delivery Date,Hour Ending,QSE,Generation Resource Name,"
    "BLOCK INDICATOR1,PRICE1 REGUP,QUANTITY MW1",
    "sced_smne": "Interval Time,Interval Number,Resource Code,Interval Value",
    "peaker_net_margin": "AsOfDate,PeakerNetMargin",
    "settlement_points": "ELECTRICAL_BUS,NODE_NAME,VOLTAGE_LEVEL,HUB,RESOURCE_NODE",
}
NUMBER = {
    "dam_spp": 3,
    "dam_mcpc": 3,
    "rt_spp": 5,
    "rt_lmp": 3,
    "dam_spp_corrections": 4,
    "dam_energy_bid_awards": 5,
    "dam_gen_as_offers": 5,
    "sced_smne": 3,
    "peaker_net_margin": 1,
    "settlement_points": 2,
}
NAME = {
    "dam_spp": 2,
    "dam_mcpc": 2,
    "rt_spp": 3,
    "rt_lmp": 2,
    "dam_spp_corrections": 2,
    "dam_energy_bid_awards": 2,
    "dam_gen_as_offers": 3,
    "sced_smne": 2,
    "peaker_net_margin": 0,
    "settlement_points": 0,
}
SPACED = ("dam_energy_bid_awards", "dam_gen_as_offers")
STEMS = {
    "dam_energy_bid_awards": "60d_DAM_EnergyBidAwards",
    "dam_gen_as_offers": "60d_DAM_Generation_Resource_ASOffers",
    "sced_smne": "60d_SCED_SMNE_GEN_RES",
}
NO_HOURS = ("rt_lmp", "peaker_net_margin", "settlement_points")
SHAPES = ("plain", "plain", "plain", "gz", "zip", "zip of gz", "zip of zips", "bundle", "bundle", "posted", "astray")
PREFIXES = ("cdr.", "cdr.", "cdr.", "ext.", "rpt.", "446428299.cdr.", "698699627.ext.")
BUNDLE = "x/price_corrections SUPPLEMENTAL_CORRECTION.zip"  # the user's own name: it lends no precedence
FILE_FAULTS = (
    "empty",
    "page",
    "numbered header",
    "no price",
    "cut gzip",
    "broken zip",
    "zip without CSV",
    "broken member",
)
ROW_FAULTS = (
    "word",
    "infinite",
    "blank number",
    "blank name",
    "ragged",
    "short",
    "header again",
    "nul",
    "latin",
    "quote",
    "hour 26",
    "bad date",
    "foreign day",
    "bad flag",
    "twice",
    "contradiction",
    "blank line",
    "quoted",
    "padded",
    "stray 24",
    "stray 25",
    "line break",
    "blank before quote",
    "date and more",
    "second 60",
)
LINE_ENDS = (b"\n", b"\r", b"\r\n", b"\r\r\n")
FORMS = ("", "", "", "crlf", "cr", "all line ends", "bom", "no end", "new column", "reversed")
SPELLINGS = ("", "", "", "blanks", "twelve hours", "short")


@dataclass(frozen=True)
class Posting:
    """One raw file of a report: what it says, and how it lies in the tree."""

    dataset: str
    day: date
    version: int = 0  # a later one changes some numbers
    mark: str = ""
    labels: str = "clock"
    flagless: bool = False
    entities: int = 1
    faults: tuple[tuple[str, int], ...] = ()
    broken: str = ""
    form: str = ""
    shape: str = "plain"
    folder: str = ""
    spelling: str = ""  # of stamps and dates
    twice: bool = False  # the same file in two folders
    moment: int = 0  # which interval or run, of reports with a file each
    prefix: str = "cdr."


postings = st.builds(
    Posting,
    dataset=st.sampled_from(DATASETS),
    day=st.sampled_from(DAYS),
    version=st.integers(0, 2),
    mark=st.sampled_from(["", "", "_CORRECTION", "_SUPPLEMENTAL"]),
    labels=st.sampled_from(["clock", "clock", "end", "both", "numbered"]),
    flagless=st.sampled_from([False, False, False, True]),
    entities=st.integers(1, 3),
    faults=st.lists(st.tuples(st.sampled_from(ROW_FAULTS), st.integers(0, 30)), max_size=3).map(tuple),
    broken=st.sampled_from([*[""] * 24, *FILE_FAULTS]),
    form=st.sampled_from(FORMS),
    shape=st.sampled_from(SHAPES),
    spelling=st.sampled_from(SPELLINGS),
    folder=st.sampled_from(["", "a", "b/c", "SUPPLEMENTAL"]),
    twice=st.sampled_from([False, False, False, True]),
    moment=st.integers(0, 7),
    prefix=st.sampled_from(PREFIXES),
).map(lambda posting: replace(posting, broken=posting.broken * (posting.dataset != "peaker_net_margin")))
# Peaker net margin is told from its older shape by the header: of a broken file nobody knows which it is.


@st.composite
def pairs(draw) -> list[Posting]:
    """Draw two files of a day on which the clock is set, that number its hours in two ways."""
    first = replace(draw(postings), day=draw(st.sampled_from([*SPRING, *FALL])), broken="", mark="")
    first = replace(first, dataset=draw(st.sampled_from([*SPACED, "sced_smne", "dam_spp", "dam_mcpc", "rt_spp"])))
    one, other = draw(st.permutations(["clock", "end", "numbered"]))[:2]
    second = replace(draw(postings), dataset=first.dataset, day=first.day, broken="", labels=other, mark="_CORRECTION")
    second = replace(second, version=first.version + 1)
    bare = draw(st.sampled_from([False, True, True]))
    return [replace(first, labels=one, flagless=bare), replace(second, flagless=bare)]


trees = st.builds(
    lambda loose, paired: loose + paired, st.lists(postings, min_size=1, max_size=6), st.one_of(st.just([]), pairs())
)


def hours_of(posting: Posting) -> list[tuple[int, str]]:
    """Return the hour labels of a day with their flags, in one of the ways in which ERCOT prints them."""
    bare = posting.flagless or posting.dataset in SPACED
    hours = [(hour, "N") for hour in range(1, 25)]
    if posting.day in SPRING:
        kinds = {"clock": {3}, "end": {2}, "both": set(), "numbered": {24} if bare else {3}}
        return [(hour, flag) for hour, flag in hours if hour not in kinds[posting.labels]]
    if posting.day in FALL:
        return hours + [(25, "N")] * (posting.labels == "numbered") if bare else [*hours[:2], (2, "Y"), *hours[2:]]
    return hours


def price(posting: Posting, hour: int, entity: int) -> str:
    """Return a number that later versions repeat for most hours and change for some."""
    return f"{hour + entity / 4 + (posting.version if (hour + entity) % 3 == 0 else 0):.2f}"


def stamps_of(posting: Posting) -> tuple[datetime, str]:
    """Return the local start of an interval or run, with its flag: midnight, the hours around two, the last."""
    minutes = [0, 60, 75, 120, 135, 180, 1425, 1380][posting.moment]
    flag = "Y" if posting.day in FALL and posting.labels in ("end", "both") and 60 <= minutes < 120 else "N"
    if posting.day in SPRING and posting.labels == "end" and 120 <= minutes < 180:
        minutes -= 60
    return datetime(posting.day.year, posting.day.month, posting.day.day) + timedelta(minutes=minutes), flag


def smne_rows(posting: Posting) -> list[list[str]]:
    """Return rows of quarter hours, stamped with their last second by the wall: counted, or numbered by the clock."""
    midnight, rows = datetime(posting.day.year, posting.day.month, posting.day.day), []
    counted = posting.labels in ("numbered", "both")
    turned = 4 if posting.day in SPRING else -4 if posting.day in FALL else 0
    for number in range(1, 97 - turned * counted):
        if counted:
            wall = number + (turned if number > 8 else 0)
        elif posting.day in SPRING and 9 <= number <= 12:
            continue
        else:
            wall = number
        if number % 8 in (1, 4) or number > 90:  # enough to tell
            stamp = midnight + timedelta(minutes=15 * wall, seconds=-1)
            for e in range(posting.entities):
                rows.append([f"{stamp:%m/%d/%Y %H:%M:%S}", str(number), f"U{e}", price(posting, number, e)])
    return rows


def rows_of(posting: Posting) -> list[list[str]]:
    """Return the data lines of a posting, split."""
    day, rows = f"{posting.day:%m/%d/%Y}", []
    if posting.dataset == "rt_lmp":
        start, flag = stamps_of(posting)
        stamp = f"{start:%m/%d/%Y %H:%M:}07"
        return [[stamp, flag, f"P{e}", price(posting, start.hour, e)] for e in range(posting.entities)]
    if posting.dataset == "sced_smne":
        return smne_rows(posting)
    if posting.dataset == "peaker_net_margin":
        return [[f"{day} 16:00:00", price(posting, 1, e)] for e in range(posting.entities)]
    if posting.dataset == "settlement_points":
        return [[f"{e:04d}", "N", price(posting, e, 0), "", f"R{e % 2}"] for e in range(3 * posting.entities)]
    if posting.dataset == "rt_spp":
        start, flag = stamps_of(posting)
        hour, quarter = str(start.hour + 1), str(start.minute // 15 + 1)
        return [
            [day, hour, quarter, f"P{e}", "HU", price(posting, start.hour, e), flag] for e in range(posting.entities)
        ]
    for hour, flag in hours_of(posting):
        for e in range(posting.entities):
            value, name = (
                price(posting, hour, e),
                ("REGUP", "RRS", "NSPIN")[e] if posting.dataset == "dam_mcpc" else f"P{e}",
            )
            if posting.dataset == "dam_energy_bid_awards":
                rows.append([day, str(hour), name, "QA", "" if hour % 4 else "1.5", value, f"b{hour % 2}"])
            elif posting.dataset == "dam_gen_as_offers":
                rows.append([day, str(hour), "QA", name, "V", value, "10"])
            elif posting.dataset != "dam_spp_corrections":
                rows.append([day, f"{hour:02d}:00", name, value, flag])
            elif hour % 6 == 1:
                there = [f"{posting.day + timedelta(days=hour % 4 // 3):%m/%d/%Y}", str(hour), name, value]
                rows.append([*there, f"{hour + 0.5 + posting.version}", f"01/0{5 - hour % 3}/2025 10:00:00", flag])
    return rows


DATED_FAULTS = ("hour 26", "bad flag", "foreign day", "line break", "date and more", "second 60")


def respelled(posting: Posting, text: str) -> str:
    """Spell a date or stamp in another way that a clock may print."""
    if posting.spelling == "blanks":
        return re.sub("([:])", r" \1 ", text)
    if posting.spelling == "twelve hours" and " " in text:
        return f"{datetime.strptime(text, '%m/%d/%Y %H:%M:%S'):%m/%d/%Y %I:%M:%S %p}"
    return re.sub(r"(^|[/ ])0", r"\1", text) if posting.spelling == "short" else text


def spoil(posting: Posting, lines: list[str], fault: str, place: int) -> None:
    """Do a fault to one of the data lines."""
    place %= max(len(lines), 1)
    fields, number, name = lines[place].split(","), NUMBER[posting.dataset], NAME[posting.dataset]
    flagged = HEADERS[posting.dataset].split(",").index("DSTFlag") if "DSTFlag" in HEADERS[posting.dataset] else 1
    if len(fields) <= max(number, name) or '"' in lines[place]:
        return
    if fault in DATED_FAULTS and posting.dataset in ("rt_lmp", "dam_spp_corrections"):
        fault = "word"  # which year such a row of several days counts in is not part of the promise
    values = {
        "word": (number, "n/a"),
        "infinite": (number, "1e999"),
        "blank number": (number, ""),
        "blank name": (name, ""),
        "hour 26": (1, "26"),
        "bad date": (0, "02/30/2024"),
        "foreign day": (0, "06/01/2024"),
        "padded": (name, f"  {fields[name]} "),
        "line break": (name, f'"{fields[name][:1]}\n{fields[name][1:]}"'),
        "blank before quote": (name, f' "{fields[name]}"'),
        "date and more": (0, f"{fields[0]}x"),
        "second 60": (0, "05/02/2024 00:04:60"),
    }
    if posting.dataset == "sced_smne":
        values |= {"foreign day": (0, "06/01/2024 00:14:59"), "stray 24": (1, "96"), "stray 25": (1, "97")}
    elif posting.dataset not in NO_HOURS:
        values |= {"stray 24": (1, "24"), "stray 25": (1, "25")}
    if fault == "bad flag" and posting.dataset not in SPACED and not posting.flagless:
        values["bad flag"] = (flagged, "X")
    if fault in values:
        fields[values[fault][0]] = values[fault][1]
        lines[place] = ",".join(fields)
    changed = [f"{9000 + place}.5" if i == number else field for i, field in enumerate(fields)]
    texts = {
        "ragged": lines[place] + ",x",
        "short": ",".join(fields[:-1]),
        "header again": "\0header",
        "nul": f"a\0{lines[place]}",
        "latin": f"{lines[place]}\udcff",
        "quote": f'"{lines[place]}',
        "twice": f"{lines[place]}\n{lines[place]}",
        "contradiction": f"{lines[place]}\n{','.join(changed)}",
        "blank line": f"{lines[place]}\n  ",
        "quoted": ",".join(f'"{field}"' for field in fields),
    }
    lines[place] = texts.get(fault, lines[place])


def content(posting: Posting) -> bytes:
    """Return the CSV of a posting."""
    header, rows = HEADERS[posting.dataset].split(","), rows_of(posting)
    if posting.flagless and header[-1] == "DSTFlag":
        header, rows = header[:-1], [row[:-1] for row in rows]
    if posting.form == "new column":
        header, rows = [*header, "Surprise"], [[*row, "x"] for row in rows]
    stamped = [0, 5] if posting.dataset == "dam_spp_corrections" else [0] * (posting.dataset != "settlement_points")
    rows = [[respelled(posting, text) if i in stamped else text for i, text in enumerate(row)] for row in rows]
    lines = [",".join(row) for row in rows]
    for fault, place in posting.faults:
        if not (fault == "short" and posting.form == "new column"):
            spoil(posting, lines, fault, place)
    head = (
        ",".join(header).replace(",SettlementPointPrice", "").replace(",MCPC", "").replace(",LMP", "")
        if posting.broken == "no price"
        else ",".join(header)
    )
    if posting.broken == "numbered header":
        head = ",".join(map(str, range(len(header))))
    text = "\n".join([head, *lines]) + "\n"
    data = text.replace("\0header", ",".join(header)).encode("utf-8", "surrogateescape")
    if posting.form == "reversed":
        data = b"\n".join([data.split(b"\n")[0], *reversed(data.rstrip(b"\n").split(b"\n")[1:])]) + b"\n"
    forms = {
        "crlf": data.replace(b"\n", b"\r\n"),
        "cr": data.replace(b"\n", b"\r"),
        "all line ends": re.sub(rb"\n", lambda end: LINE_ENDS[end.start() % len(LINE_ENDS)], data),
        "bom": b"\xef\xbb\xbf" + data,
        "no end": data[:-1],
    }
    return forms.get(posting.form, data)


def name_of(posting: Posting) -> str:
    """Return the base name of a posting, without its ending."""
    return _plain_name(posting).replace("cdr.", posting.prefix)


def container_of(posting: Posting) -> str:
    """Return the name of a zip around a posting that says something of its own: a later stamp, or another day.

    "" where the posting lies in none such.
    """
    if posting.shape == "posted" and posting.dataset in SPACED:
        stamp = f"{posting.day + timedelta(days=60):%Y%m%d}.05123{posting.version}{posting.entities:03d}"
        mark = "_CORRECTION" if posting.moment == 0 else ""
        return f"{posting.prefix}00013051.0000000000000000.{stamp}.60_Day_DAM_Disclosure{mark}.zip"
    if posting.shape == "astray" and posting.dataset not in SPACED:
        other = replace(posting, day=DAYS[(DAYS.index(posting.day) + 1) % len(DAYS)], version=0)
        return f"{name_of(other)}_csv.zip"
    return ""


def _plain_name(posting: Posting) -> str:
    time, day = f"{12 + posting.version}3000", posting.day
    if posting.dataset in STEMS:
        disclosed = f"{day + timedelta(days=60):%d-%b-%y}".upper()
        return f"{STEMS[posting.dataset]}-{disclosed}{posting.mark}"
    if posting.dataset == "rt_lmp":
        return cdr(12300, f"{day:%Y%m%d}.{time}", f"LMPSROSNODENP6788_{stamps_of(posting)[0]:%Y%m%d_%H%M07}")
    if posting.dataset == "rt_spp":
        end = stamps_of(posting)[0] + timedelta(minutes=15)
        return cdr(12301, f"{day:%Y%m%d}.{time}", f"SPPHLZNP6905_{end:%Y%m%d_%H%M}")
    if posting.dataset == "dam_spp_corrections":
        return cdr(13044, f"{day + timedelta(days=20):%Y%m%d}.{time}", "pricecorrection_DAM_SPP")
    if posting.dataset == "settlement_points":
        return f"Settlement_Points_{day:%m%d%Y}_{time}"
    if posting.dataset == "peaker_net_margin":
        return cdr(12348, f"{day:%Y%m%d}.{time}", "PNMNP4790")
    number, friendly = {"dam_spp": (12331, "DAMSPNP4190"), "dam_mcpc": (12329, "DAMCPCNP4188")}[posting.dataset]
    return cdr(number, f"{day - timedelta(days=1):%Y%m%d}.{time}", friendly)


def wrap(posting: Posting) -> tuple[str, bytes]:
    """Return the name and the bytes of a posting as it lies in the tree."""
    name, data, shape = name_of(posting), content(posting), posting.shape
    member = {f"{name}.csv": data}
    broken = {
        "empty": (f"{name}.csv", b"\n \n"),
        "page": (f"{name}.csv", b"<html>log in</html>"),
        "cut gzip": (f"{name}.csv.gz", gzip_bytes(data)[:-9]),
        "broken zip": (f"{name}_csv.zip", zip_bytes(member)[:-30]),
        "zip without CSV": (f"{name}_csv.zip", zip_bytes({"readme.txt": "none"})),
        "broken member": (f"{name}_csv.zip", zip_bytes(member, stored=True).replace(b"/20", b"/30", 1)),
    }
    if posting.broken in broken:
        return broken[posting.broken]
    if container_of(posting):
        return container_of(posting), zip_bytes(member)
    if shape == "gz":
        return f"{name}.csv.gz", gzip_bytes(data)
    if shape == "zip":
        return f"{name}_csv.zip", zip_bytes(member)
    if shape == "zip of gz":
        return f"{name}_csv.zip", zip_bytes({f"deep/{name}.csv.gz": gzip_bytes(data)})
    if shape == "zip of zips":
        return f"{name}_csv.zip", zip_bytes({"inner.zip": zip_bytes(member)})
    return f"{name}.csv", data


def files_of(tree: list[Posting]) -> dict[str, bytes]:
    """Return the files of a tree by their path; of postings that only their contents tell apart, the first one."""
    files, bundled, said = {}, {}, {}
    for posting in tree:
        identity = name_of(posting), container_of(posting)
        if said.setdefault(identity, content(posting)) != content(posting):
            continue
        name, data = wrap(posting)
        if posting.shape == "bundle":
            bundled[f"in/{name}"] = data
        else:
            for folder in [posting.folder, "again"][: 1 + posting.twice]:
                files[f"{folder}/{name}".lstrip("/")] = data
    if bundled:
        files[BUNDLE] = zip_bytes(bundled | {"notes.txt": "of no report"})
    return files


def moved(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the same files in other folders, in the reverse order."""
    return {f"z{i % 3}/{i}/{path.rsplit('/', 1)[-1]}": data for i, (path, data) in enumerate(reversed(files.items()))}
