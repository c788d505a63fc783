"""A slow second opinion: what a raw tree must become, row by row, by the text of the contract and nothing else.

Plain Python on purpose, and nothing of the project is imported: what both agree on, two programs found on their own.
It knows ten reports, one or more of each clock, with a flag and without, with a key and without.
"""

import gzip
import io
import os
import re
import zipfile
import zlib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from oracle_reports import OPTIONAL, REPORTS, Report
from oracle_times import DATED, DAY, HOUR, QUARTER, TIMES, Label, Readings, day_of, read_label, stamp_of
from slow_csv import fields_of, records_of

LAG = timedelta(days=60)
BLANKS = " \t\n\r\v\f\xa0"
COUNTS = ("found", "read", "refused", "rows", "written", "duplicate", "superseded", "rejected")


@dataclass
class Account:
    """What one dataset and year must come to."""

    files: list[int] = field(default_factory=lambda: [0, 0, 0])  # found, read, refused
    written: list[dict] = field(default_factory=list)
    duplicate: list[dict] = field(default_factory=list)
    superseded: list[dict] = field(default_factory=list)
    rejected: list[tuple[str, int]] = field(default_factory=list)  # file, line
    versions: dict[tuple, list[tuple]] = field(default_factory=dict)  # of each key: rank and values, the winner last

    def counts(self) -> tuple[int, ...]:
        """Return the ledger's eight numbers."""
        fates = [len(rows) for rows in (self.written, self.duplicate, self.superseded, self.rejected)]
        return (*self.files, sum(fates), *fates)


@dataclass
class File:
    """One raw CSV, or a container that stands for one because it cannot be opened."""

    label: str
    dataset: str
    bases: list[str]
    data: bytes | None
    home: date | None = None  # the operating day that rows without one are counted on
    days: set = field(default_factory=set)
    rank: tuple = ()


@dataclass
class Opinion:
    """What the whole tree must come to."""

    accounts: dict[tuple[str, int], Account]
    ignored: list[str]
    unopened: list[str]


def judge(root: str, datasets: list[str]) -> Opinion:
    """Read a raw tree and say what must become of each row of some reports."""
    found, ignored, unopened = [], [], []
    for path in sorted(os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names):
        below = os.path.relpath(path, root).replace(os.sep, "/")
        with open(path, "rb") as file:
            before = len(found)
            _unpack(below, [os.path.basename(path)], file.read(), found, ignored, unopened)
        outer = _dataset(os.path.basename(path))
        if below.lower().endswith(".zip") and len(found) == before and outer:
            found.append(File(below, outer, [os.path.basename(path)], None))
        elif below.lower().endswith(".zip") and len(found) == before and not _listed(below, ignored + unopened):
            ignored.append(below)
    accounts: dict[tuple[str, int], Account] = defaultdict(Account)
    for dataset in datasets:
        _judge_report(dataset, [f for f in found if f.dataset == dataset], accounts)
    _apply_corrections(accounts)
    return Opinion(dict(accounts), sorted(ignored), sorted(unopened))


def _listed(below: str, names: list[str]) -> bool:
    return any(name == below or name.startswith(below + "!") for name in names)


def _unpack(label: str, bases: list[str], data: bytes, found: list, ignored: list, unopened: list) -> None:
    """Walk into one file of the tree; ``bases`` are its name and those of the containers around it, outermost first."""
    dataset = next((d for base in reversed(bases) if (d := _dataset(base))), None)
    lower = bases[-1].lower()
    if lower.endswith(".zip"):
        try:
            inside = zipfile.ZipFile(io.BytesIO(data))
        except zipfile.BadZipFile:
            if dataset:
                found.append(File(label, dataset, bases, None))
            else:
                unopened.append(label)
            return
        for info in inside.infolist():
            below, names = f"{label}!{info.filename}", [*bases, info.filename.split("/")[-1]]
            try:
                content = inside.read(info)
            except (zipfile.BadZipFile, zlib.error, EOFError):
                content = None
            if content is None and (known := next((d for b in reversed(names) if (d := _dataset(b))), None)):
                found.append(File(below, known, names, None))
            else:
                _unpack(below, names, content, found, ignored, unopened)
    elif lower.endswith(".csv") and dataset:
        found.append(File(label, dataset, bases, data))
    elif lower.endswith(".csv.gz") and dataset:
        try:
            found.append(File(label, dataset, bases, gzip.decompress(data)))
        except (OSError, EOFError, zlib.error):
            found.append(File(label, dataset, bases, None))
    else:
        ignored.append(label)


