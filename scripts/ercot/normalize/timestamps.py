"""ERCOT's time labels to UTC.

A report prints the same few labels on thousands of rows, so labels are read once each and handed back to the rows.
The rules are those of an operating day as a whole (which labels are there decides what one label means), so a call
must hold all rows of the days in it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import polars as pl

from ercot.catalog.model import Clock, Dataset
from ercot.normalize.parse import NO_FLAG, no_rejects
from ercot.tables.time_columns import CENTRAL, MINUTES, NAIVE, time_columns

DAY_FORMAT = "%m/%d/%Y"
STAMP_FORMAT = "%m/%d/%Y %H:%M:%S"
SHORT_STAMP_FORMAT = "%m/%d/%Y %H:%M"


@dataclass(frozen=True)
class Days:
    """The operating days that planning gave each file, and which of them this batch is to write."""

    planned: pl.DataFrame  # _file, delivery_date
    first: date
    last: date
    home: list[bool]  # by file: rows without a usable date are counted here


@dataclass(frozen=True)
class Placed:
    """Rows with their times, rows that have none, and how many are another batch's to write."""

    rows: pl.DataFrame
    rejects: pl.DataFrame  # _file, _line, reason
    elsewhere: int


def place(dataset: Dataset, frame: pl.DataFrame, days: Days) -> Placed:
    """Replace the printed time labels of rows by the time columns."""
    printed = [name for name in dataset.printed if name in frame.columns]
    if frame.is_empty():
        typed = [pl.lit(None, dtype=t).alias(n) for n, t in time_columns(dataset).items()]
        return Placed(frame.drop(printed).with_columns(typed), no_rejects(), 0)
    run, runs = _runs(frame, printed)
    labels = runs.select(printed).unique(maintain_order=True) if printed else pl.DataFrame({"_none": [None]})
    read = read_labels(dataset, labels)
    runs = _assign(runs, read, printed, days)
    placed = to_utc(dataset, read.join(runs.filter(pl.col("_fate") == "ours"), on="_label", how="semi"))
    times = list(time_columns(dataset))
    runs = runs.join(
        placed.select("_label", *[t for t in times if t != "delivery_date"], _late="reason"),
        on="_label",
        how="left",
        maintain_order="left",
    )
    runs = runs.with_columns(reason=pl.coalesce("reason", "_late"))
    return _hand_back(frame.drop(printed), run, runs, times)


def _runs(frame: pl.DataFrame, printed: list[str]) -> tuple[pl.Series, pl.DataFrame]:
    """Number the runs of rows with the same labels and file; return each row's run and one line a run."""
    changed = frame.select(pl.any_horizontal(pl.col(n).ne_missing(pl.col(n).shift(1)) for n in ("_file", *printed)))
    changed = changed.to_series()
    if frame.height:
        changed[0] = True
    runs = frame.filter(changed).select(
        "_file",
        pl.col(printed).str.strip_chars().replace("", None) if printed else pl.lit(None).alias("_none"),
    )
    return changed.cum_sum().cast(pl.UInt32) - 1, runs


def _assign(runs: pl.DataFrame, read: pl.DataFrame, printed: list[str], days: Days) -> pl.DataFrame:
    """Say of each run whether it is ours, rejected, or another batch's to write."""
    if printed:
        known = read.select(*printed, "_label", "_day", "reason")
        runs = runs.join(known, on=printed, how="left", nulls_equal=True, maintain_order="left").drop(printed)
    else:  # nothing printed: the file's own day
        own = days.planned.unique("_file", keep="first").rename({"delivery_date": "_day"})
        runs = runs.join(own, on="_file", how="left", maintain_order="left")
        runs = runs.with_columns(_label=pl.lit(0, dtype=pl.UInt32), reason=pl.lit(None, dtype=pl.String))
    runs = runs.rename({"_day": "delivery_date"})
    planned = days.planned.with_columns(_planned=pl.lit(True))
    runs = runs.join(planned, on=["_file", "delivery_date"], how="left", maintain_order="left")
    inside = pl.col("delivery_date").is_between(days.first, days.last)
    home = pl.col("_file").is_in([i for i, home in enumerate(days.home) if home])
    foreign = pl.col("delivery_date").is_not_null() & pl.col("_planned").is_null()
    elsewhere = (pl.col("_planned") & ~inside).fill_null(False) | (
        (foreign | pl.col("delivery_date").is_null()) & ~home
    )
    reason = pl.when(foreign).then(pl.lit("foreign_day")).otherwise(pl.col("reason"))
    runs = runs.with_columns(reason=reason, _elsewhere=elsewhere)
    fate = pl.when("_elsewhere").then(pl.lit("elsewhere")).when(pl.col("reason").is_null()).then(pl.lit("ours"))
    return runs.with_columns(_fate=fate.otherwise(pl.lit("rejected")))


