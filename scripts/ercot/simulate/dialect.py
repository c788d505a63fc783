"""How ERCOT prints a column: looked up by the kind of report, its clock and the column's name or header."""

from collections.abc import Callable
from datetime import datetime

import numpy as np
import polars as pl

from ercot.catalog.clocks import Clock
from ercot.catalog.model import Column, Dataset, Kind, NameDay, Stem
from ercot.simulate.values.labels import CENTRAL
from ercot.simulate.values.numbers import DECIMALS, is_single
from ercot.simulate.values.scene import Cells

WIDE = 12  # right-justified numbers
SPACED_AFTER = "constraint_id"  # where it comes with a whole day, every later text and number has a leading space
HOUR_BY_HEADER = {
    "DeliveryHour": "{}".format,
    "Delivery Hour": "{}".format,
    "HourEnding": "{:02d}:00".format,
    "Hour Ending": "{}".format,
}
HOUR_BY_NEIGHBOUR = {  # reports of one family print the hour in their own way
    "update_time_cpt": "{}:00".format,
    "sasm_id_cpt": "{:02d}".format,
    "system_lambda": "{}:00".format,
    "status": "{:02d}:00".format,
    "dst_flag": "{:02d}:00".format,
}
WIDE_PRICES = {(Clock.RUN, "lmp"), (Clock.DAY, "peaker_net_margin")}
SPACED_PRICES = {(Clock.HOUR, "settlement_point_price")}  # of the daily report


def is_disclosure(dataset: Dataset) -> bool:
    """Say whether the report is one of the 60-day disclosures: every field quoted, blanks included."""
    source = dataset.sources[0]
    return isinstance(source, Stem) and source.name_day is NameDay.DISCLOSED


def print_cells(dataset: Dataset, column: Column, header: str, cells: Cells) -> pl.Series:
    """Return the printed text of each value; null is a blank."""
    if column.kind is Kind.FLOAT:
        return _print_numbers(np.asarray(cells.values), _number_form(dataset, column))
    form = {
        Kind.DATE: _stamp if dataset.clock is Clock.DAY else "{:%m/%d/%Y}".format,
        Kind.FLAG: lambda flag: "Y" if flag else "N",
        Kind.UTC_STAMP: lambda moment: _stamp(moment.astimezone(CENTRAL)),
        Kind.NAIVE_STAMP: _stamp,
    }.get(column.kind, str)
    if column.name == "hour_ending":
        form = _hour_form(dataset, header)
    space = " " if _is_spaced(dataset, column) else ""
    return pl.Series([None if v is None else space + form(v) for v in cells.values], dtype=pl.String)


def short(value: float, decimals: int = 2) -> str:
    """Print a number as ERCOT does: rounded, without zeros at its end."""
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _stamp(moment: datetime) -> str:
    return f"{moment:%m/%d/%Y} 16:00:00" if not isinstance(moment, datetime) else f"{moment:%m/%d/%Y %H:%M:%S}"


def _hour_form(dataset: Dataset, header: str) -> Callable[[int], str]:
    special = next((form for name, form in HOUR_BY_NEIGHBOUR.items() if dataset.has(name)), None)
    return special if special and "Ending" in header else HOUR_BY_HEADER[header]


def _is_spaced(dataset: Dataset, column: Column) -> bool:
    if dataset.clock is not Clock.HOUR or not dataset.has(SPACED_AFTER) or column.kind is Kind.FLAG:
        return False
    names = [c.name for c in dataset.columns]
    return names.index(column.name) > names.index(SPACED_AFTER)


def _number_form(dataset: Dataset, column: Column) -> Callable[[float], str]:
    decimals = DECIMALS.get(column.unit, 2)
    place = (dataset.clock, column.name)
    if place in WIDE_PRICES:
        return lambda v: f"{v:{WIDE}.2f}"
    daily = dataset.sources[0].name_day is NameDay.DAY_AHEAD
    if (place in SPACED_PRICES and daily) or _is_spaced(dataset, column):
        return lambda v: " " + short(v, decimals)
    if is_single(column):
        return lambda v: _without_zero(f"{v:.15g}")
    if is_disclosure(dataset):
        return lambda v: _without_zero(short(v, decimals))
    return lambda v: short(v, decimals)


def _without_zero(text: str) -> str:
    """Drop the zero before the point, as the disclosures do: .5 and -.5."""
    if text.startswith("0."):
        return text[1:]
    return "-" + text[2:] if text.startswith("-0.") else text


def _print_numbers(values: np.ndarray, form: Callable[[float], str]) -> pl.Series:
    """Print each distinct number once; NaN is a blank."""
    distinct, where = np.unique(values, return_inverse=True)
    texts = pl.Series([None if v != v else form(v) for v in distinct.tolist()], dtype=pl.String)
    return texts.gather(where.astype(np.uint32))