def _dataset(base: str) -> str | None:
    return next((name for name, report in REPORTS.items() if report.name.match(base)), None)


def _named_day(dataset: str, base: str) -> date:
    """Return the operating day that a file name speaks of."""
    report, parts = REPORTS[dataset], REPORTS[dataset].name.match(base).groups()
    if len(parts) == 3:
        return datetime.strptime("-".join(parts), "%d-%b-%y").date() - LAG
    if dataset == "settlement_points":
        return datetime.strptime(parts[0], "%m%d%Y").date()
    if report.days != "name":
        return datetime.strptime(parts[0], "%Y%m%d").date() + report.ahead * DAY
    day = datetime.strptime(parts[2], "%Y%m%d").date()
    return day - DAY if dataset == "rt_spp" and parts[3] == "0000" else day


def _rank(file: File) -> tuple:
    """Return what decides between two files that hold the same key: the higher one wins."""
    named = [b for b in file.bases if re.match(r"(\d+\.)?(cdr|ext|rpt)\.\d{8}\.|60d_|60_Day_", b)]  # by ERCOT
    text = " ".join(named).upper()
    standing = 2 if "_SUPPLEMENTAL" in text else int("_CORRECTION" in text)
    stamps = [
        found[3] + found[4].ljust(9, "0")
        for b in file.bases
        if (found := re.match(r"(\d+\.)?(cdr|ext|rpt)\.\d+\.\d+\.(\d{8})\.(\d{6,9})\.", b, re.I))
    ]
    own = re.search(r"-(\d\d)-([A-Z]{3})-(\d\d)", file.bases[-1], re.I)
    if not stamps and own:
        stamps = [datetime.strptime("-".join(own.groups()), "%d-%b-%y").strftime("%Y%m%d") + "0" * 9]
    posted = re.match(r"Settlement_Points_(\d{4})(\d{4})_(\d{6})", file.bases[-1])
    if not stamps and posted:
        stamps = [f"{posted[2]}{posted[1]}{posted[3]}000"]
    return standing, max(stamps, default=""), file.bases[-1].removesuffix(".gz").removesuffix(".csv")


def _judge_report(dataset: str, files: list[File], accounts: dict) -> None:
    report, rows, labels = REPORTS[dataset], [], []
    for file in files:
        named = next(b for b in reversed(file.bases) if _dataset(b) == dataset)
        file.home = _named_day(dataset, named)
        header, records = _open(report, file.data) if file.data is not None else (None, [])
        usable = [day for _, _, fields in records if (day := _day_of(header, fields))]
        if report.days == "all" and usable:
            file.days, file.home = set(usable), min(usable)
        elif report.days == "first" and usable:
            file.days, file.home = {usable[0]}, usable[0]
        else:
            file.days = {file.home}
        files_of = accounts[dataset, file.home.year].files
        for day in file.days:
            accounts[dataset, day.year]  # a year with files has an account
        files_of[0] += 1
        files_of[1 if header else 2] += 1
        file.rank = _rank(file)
        for number, raw, fields in records:
            where = {"_file": file, "_line": number}
            label = _label_of(header, raw, fields)
            if label and label.day in file.days and label.hour:
                labels.append((file.label, label))
            row = _type(report, header, fields)
            if row is None:
                _reject(accounts, dataset, where, None)
            else:
                rows.append(row | where | {"_label": label or Label(file.home)})
    _place(dataset, rows, Readings(labels), accounts)