def _hand_back(frame: pl.DataFrame, run: pl.Series, runs: pl.DataFrame, times: list[str]) -> Placed:
    """Give each row the times of its run; tell placed rows and rejects apart, leave out what is written elsewhere."""
    if (runs["_fate"] == "ours").all() and runs["reason"].null_count() == runs.height:
        return Placed(frame.with_columns(runs.select(times)[run]), no_rejects(), 0)
    per_row = runs.select(*times, "reason", "_elsewhere")[run]
    good, elsewhere = per_row["reason"].is_null(), per_row["_elsewhere"]
    placed = frame.with_columns(per_row.select(times)).filter(good & ~elsewhere)
    rejects = frame.with_columns(per_row["reason"]).filter(~good & ~elsewhere)
    return Placed(placed, rejects.select("_file", "_line", "reason"), int(elsewhere.sum()))


def read_labels(dataset: Dataset, labels: pl.DataFrame) -> pl.DataFrame:
    """Read printed labels: adds `_label` (their number), `_day`, typed values with a leading `_`, and `reason`."""
    labels = labels.with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).alias("_label"))
    if dataset.clock is Clock.POSTING:
        return labels.with_columns(_day=pl.lit(None, dtype=pl.Date), reason=pl.lit(None, dtype=pl.String))
    reader = {Clock.RUN: _read_run, Clock.NUMBER: _read_number, Clock.DAY: _read_as_of}
    return reader.get(dataset.clock, _read_hour)(labels)


def _first_reason(*faults: tuple[str, pl.Expr]) -> pl.Expr:
    reason = pl.lit(None, dtype=pl.String)
    for name, bad in reversed(faults):
        reason = pl.when(bad).then(pl.lit(name)).otherwise(reason)
    return reason


def read_flag(labels: pl.DataFrame, column: str) -> pl.DataFrame:
    """Add `_flag` (null where the file has no such column) and `_bad_flag` (a blank or unknown text otherwise)."""
    if column not in labels.columns:
        return labels.with_columns(_flag=pl.lit(None, dtype=pl.Boolean), _bad_flag=pl.lit(False))
    known = pl.col(column).is_in(["Y", "N"])
    bad = ~pl.col(column).is_in(["Y", "N", NO_FLAG]).fill_null(False)
    return labels.with_columns(_flag=pl.when(known).then(pl.col(column) == "Y"), _bad_flag=bad)


def read_date(column: str) -> pl.Expr:
    """Read ``07/30/2025``; null where it is no date."""
    return pl.col(column).str.to_date(DAY_FORMAT, strict=False)


def read_stamp(column: str, formats: tuple[str, ...] = (STAMP_FORMAT,)) -> pl.Expr:
    """Read ``07/30/2025 00:05:12``; null where it is no stamp."""
    return pl.coalesce(pl.col(column).str.to_datetime(f, strict=False, time_unit="us") for f in formats)


def _read_hour(labels: pl.DataFrame) -> pl.DataFrame:
    labels = read_flag(labels, "dst_flag")
    hour = pl.col("hour_ending").str.extract(r"^([0-9]{1,2})(?::00)?$").cast(pl.Int8)
    quarter = pl.lit(1, dtype=pl.Int8)
    if "delivery_interval" in labels.columns:
        quarter = pl.col("delivery_interval").str.extract(r"^([0-9])$").cast(pl.Int8)
    labels = labels.with_columns(_day=read_date("delivery_date"), _hour=hour, _quarter=quarter)
    bad_hour = ~pl.col("_hour").is_between(1, 25).fill_null(False)
    bad_quarter = ~pl.col("_quarter").is_between(1, 4).fill_null(False)
    reason = _first_reason(
        ("bad_date", pl.col("_day").is_null()),
        ("bad_hour", bad_hour),
        ("bad_interval", bad_quarter),
        ("bad_flag", pl.col("_bad_flag")),
    )
    return labels.with_columns(reason=reason)


