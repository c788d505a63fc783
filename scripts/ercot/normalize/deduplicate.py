"""Which row of a key is kept, and what becomes of the others.

Supplement before correction before regular posting, then the latest publication, then the last member name, then (for
files that differ only in their folder) the contents, and within one file the last line.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from ercot.catalog.model import Dataset
from ercot.core.files import digest
from ercot.raw.csv_file import Body
from ercot.tables.sort_keys import order_codes


@dataclass
class Deduplicated:
    """The kept rows in their final order, and an account of the rest."""

    kept: pl.DataFrame
    duplicates: pl.DataFrame  # the rows that say the same as a kept one
    superseded: pl.DataFrame  # the replaced rows, with publication_old and publication_new


@dataclass(frozen=True)
class Publication:
    """What decides between files."""

    precedence: int
    published: str
    member: str
    head: bytes  # the header line, looked at like the data only where all else is equal
    body: Body


def rank_files(publications: list[Publication]) -> pl.DataFrame:
    """Return, a line a file, `_rank` (higher wins; equal only for equal files) and its publication stamp."""
    names = [(p.precedence, p.published, p.member) for p in publications]
    shared = {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else set()
    full = [
        (*name, digest(p.head, p.body.data) if name in shared else "")
        for name, p in zip(names, publications, strict=True)
    ]
    ranks = {name: i for i, name in enumerate(sorted(set(full)))}
    stamps = pl.Series([p.published for p in publications], dtype=pl.String)
    return pl.DataFrame(
        {
            "_file": pl.Series(range(len(full)), dtype=pl.UInt32),
            "_rank": pl.Series([ranks[name] for name in full], dtype=pl.UInt32),
            "_published": stamps.str.to_datetime("%Y%m%d%H%M%S%3f", strict=False, time_unit="ms"),
        }
    )


def deduplicate(dataset: Dataset, frame: pl.DataFrame, files: pl.DataFrame) -> Deduplicated:
    """Decide the fate of all rows of some operating days; ``files`` is what `rank_files` returned."""
    if frame.is_empty():
        return Deduplicated(frame, frame.clear(), _no_rows(frame))
    return _keep_one_row_a_key(dataset, frame, files) if dataset.key else _keep_one_member_a_day(dataset, frame, files)


def _keep_one_row_a_key(dataset: Dataset, frame: pl.DataFrame, files: pl.DataFrame) -> Deduplicated:
    code = order_codes(frame, dataset.key)
    step = np.diff(code)
    if (step > 0).all():
        return Deduplicated(frame, frame.clear(), _no_rows(frame))
    order = np.argsort(code, kind="stable")
    code = code[order]
    frame = frame[order]
    repeated = np.zeros(len(code), dtype=bool)
    repeated[1:] = code[1:] == code[:-1]
    repeated[:-1] |= repeated[1:]
    if not repeated.any():
        return Deduplicated(frame, frame.clear(), _no_rows(frame))
    return _keep_winners(dataset, frame, pl.Series("_code", code), pl.Series(repeated), files)


def _keep_winners(
    dataset: Dataset, frame: pl.DataFrame, code: pl.Series, repeated: pl.Series, files: pl.DataFrame
) -> Deduplicated:
    """Keep one row of each repeated key."""
    rivals = frame.with_columns(code).with_row_index("_row").filter(repeated)
    rivals = rivals.join(files, on="_file", how="left").sort("_code", "_rank", "_line", maintain_order=True)
    last = rivals["_code"] != rivals["_code"].shift(-1)
    last = last.fill_null(True)
    winners, losers = rivals.filter(last), rivals.filter(~last)
    paired = losers.select("_code").join(winners, on="_code", how="left", maintain_order="left")
    values = [name for name in frame.columns if not name.startswith("_")]
    same = pl.all_horizontal([losers[name].eq_missing(paired[name]) for name in values])
    same = pl.select(same).to_series()
    superseded = _replaced(losers.filter(~same), paired.filter(~same)["_published"])
    dropped = np.zeros(frame.height, dtype=bool)
    dropped[losers["_row"].to_numpy()] = True
    return Deduplicated(frame.filter(pl.Series(~dropped)), losers.filter(same), superseded)


def _keep_one_member_a_day(dataset: Dataset, frame: pl.DataFrame, files: pl.DataFrame) -> Deduplicated:
    """Keep one whole member a day; rows of the others are duplicates where it has an equal row."""
    members = frame.select("delivery_date", "_file").unique().join(files, on="_file", how="left")
    members = members.sort("delivery_date", "_rank", "_file", descending=[False, True, False])
    winners = members.unique("delivery_date", keep="first")
    if winners.height == members.height:
        return Deduplicated(_in_order(dataset, frame), frame.clear(), _no_rows(frame))
    member = ["delivery_date", "_file"]
    kept = _in_order(dataset, frame.join(winners, on=member, how="semi", maintain_order="left"))
    lost = frame.join(winners, on=member, how="anti", maintain_order="left")
    values = [name for name in frame.columns if not name.startswith("_")]
    said_again = kept.select(values).unique()
    duplicates = lost.join(said_again, on=values, how="semi", nulls_equal=True, maintain_order="left")
    replaced = lost.join(said_again, on=values, how="anti", nulls_equal=True, maintain_order="left")
    replaced = replaced.join(files, on="_file", how="left", maintain_order="left")
    newer = replaced.join(winners, on="delivery_date", how="left", maintain_order="left")["_published_right"]
    return Deduplicated(kept, duplicates, _replaced(replaced, newer))


def _in_order(dataset: Dataset, frame: pl.DataFrame) -> pl.DataFrame:
    """Sort the rows of a dataset without a key; rows that compare equal stay in the order of their lines."""
    code = order_codes(frame, dataset.order)
    return frame if (np.diff(code) >= 0).all() else frame[np.argsort(code, kind="stable")]


def _replaced(rows: pl.DataFrame, newer: pl.Series) -> pl.DataFrame:
    named = rows.with_columns(publication_old="_published", publication_new=newer)
    return named.select([n for n in named.columns if not n.startswith("_")] + ["_file", "_line"])


def _no_rows(frame: pl.DataFrame) -> pl.DataFrame:
    stamps = {"publication_old": pl.Datetime("ms"), "publication_new": pl.Datetime("ms")}
    where = {"_file": pl.UInt32, "_line": pl.UInt32}
    return pl.DataFrame(schema={n: t for n, t in frame.schema.items() if n not in where} | stamps | where)