def _open(report: Report, data: bytes) -> tuple[list | None, list]:
    """Return the columns of a file in its order (None where it is refused) and its records: number, bytes, fields."""
    records = records_of(data)
    if not records or b"\0" in records[0][1]:
        return None, []
    header = fields_of(records[0][1])
    if header is None or records[0][1].strip().startswith(b"<"):
        return None, []
    names = [report.columns.get(text, (None, None)) for text in header]
    present = [name for name, _ in names if name]
    needed = [name for name, _ in report.columns.values() if name not in OPTIONAL]
    if not present or len(set(present)) < len(present) or not set(needed) <= set(present):
        return None, []
    return names, [(i, raw, _same_width(fields_of(raw), header)) for i, raw in records[1:]]


def _same_width(fields: list[str] | None, header: list[str]) -> list[str] | None:
    return fields if fields and len(fields) == len(header) and fields != header else None


def _day_of(header: list, fields: list[str] | None) -> date | None:
    """Return the operating day of a record, None where it says none."""
    if fields is None:
        return None
    try:
        return day_of(next((f for (_, kind), f in zip(header, fields, strict=True) if kind in DATED), ""))
    except ValueError:
        return None


def _label_of(header: list, raw: bytes, fields: list[str] | None) -> Label | None:
    """Return the time of a record, also of one that is rejected, as far as it can be read; None where it cannot."""
    if fields is None or b"\0" in raw:
        fields = [text.strip(BLANKS + '"') for text in raw.decode(errors="replace").split(",")]
    try:
        return read_label(header, fields)
    except (ValueError, KeyError, StopIteration):
        return None


def _type(report: Report, header: list, fields: list[str] | None) -> dict | None:
    """Return a record as values, its times still as printed; None where it must be rejected."""
    if fields is None or any("\0" in text for text in fields):
        return None
    row = {name: None for name, kind in report.columns.values() if kind not in DATED or kind == "numbered"}
    for (name, kind), text in zip(header, fields, strict=True):
        try:
            if kind == "flag":
                row[name] = {"Y": True, "N": False}[text]
            elif kind == "stamp":
                row[name] = stamp_of(text)
            elif kind == "number" and text:
                row[name] = _number(text)
            elif kind == "text":
                row[name] = text or None
        except (ValueError, KeyError):
            return None
    if any(kind in TIMES for _, kind in header):
        try:
            label = read_label(header, fields)
        except ValueError:
            return None
        for name, kind in report.columns.values():
            if kind in TIMES and kind not in ("flag", *DATED):
                row[name] = {"hour": label.hour, "quarter": label.quarter, "number label": label.number}[kind]
            elif kind == "numbered":
                row[name] = label.stamp
    return None if any(row[name] is None for name in report.needed) else row


def _number(text: str) -> float:
    if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", text, re.ASCII) or abs(float(text)) == float("inf"):
        raise ValueError(text)
    return float(text)


def _reject(accounts: dict, dataset: str, row: dict, day: date | None) -> None:
    """Count a rejected row: on its own day where the file is one of that day's, else on the file's."""
    file = row["_file"]
    day = day if day in file.days and REPORTS[dataset].days == "all" else file.home
    accounts[dataset, day.year].rejected.append((file.label, row["_line"]))


def _place(dataset: str, rows: list[dict], readings: Readings, accounts: dict) -> None:
    """Give rows their UTC times, each in the way of its file, and decide which of them are written."""
    by_day: dict[date, list[dict]] = defaultdict(list)
    for row in rows:
        label, file = row["_label"], row["_file"]
        timeless = label.hour is None and label.stamp is None
        there = label.day in file.days and (timeless or readings.start_of(file.label, label))
        if not there:
            _reject(accounts, dataset, row, label.day)
        else:
            by_day[label.day].append(row | _times(dataset, row, label, there))
    for day, group in sorted(by_day.items()):
        _decide(dataset, group, accounts[dataset, day.year])