def _read_run(labels: pl.DataFrame) -> pl.DataFrame:
    labels = read_flag(labels, "repeated_hour_flag").with_columns(_stamp=read_stamp("sced_timestamp"))
    reason = _first_reason(("bad_date", pl.col("_stamp").is_null()), ("bad_flag", pl.col("_bad_flag")))
    return labels.with_columns(_day=pl.col("_stamp").dt.date(), reason=reason)


def _read_number(labels: pl.DataFrame) -> pl.DataFrame:
    stamp = read_stamp("interval_time_cpt", (STAMP_FORMAT, SHORT_STAMP_FORMAT))
    labels = labels.with_columns(
        _stamp=stamp, _number=pl.col("interval_number").str.extract(r"^([0-9]{1,3})$").cast(pl.Int16)
    )
    bad_number = ~pl.col("_number").is_between(1, 100).fill_null(False)
    reason = _first_reason(("bad_date", pl.col("_stamp").is_null()), ("bad_interval", bad_number))
    return labels.with_columns(_day=pl.col("_stamp").dt.date(), reason=reason)


def _read_as_of(labels: pl.DataFrame) -> pl.DataFrame:
    stamp = read_stamp("as_of", (STAMP_FORMAT, SHORT_STAMP_FORMAT, DAY_FORMAT))
    day = pl.coalesce(read_date("as_of"), stamp.dt.date())
    return labels.with_columns(_day=day).with_columns(reason=_first_reason(("bad_date", pl.col("_day").is_null())))


def to_utc(dataset: Dataset, labels: pl.DataFrame) -> pl.DataFrame:
    """Turn labels as read into the time columns; ``labels`` must hold all labels of its days. Adds to `reason`."""
    clock = dataset.clock
    if labels.is_empty():  # polars 2.1 panics where the choice of a pass is a column without rows
        return labels.with_columns(pl.lit(None, dtype=t).alias(n) for n, t in time_columns(dataset).items())
    if clock is Clock.POSTING:
        return labels
    if clock is Clock.DAY:
        return labels.with_columns(as_of=pl.col("_day"))
    if clock is Clock.RUN:
        return _run_to_utc(labels)
    labels = _number_to_utc(labels) if clock is Clock.NUMBER else _hour_to_utc(labels, MINUTES[clock])
    return labels.with_columns(interval_end=pl.col("interval_start") + timedelta(minutes=MINUTES[clock]))


def _local_to_utc(naive: pl.Expr) -> pl.Expr:
    """Read local time as UTC: the second pass where `_flag` is true, else the first; null where it does not exist."""
    which = pl.when("_flag").then(pl.lit("latest")).otherwise(pl.lit("earliest"))
    return naive.dt.replace_time_zone(CENTRAL, ambiguous=which, non_existent="null").dt.convert_time_zone("UTC")


def _midnight() -> pl.Expr:
    return pl.col("_day").cast(NAIVE).dt.replace_time_zone(CENTRAL).dt.convert_time_zone("UTC")


def _run_to_utc(labels: pl.DataFrame) -> pl.DataFrame:
    first = pl.col("_stamp").dt.replace_time_zone(CENTRAL, ambiguous="earliest", non_existent="null")
    last = pl.col("_stamp").dt.replace_time_zone(CENTRAL, ambiguous="latest", non_existent="null")
    ambiguous = pl.col("_flag").is_null() & (first != last).fill_null(False)
    reason = _first_reason(("nonexistent_hour", first.is_null()), ("ambiguous_hour", ambiguous))
    return (
        labels.drop("sced_timestamp")
        .with_columns(sced_timestamp=_local_to_utc(pl.col("_stamp")), reason=reason)
        .with_columns(repeated_hour_flag="_flag")
    )


