"""Rows to Parquet as the rollups hold them: texts as dictionaries, zstd, statistics, a checksum for each page.

The bytes of a row group depend on its rows alone, so row groups that different jobs wrote can be put into one file.
"""

from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from ercot.tables.categories import dictionary


class RowGroupWriter:
    """Writes a Parquet file one row group at a time. Texts may be String or Categorical."""

    def __init__(self, path: Path | str, types: dict[str, pl.DataType], metadata: dict[str, str] | None = None):
        schema = pl.DataFrame(schema=types).to_arrow().schema
        self._schema = pa.schema([pa.field(f.name, _stored_type(f.type)) for f in schema])
        self._writer = pq.ParquetWriter(
            path,
            self._schema,
            compression="zstd",
            store_schema=False,
            write_statistics=True,
            write_page_checksum=True,
        )
        if metadata:
            self._writer.add_key_value_metadata(metadata)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._writer.close()

    def write(self, rows: pl.DataFrame) -> None:
        """Append one row group, nothing where there are no rows."""
        if rows.height:
            columns = [_to_arrow(rows[field.name], field.type) for field in self._schema]
            self._writer.write_table(pa.Table.from_arrays(columns, schema=self._schema), row_group_size=rows.height)


def _stored_type(arrow_type: pa.DataType) -> pa.DataType:
    is_text = (
        pa.types.is_large_string(arrow_type) or pa.types.is_string(arrow_type) or pa.types.is_string_view(arrow_type)
    )
    return pa.dictionary(pa.int32(), pa.string()) if is_text else arrow_type


def _to_arrow(column: pl.Series, stored: pa.DataType) -> pa.Array:
    if not pa.types.is_dictionary(stored):
        return column.to_arrow().cast(stored)
    places, texts = dictionary(column.cast(pl.Categorical))
    codes = pl.Series(places)  # not pa.array, which imports pandas to see whether it was given any of it
    codes = codes.set(codes < 0, None) if column.null_count() else codes
    return pa.DictionaryArray.from_arrays(codes.to_arrow(), texts.to_arrow().cast(pa.string()))