def _times(dataset: str, row: dict, label: Label, start) -> dict:
    if dataset == "peaker_net_margin":
        return {"delivery_date": label.day, "as_of": label.day}
    if label.hour is None:
        return {"delivery_date": label.day} | ({"sced_timestamp": start} if label.stamp else {})
    return {"delivery_date": label.day, "interval_start": start,
            "interval_end": start + (QUARTER if label.quarter else HOUR)}  # fmt: skip


def _decide(dataset: str, rows: list[dict], account: Account) -> None:
    """Sort the rows of one day into written, duplicate and superseded."""
    report = REPORTS[dataset]
    if report.key:
        rivals = defaultdict(list)
        for row in rows:
            rivals[tuple(row[name] for name in report.key)].append(row)
        for key in sorted(rivals):
            *losers, winner = sorted(rivals[key], key=lambda row: (row["_file"].rank, row["_line"]))
            account.versions[key] = [(row["_file"].rank, values(row)) for row in (*losers, winner)]
            account.written.append(values(winner))
            for row in losers:
                same = values(row) == values(winner)
                (account.duplicate if same else account.superseded).append(values(row))
    elif rows:
        best = max((row["_file"] for row in rows), key=lambda file: file.rank)
        kept = [row for row in rows if row["_file"] is best]
        kept.sort(key=lambda row: (*(row[name] or "" for name in report.order), row["_line"]))
        said = [values(row) for row in kept]
        account.written += said
        for row in rows:
            if row["_file"] is not best:
                (account.duplicate if values(row) in said else account.superseded).append(values(row))


def values(row: dict) -> dict:
    """Return a row as its rollup shows it."""
    return {name: value for name, value in row.items() if not name.startswith("_")}


def known(account: Account, moment: datetime) -> dict[tuple, dict | None]:
    """Return what had been published of each key by a moment, None where nothing was.

    Keys are left out of which the results cannot tell: a version has no stamp of publication; a version known by then
    has the winner's values, so that it is no revision; of the versions known by then the last is not alone in being
    best. A key that has one version, or equal ones, counts as if it had always been there.
    """
    found = {}
    for key, versions in account.versions.items():
        (_, winner), stamps = versions[-1], [_time(rank) for rank, _ in versions]
        earlier = [(stamp, rank, row) for stamp, (rank, row) in zip(stamps, versions, strict=True) if stamp]
        if len(earlier) < len(versions):
            continue
        if all(row == winner for _, row in versions) or stamps[-1] <= moment:
            found[key] = winner
            continue
        there = [(stamp, row) for stamp, _, row in earlier if stamp <= moment]
        last = max((stamp for stamp, _ in there), default=None)
        if any(row == winner for _, row in there) or [stamp for stamp, _ in there if stamp == last] != [
            stamp for stamp, _ in there[-1:]
        ]:
            continue
        found[key] = there[-1][1] if there else None
    return found


def _time(rank: tuple) -> datetime | None:
    return datetime.strptime(rank[1][:17] + "000", "%Y%m%d%H%M%S%f") if rank[1] else None


def _apply_corrections(accounts: dict) -> None:
    """Put the last correction of each price in place and keep what was published first."""
    for (dataset, year), account in list(accounts.items()):
        if dataset == "dam_spp":
            corrections = accounts.get(("dam_spp_corrections", year), Account()).written
            last = {}
            for row in sorted(corrections, key=lambda row: row["price_correction_time_cpt"]):
                last[row["interval_start"], row["settlement_point"]] = row["corrected"]
            for row in account.written:
                corrected = last.get((row["interval_start"], row["settlement_point"]))
                row["settlement_point_price_original"] = None if corrected is None else row["settlement_point_price"]
                row["settlement_point_price"] = row["settlement_point_price"] if corrected is None else corrected