def _number_to_utc(labels: pl.DataFrame) -> pl.DataFrame:
    start = _midnight() + pl.duration(minutes=15 * (pl.col("_number").cast(pl.Int64) - 1))
    late = start.dt.convert_time_zone(CENTRAL).dt.date() != pl.col("_day")
    return labels.with_columns(
        interval_start=start,
        interval_time_cpt=pl.col("_stamp"),
        interval_number=pl.col("_number").cast(pl.Int8),
        reason=_first_reason(("bad_interval", late)),
    )


def _hour_to_utc(labels: pl.DataFrame, minutes: int) -> pl.DataFrame:
    offset = pl.duration(
        minutes=60 * (pl.col("_hour").cast(pl.Int64) - 1) + minutes * (pl.col("_quarter").cast(pl.Int64) - 1)
    )
    plain = labels.with_columns(
        interval_start=_local_to_utc(pl.col("_day").cast(NAIVE) + offset),
        _elapsed=_midnight() + offset,
        reason=_first_reason(("bad_hour", pl.col("_hour") == 25)),
        hour_ending=pl.col("_hour"),
        delivery_interval=pl.col("_quarter"),
    ).with_columns(dst_flag="_flag")
    turning = plain["_day"].is_in([d for d in plain["_day"].unique() if _turn(d)])
    turns = [_turn_day(part) for (_,), part in plain.filter(turning).group_by("_day", maintain_order=True)]
    return pl.concat([plain.filter(~turning), *turns])


@cache
def _turn(day: date) -> timedelta | None:
    """Return by how much the clock is set on that day, None on most days."""
    zone = ZoneInfo(CENTRAL)
    morning, evening = (datetime(day.year, day.month, day.day, h, tzinfo=zone).utcoffset() for h in (0, 12))
    return evening - morning or None


def _turn_day(labels: pl.DataFrame) -> pl.DataFrame:
    """Place the labels of one day on which the clock is set."""
    return (_spring_day if _turn(labels["_day"][0]) > timedelta(0) else _fall_day)(labels)


def _spring_day(labels: pl.DataFrame) -> pl.DataFrame:
    """The missing hour: unflagged labels 1..23 count hours; else 02:00 means 01:00, unless 01:00 is there too.

    Only a day that counts its hours has both labels and ends at 23, whatever other label a broken row left out; where
    the end is missing too nobody can tell.
    """
    unflagged = pl.col("_flag").is_null()
    hours = set(labels.filter(unflagged)["_hour"])
    if {2, 3, 23} <= hours and not {24, 25} & hours:
        counted = labels.filter(unflagged).with_columns(interval_start="_elapsed")
        return pl.concat([counted, _skip_hour(labels.filter(~unflagged), labels)])
    skipped = _skip_hour(labels, labels)
    unclear = unflagged & (pl.col("_hour") > 3) & pl.lit({2, 3} <= hours and not {24, 25} & hours)
    return skipped.with_columns(reason=pl.when(unclear).then(pl.lit("ambiguous_hour")).otherwise("reason"))


def _skip_hour(labels: pl.DataFrame, day: pl.DataFrame) -> pl.DataFrame:
    taken = day.filter(pl.col("_hour") == 2)["_quarter"].unique()
    missing = pl.col("_hour") == 3
    clash = missing & pl.col("_quarter").is_in(taken.to_list())
    start = pl.when(missing).then(pl.col("_elapsed") - timedelta(hours=1)).otherwise("interval_start")
    return labels.with_columns(
        interval_start=start, reason=pl.when(clash).then(pl.lit("nonexistent_hour")).otherwise("reason")
    )


def _fall_day(labels: pl.DataFrame) -> pl.DataFrame:
    """The repeated hour: a flag tells the passes apart; unflagged labels up to 25 count hours; others are ambiguous."""
    unflagged = pl.col("_flag").is_null()
    if 25 in set(labels.filter(unflagged)["_hour"]):
        return labels.with_columns(
            interval_start=pl.when(unflagged).then("_elapsed").otherwise("interval_start"),
            reason=pl.when(unflagged).then(None).otherwise("reason"),
        )
    ambiguous = unflagged & (pl.col("_hour") > 1)
    return labels.with_columns(reason=pl.when(ambiguous).then(pl.lit("ambiguous_hour")).otherwise("reason"))
