"""Random raw trees: a few files of seven reports, on odd days, in every wrapping, with revisions and faults."""

from dataclasses import dataclass
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
}
NUMBER = {
    "dam_spp": 3,
    "dam_mcpc": 3,
    "rt_spp": 5,
    "rt_lmp": 3,
    "dam_spp_corrections": 4,
    "dam_energy_bid_awards": 5,
    "dam_gen_as_offers": 5,
}
NAME = {
    "dam_spp": 2,
    "dam_mcpc": 2,
    "rt_spp": 3,
    "rt_lmp": 2,
    "dam_spp_corrections": 2,
    "dam_energy_bid_awards": 2,
    "dam_gen_as_offers": 3,
}
SPACED = ("dam_energy_bid_awards", "dam_gen_as_offers")
SHAPES = ("plain", "plain", "plain", "gz", "zip", "zip of gz", "zip of zips", "bundle", "bundle")
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
)
FORMS = ("", "", "", "crlf", "bom", "no end", "new column", "reversed")


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
    twice: bool = False  # the same file in two folders
    moment: int = 0  # which interval or run, of reports with a file each


postings = st.builds(
    Posting,
    dataset=st.sampled_from(DATASETS),
    day=st.sampled_from(DAYS),
    version=st.integers(0, 2),
    mark=st.sampled_from(["", "", "_CORRECTION", "_SUPPLEMENTAL"]),
    labels=st.sampled_from(["clock", "clock", "end", "both", "numbered"]),
    flagless=st.sampled_from([False, False, False, True]),
    entities=st.integers(1, 2),
    faults=st.lists(st.tuples(st.sampled_from(ROW_FAULTS), st.integers(0, 30)), max_size=3).map(tuple),
    broken=st.sampled_from([*[""] * 24, *FILE_FAULTS]),
    form=st.sampled_from(FORMS),
    shape=st.sampled_from(SHAPES),
    folder=st.sampled_from(["", "a", "b/c", "SUPPLEMENTAL"]),
    twice=st.sampled_from([False, False, False, True]),
    moment=st.integers(0, 7),
)
trees = st.lists(postings, min_size=1, max_size=7)


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


def rows_of(posting: Posting) -> list[list[str]]:
    """Return the data lines of a posting, split."""
    day, rows = f"{posting.day:%m/%d/%Y}", []
    if posting.dataset == "rt_lmp":
        start, flag = stamps_of(posting)
        stamp = f"{start:%m/%d/%Y %H:%M:}07"
        return [[stamp, flag, f"P{e}", price(posting, start.hour, e)] for e in range(posting.entities)]
    if posting.dataset == "rt_spp":
        start, flag = stamps_of(posting)
        hour, quarter = str(start.hour + 1), str(start.minute // 15 + 1)
        return [
            [day, hour, quarter, f"P{e}", "HU", price(posting, start.hour, e), flag] for e in range(posting.entities)
        ]
    for hour, flag in hours_of(posting):
        for e in range(posting.entities):
            value, name = price(posting, hour, e), ("REGUP", "RRS")[e] if posting.dataset == "dam_mcpc" else f"P{e}"
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


def spoil(posting: Posting, lines: list[str], fault: str, place: int) -> None:
    """Do a fault to one of the data lines."""
    place %= max(len(lines), 1)
    fields, number, name = lines[place].split(","), NUMBER[posting.dataset], NAME[posting.dataset]
    flagged = HEADERS[posting.dataset].split(",").index("DSTFlag") if "DSTFlag" in HEADERS[posting.dataset] else 1
    if len(fields) <= max(number, name) or '"' in lines[place]:
        return
    if fault in ("hour 26", "bad flag", "foreign day") and posting.dataset in ("rt_lmp", "dam_spp_corrections"):
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
    }
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
    return {"crlf": data.replace(b"\n", b"\r\n"), "bom": b"\xef\xbb\xbf" + data, "no end": data[:-1]}.get(
        posting.form, data
    )


def name_of(posting: Posting) -> str:
    """Return the base name of a posting, without its ending."""
    time, day = f"{12 + posting.version}3000", posting.day
    if posting.dataset in SPACED:
        stem = {"dam_energy_bid_awards": "EnergyBidAwards", "dam_gen_as_offers": "Generation_Resource_ASOffers"}
        return f"60d_DAM_{stem[posting.dataset]}-{day + timedelta(days=60):%d-%b-%y}{posting.mark}".replace(
            "Sep", "SEP"
        )
    if posting.dataset == "rt_lmp":
        return cdr(12300, f"{day:%Y%m%d}.{time}", f"LMPSROSNODENP6788_{stamps_of(posting)[0]:%Y%m%d_%H%M07}")
    if posting.dataset == "rt_spp":
        end = stamps_of(posting)[0] + timedelta(minutes=15)
        return cdr(12301, f"{day:%Y%m%d}.{time}", f"SPPHLZNP6905_{end:%Y%m%d_%H%M}")
    if posting.dataset == "dam_spp_corrections":
        return cdr(13044, f"{day + timedelta(days=20):%Y%m%d}.{time}", "pricecorrection_DAM_SPP")
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
        if said.setdefault(name_of(posting), content(posting)) != content(posting):
            continue
        name, data = wrap(posting)
        if posting.shape == "bundle":
            bundled[f"in/{name}"] = data
        else:
            for folder in [posting.folder, "again"][: 1 + posting.twice]:
                files[f"{folder}/{name}".lstrip("/")] = data
    if bundled:
        files["x/bundle.zip"] = zip_bytes(bundled | {"notes.txt": "of no report"})
    return files


def moved(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the same files in other folders, in the reverse order."""
    return {f"z{i % 3}/{i}/{path.rsplit('/', 1)[-1]}": data for i, (path, data) in enumerate(reversed(files.items()))}
